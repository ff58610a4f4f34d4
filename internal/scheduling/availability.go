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
	return availability(t, business, within, calendar(within, zone), zone)
}

// availability is Availability on dates that were worked out before, so that many technicians can share them.
func availability(t Technician, business map[time.Weekday][]Hours, within Interval, dates []calendarDay, zone *time.Location) []Day {
	shifts, booked, off := Union(t.Shifts...), Union(t.Booked...), Union(t.Off...)
	starts := startDates(t.Shifts, zone)
	days := make([]Day, 0, len(dates))
	for _, date := range dates {
		working := Intersect(shifts, []Interval{date.Interval})
		if !starts[date.Date] {
			working = Union(date.openings(working, business[date.Date.Weekday()], zone)...)
		}
		capacity := Subtract(Intersect(working, []Interval{date.Intersect(within)}), off)
		free := Subtract(capacity, booked)
		days = append(days, Day{Date: date.Date, Free: free, Capacity: Total(capacity), Booked: Total(capacity) - Total(free)})
	}
	return days
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
