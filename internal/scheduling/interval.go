// Package scheduling holds the arithmetic of technicians' time: intervals, working hours, availability, conflicts and travel.
// It is pure: rows and the time zone come in as values, and it reads neither clock nor database. It imports none of ours.
package scheduling

import (
	"slices"
	"time"
)

// Interval is the time from Start up to, not including, End. One whose End is not after its Start is empty and covers nothing.
type Interval struct{ Start, End time.Time }

// Empty reports whether the interval covers no instant.
func (i Interval) Empty() bool { return !i.Start.Before(i.End) }

// Length is the elapsed time, which on a day of a clock change differs from what the wall clock shows; zero if i is empty.
func (i Interval) Length() time.Duration { return max(0, i.End.Sub(i.Start)) }

// Overlaps reports whether both intervals share an instant. Intervals that only touch do not, nor do empty ones.
func (i Interval) Overlaps(other Interval) bool { return !i.Intersect(other).Empty() }

// Intersect is the time in both intervals, possibly empty.
func (i Interval) Intersect(other Interval) Interval {
	if other.Start.After(i.Start) {
		i.Start = other.Start
	}
	if other.End.Before(i.End) {
		i.End = other.End
	}
	return i
}

// Union is the time covered by any of the intervals: sorted, without empty ones, with overlapping and touching ones merged.
// The argument is left as it was. The other functions on slices take such unions and answer with one, in linear time.
func Union(intervals ...Interval) []Interval {
	sorted := slices.DeleteFunc(slices.Clone(intervals), Interval.Empty)
	slices.SortFunc(sorted, func(a, b Interval) int { return a.Start.Compare(b.Start) })
	merged := sorted[:0]
	for _, next := range sorted {
		if last := len(merged) - 1; last < 0 || next.Start.After(merged[last].End) {
			merged = append(merged, next)
		} else if next.End.After(merged[last].End) {
			merged[last].End = next.End
		}
	}
	return merged
}

// Intersect is the time in both unions.
func Intersect(a, b []Interval) []Interval {
	var both []Interval
	for len(a) > 0 && len(b) > 0 {
		if shared := a[0].Intersect(b[0]); !shared.Empty() {
			both = append(both, shared)
		}
		if a[0].End.Before(b[0].End) {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return both
}

// Subtract is the time in union a that is not in union b.
func Subtract(a, b []Interval) []Interval {
	var rest []Interval
	for _, left := range a {
		for len(b) > 0 && !b[0].End.After(left.Start) {
			b = b[1:]
		}
		for _, taken := range b {
			if !taken.Start.Before(left.End) {
				break
			}
			if before := (Interval{left.Start, taken.Start}); !before.Empty() {
				rest = append(rest, before)
			}
			left.Start = taken.End
		}
		if !left.Empty() {
			rest = append(rest, left)
		}
	}
	return rest
}

// Total is the length of a union.
func Total(union []Interval) time.Duration {
	var total time.Duration
	for _, i := range union {
		total += i.Length()
	}
	return total
}

// Conflicts are the engagements that overlap the interval, in the order given; span tells when an engagement is.
func Conflicts[E any](engagements []E, span func(E) Interval, at Interval) []E {
	var found []E
	for _, e := range engagements {
		if span(e).Overlaps(at) {
			found = append(found, e)
		}
	}
	return found
}
