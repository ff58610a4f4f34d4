package domain

import "time"

// OpenHours are a part of the day by the clock, as time since midnight.
type OpenHours struct{ From, Until time.Duration }

// BusinessHours are a company's hours by day of the week. Source: GET /dispatch/v2/tenant/{tenant}/business-hours.
type BusinessHours map[time.Weekday][]OpenHours

// UpstreamCapacity is what ServiceTitan says that a business unit can do on a day, in hours.
// Source: POST /dispatch/v2/tenant/{tenant}/capacity.
type UpstreamCapacity struct {
	TotalHours, OpenHours float64
}

// UnitDay names a business unit's day of the company's calendar, as midnight UTC.
type UnitDay struct {
	BusinessUnit int64
	Date         time.Time
}
