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

// sinceMidnight is what the clocks show at t, in t's own zone.
func sinceMidnight(t time.Time) time.Duration {
	hour, minute, second := t.Clock()
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + time.Duration(t.Nanosecond())
}

// dateOf is midnight UTC of t's date in its own zone. Dates are kept so because UTC has every midnight, once.
func dateOf(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// calendarDay is a date on the calendar of a zone: 23 or 25 hours where the clocks change.
type calendarDay struct {
	// Date is midnight UTC of the date.
	Date time.Time
	Interval
}

// dayOf is the day that a date, given as midnight UTC, is in the zone.
func dayOf(date time.Time, zone *time.Location) calendarDay {
	return calendarDay{date, Interval{WallTime(date, 0, zone), WallTime(date.AddDate(0, 0, 1), 0, zone)}}
}

// calendar is the days of the zone that the range touches, in order; none for an empty range.
func calendar(within Interval, zone *time.Location) []calendarDay {
	var days []calendarDay
	if within.Empty() {
		return days
	}
	for day := dayOf(dateOf(within.Start.In(zone)), zone); day.Start.Before(within.End); day = dayOf(day.Date.AddDate(0, 0, 1), zone) {
		days = append(days, day)
	}
	return days
}

// openings appends the hours of the wall clock as they fall on the day, in the order given. Some may be empty.
func (d calendarDay) openings(to []Interval, hours []Hours, zone *time.Location) []Interval {
	for _, h := range hours {
		to = append(to, d.Intersect(Interval{WallTime(d.Date, h.From, zone), WallTime(d.Date, h.Until, zone)}))
	}
	return to
}
