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
	if within.Empty() {
		return nil
	}
	shifts, booked, off := Union(t.Shifts...), Union(t.Booked...), Union(t.Off...)
	starts := startDates(t.Shifts, zone)
	var days []Day
	year, month, first := within.Start.In(zone).Date()
	for date := time.Date(year, month, first, 0, 0, 0, 0, time.UTC); ; date = date.AddDate(0, 0, 1) {
		day := dayOf(date, zone)
		if !day.Start.Before(within.End) {
			return days
		}
		working := Intersect(shifts, Union(day))
		if !starts[date] {
			working = Union(append(working, openHours(business[date.Weekday()], date, zone)...)...)
		}
		capacity := Subtract(Intersect(working, Union(day.Intersect(within))), off)
		free := Subtract(capacity, booked)
		days = append(days, Day{Date: date, Free: free, Capacity: Total(capacity), Booked: Total(capacity) - Total(free)})
	}
}

// startDates are the dates, as midnight UTC, on which a shift starts.
func startDates(shifts []Interval, zone *time.Location) map[time.Time]bool {
	dates := make(map[time.Time]bool, len(shifts))
	for _, s := range shifts {
		if !s.Empty() {
			year, month, day := s.Start.In(zone).Date()
			dates[time.Date(year, month, day, 0, 0, 0, 0, time.UTC)] = true
		}
	}
	return dates
}

func openHours(hours []Hours, date time.Time, zone *time.Location) []Interval {
	day := dayOf(date, zone)
	var open []Interval
	for _, h := range hours {
		open = append(open, day.Intersect(Interval{WallTime(date, h.From, zone), WallTime(date, h.Until, zone)}))
	}
	return open
}
