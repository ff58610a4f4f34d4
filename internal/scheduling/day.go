package scheduling

import "time"

// Hours are working hours by the wall clock, as time since midnight: 8h to 17h. Until may be 24h, the end of the day.
type Hours struct{ From, Until time.Duration }

// WallTime is the first instant of the date at which the clocks of the zone show wall or later. A time that occurs twice is thus
// its first occurrence, and one that a clock change skips is the moment of the change. Only year, month and day of date count.
func WallTime(date time.Time, wall time.Duration, zone *time.Location) time.Time {
	year, month, day := date.Date()
	asked := time.Date(year, month, day, 0, 0, 0, int(wall), time.UTC)
	t := time.Date(year, month, day, int(wall/time.Hour), int(wall%time.Hour/time.Minute), 0, int(wall%time.Minute), zone)
	start, end := t.ZoneBounds()
	switch shown := shownAt(t); {
	case shown.After(asked):
		return start
	case shown.Before(asked):
		return end
	}
	if start.IsZero() {
		return t
	}
	_, before := start.Add(-1).Zone()
	_, now := t.Zone()
	if earlier := t.Add(time.Duration(now-before) * time.Second); earlier.Before(start) {
		return earlier
	}
	return t
}

// shownAt is what the clocks show at t, as if they showed UTC, so that two such times can be compared.
func shownAt(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// dayOf is the date on the calendar of the zone as an interval: 23 or 25 hours where the clocks change.
func dayOf(date time.Time, zone *time.Location) Interval {
	return Interval{WallTime(date, 0, zone), WallTime(date.AddDate(0, 0, 1), 0, zone)}
}
