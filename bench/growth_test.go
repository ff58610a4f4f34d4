package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestShape_databasesDifferByDataAndTables(t *testing.T) {
	t.Parallel()
	names, err := currentDatabases()
	if err != nil {
		t.Fatal(err)
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) != 5 || len(distinct) != len(names) {
		t.Errorf("databases %v, want five that differ", names)
	}
}

func TestShape_sqlHasTheNumbersOfItsSize(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		shape shape
		has   []string
	}{
		{fullShape(), []string{"(1, 20000)", "% 24000;", "(1, 24000)", "(1, 100000)", "(1, 150000)", "(1, 180000)"}},
		{growthShapes()[2], []string{"(1, 400000)", "% 480000;", "(1, 480000)", "(1, 2000000)", "(1, 3000000)", "(1, 3600000)"}},
	} {
		sql, err := tt.shape.sql()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range tt.has {
			if !strings.Contains(sql, text) {
				t.Errorf("data of %d customers lacks %q", tt.shape.Customers, text)
			}
		}
	}
}

func TestPrintGrowth_endsWithTheLargestAgainstTheSmallest(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	at := func(p50, p99 time.Duration) []sample { return []sample{{P50: p50, P99: p99}} }
	shapes := growthShapes()
	printGrowth(&out, []*grown{
		{shape: shapes[0], samples: at(2*time.Millisecond, 8*time.Millisecond)},
		{shape: shapes[1], samples: at(9*time.Millisecond, 9*time.Millisecond)},
		{shape: shapes[2], samples: at(3*time.Millisecond, 6*time.Millisecond)},
	})
	if want := "2000000 jobs ÷ 20000:\ngrowth p50=1.50 p99=0.75\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("output ends otherwise than with %q:\n%s", want, &out)
	}
}
