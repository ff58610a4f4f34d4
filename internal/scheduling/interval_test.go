package scheduling_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lazilabs.com/lazi/internal/scheduling"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// spans makes intervals from pairs of minutes after noon.
func spans(pairs ...[2]int) []scheduling.Interval {
	var made []scheduling.Interval
	for _, p := range pairs {
		made = append(made, span(p[0], p[1]))
	}
	return made
}

func span(start, end int) scheduling.Interval {
	return scheduling.Interval{Start: noon.Add(time.Duration(start) * time.Minute), End: noon.Add(time.Duration(end) * time.Minute)}
}

type pairs = [][2]int

func TestInterval(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		a, b     scheduling.Interval
		length   time.Duration // of a
		empty    bool          // a
		overlaps bool
	}{
		{"apart", span(0, 10), span(20, 30), 10 * time.Minute, false, false},
		{"touching", span(0, 10), span(10, 20), 10 * time.Minute, false, false},
		{"overlapping", span(0, 11), span(10, 20), 11 * time.Minute, false, true},
		{"one in the other", span(0, 30), span(10, 20), 30 * time.Minute, false, true},
		{"empty in the other", span(15, 15), span(10, 20), 0, true, false},
		{"backwards in the other", span(18, 12), span(10, 20), 0, true, false},
		{"both empty at one time", span(15, 15), span(15, 15), 0, true, false},
		{"same", span(10, 20), span(10, 20), 10 * time.Minute, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.a.Length() != tt.length || tt.a.Empty() != tt.empty {
				t.Errorf("length %v, empty %v, want %v, %v", tt.a.Length(), tt.a.Empty(), tt.length, tt.empty)
			}
			if tt.a.Overlaps(tt.b) != tt.overlaps || tt.b.Overlaps(tt.a) != tt.overlaps {
				t.Errorf("overlaps: %v and %v, want %v", tt.a.Overlaps(tt.b), tt.b.Overlaps(tt.a), tt.overlaps)
			}
		})
	}
}

func TestUnion(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		in, want pairs
	}{
		{"none", nil, nil},
		{"empty and backwards", pairs{{5, 5}, {9, 3}}, nil},
		{"touching", pairs{{0, 10}, {10, 20}}, pairs{{0, 20}}},
		{"an empty one bridges nothing", pairs{{0, 10}, {10, 10}, {11, 20}}, pairs{{0, 10}, {11, 20}}},
		{"overlapping, in disorder", pairs{{15, 30}, {0, 20}, {40, 50}}, pairs{{0, 30}, {40, 50}}},
		{"one in the other", pairs{{0, 30}, {10, 20}, {25, 26}}, pairs{{0, 30}}},
		{"twice", pairs{{0, 10}, {0, 10}}, pairs{{0, 10}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := spans(tt.in...)
			before := slices.Clone(in)
			if diff := cmp.Diff(spans(tt.want...), scheduling.Union(in...), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, in); diff != "" {
				t.Errorf("the argument changed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestIntersectAndSubtract(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name             string
		a, b, both, rest pairs
	}{
		{"nothing", nil, pairs{{0, 10}}, nil, nil},
		{"from nothing", pairs{{0, 10}}, nil, nil, pairs{{0, 10}}},
		{"touching", pairs{{0, 10}}, pairs{{10, 20}}, nil, pairs{{0, 10}}},
		{"the middle", pairs{{0, 30}}, pairs{{10, 20}}, pairs{{10, 20}}, pairs{{0, 10}, {20, 30}}},
		{"both ends", pairs{{10, 20}}, pairs{{0, 12}, {18, 30}}, pairs{{10, 12}, {18, 20}}, pairs{{12, 18}}},
		{"one over two", pairs{{0, 10}, {20, 30}}, pairs{{5, 25}}, pairs{{5, 10}, {20, 25}}, pairs{{0, 5}, {25, 30}}},
		{"all", pairs{{0, 10}, {20, 30}}, pairs{{0, 30}}, pairs{{0, 10}, {20, 30}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, b := spans(tt.a...), spans(tt.b...)
			if diff := cmp.Diff(spans(tt.both...), scheduling.Intersect(a, b)); diff != "" {
				t.Errorf("Intersect (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(spans(tt.rest...), scheduling.Subtract(a, b)); diff != "" {
				t.Errorf("Subtract (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	engaged := spans([2]int{20, 30}, [2]int{0, 10}, [2]int{12, 12}, [2]int{5, 25})
	tests := []struct {
		name string
		at   scheduling.Interval
		want pairs
	}{
		{"overlapping, in the order given", span(9, 21), pairs{{20, 30}, {0, 10}, {5, 25}}},
		{"touching", span(30, 40), nil},
		{"empty", span(15, 15), nil},
		{"over an empty one", span(11, 13), pairs{{5, 25}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(spans(tt.want...), scheduling.Conflicts(engaged, itself, tt.at)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestIntervals_matchMinutes compares unions with what is covered minute by minute.
func TestIntervals_matchMinutes(t *testing.T) {
	t.Parallel()
	drawn := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) scheduling.Interval {
		return span(rapid.IntRange(0, 60).Draw(t, "start"), rapid.IntRange(0, 60).Draw(t, "end"))
	}), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawn.Draw(t, "a"), drawn.Draw(t, "b")
		unionA, unionB := scheduling.Union(a...), scheduling.Union(b...)
		both, rest := scheduling.Intersect(unionA, unionB), scheduling.Subtract(unionA, unionB)
		var total time.Duration
		for m := range 60 {
			at := noon.Add(time.Duration(m) * time.Minute)
			inA, inB := covered(a, at), covered(b, at)
			if inA {
				total += time.Minute
			}
			if covered(unionA, at) != inA || covered(both, at) != (inA && inB) || covered(rest, at) != (inA && !inB) {
				t.Fatalf("minute %d: in a %v, in b %v; union of a %v, both %v, rest %v", m, inA, inB, unionA, both, rest)
			}
		}
		if scheduling.Total(unionA) != total {
			t.Fatalf("total %v, want %v", scheduling.Total(unionA), total)
		}
		for _, union := range [][]scheduling.Interval{unionA, both, rest} {
			if diff := cmp.Diff(scheduling.Union(union...), union, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("not a union (-want +got):\n%s", diff)
			}
		}
	})
}
