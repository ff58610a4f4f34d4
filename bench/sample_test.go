package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		in   []float64
		want float64
	}{
		{"one", []float64{3}, 3},
		{"odd", []float64{9, 1, 5}, 5},
		{"even", []float64{4, 1, 8, 2}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := median(tt.in); got != tt.want {
				t.Errorf("median %v, want %v", got, tt.want)
			}
		})
	}
}

func TestPercentile(t *testing.T) {
	t.Parallel()
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = i + 1
	}
	for _, tt := range []struct {
		name   string
		sorted []int
		p      int
		want   int
	}{
		{"half of a hundred", hundred, 50, 50},
		{"all but one of a hundred", hundred, 99, 99},
		{"few values: the largest", []int{1, 2, 3}, 99, 3},
		{"one value", []int{7}, 50, 7},
		{"none below", hundred, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := percentile(tt.sorted, tt.p); got != tt.want {
				t.Errorf("percentile %d is %d, want %d", tt.p, got, tt.want)
			}
		})
	}
}

func TestStretch_dividesByRequests(t *testing.T) {
	t.Parallel()
	var s stretch
	s.add(stretch{[]time.Duration{30, 10}, time.Second, usage{CPU: 1500 * time.Millisecond, Allocs: 25, Bytes: 1600, Resident: 9}})
	s.add(stretch{[]time.Duration{20, 40}, time.Second, usage{CPU: 500 * time.Millisecond, Allocs: 15, Bytes: 400, Resident: 7}})
	want := sample{Rate: 2, P50: 20, P99: 40, CPU: 500 * time.Millisecond, Allocs: 10, Bytes: 500, Resident: 7}
	if diff := cmp.Diff(want, s.sample()); diff != "" {
		t.Errorf("sample (-want +got):\n%s", diff)
	}
}

func TestMedians_takesEachFigureByItself(t *testing.T) {
	t.Parallel()
	got := medians([]sample{{Rate: 1, P99: 30, Bytes: 5}, {Rate: 3, P99: 10, Bytes: 6}, {Rate: 2, P99: 20, Bytes: 4}})
	if diff := cmp.Diff(sample{Rate: 2, P99: 20, Bytes: 5}, got); diff != "" {
		t.Errorf("medians (-want +got):\n%s", diff)
	}
}
