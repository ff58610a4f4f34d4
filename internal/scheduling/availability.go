package scheduling

import "time"

// Technician is what availability needs to know of one technician. The lists may be in any order, overlap and hold empty intervals.
type Technician struct {
	// Shifts replace the business hours of each date on which one of them starts; one may run past midnight.
	Shifts []Interval
	// Booked are the appointments he is assigned to.
	Booked []Interval
	// Off are time off and non-job appointments: they lessen capacity, and win over an appointment at the same time.
	Off []Interval
}

// Day is a technician's time on one date of the tenant's zone, clipped to the range asked for.
type Day struct {
	// Date is midnight UTC of the date.
	Date time.Time
	// Free is the working time that is neither off nor booked: sorted, not overlapping.
	Free []Interval
	// Capacity is working time without time off. Booked is the part of it that appointments take, counted once where they overlap.
	// Capacity is exactly Booked and the total of Free.
	Capacity, Booked time.Duration
}

// Availability is the technician's time on each date of the zone that the range touches, in order; none for an empty range.
func Availability(t Technician, business map[time.Weekday][]Hours, within Interval, zone *time.Location) []Day {
	dates, booked := calendar(within, zone), Union(t.Booked...)
	days := make([]Day, len(dates))
	for i, capacity := range capacities(t, business, within, dates, zone) {
		free := Subtract(capacity, booked)
		days[i] = Day{Date: dates[i].Date, Free: free, Capacity: Total(capacity), Booked: Total(capacity) - Total(free)}
	}
	return days
}

// capacities are the unions of working time without time off, clipped to the range, on each of the dates.
func capacities(t Technician, business map[time.Weekday][]Hours, within Interval, dates []calendarDay, zone *time.Location) [][]Interval {
	shifts, off, starts := Union(t.Shifts...), Union(t.Off...), startDates(t.Shifts, zone)
	unions := make([][]Interval, len(dates))
	for i, date := range dates {
		working := Intersect(shifts, []Interval{date.Interval})
		if !starts[date.Date] {
			working = Union(date.openings(working, business[date.Date.Weekday()], zone)...)
		}
		unions[i] = Subtract(Intersect(working, []Interval{date.Intersect(within)}), off)
	}
	return unions
}

// startDates are the dates, as midnight UTC, on which a shift starts.
func startDates(shifts []Interval, zone *time.Location) map[time.Time]bool {
	dates := make(map[time.Time]bool, len(shifts))
	for _, s := range shifts {
		if !s.Empty() {
			dates[dateOf(s.Start.In(zone))] = true
		}
	}
	return dates
}
