package scheduling

import (
	"fmt"
	"math"
	"time"
)

// Bounds of a SlotRequest. They keep one request at some thousands of starts for each technician.
const (
	defaultStep = 15 * time.Minute
	minStep     = 5 * time.Minute
	maxDuration = 24 * time.Hour
	maxDays     = 31
)

// SlotRequest says which visit is to be placed, and how many answers are wanted.
type SlotRequest struct {
	// Within holds the whole visit, at most 31 days of the zone.
	Within Interval
	// Duration is how long the visit takes, at most 24 hours.
	Duration time.Duration
	// Step is how far apart starts are, at least 5 minutes: the clocks show a multiple of it since midnight at each start. Zero
	// means 15 minutes. An hour that occurs twice has its starts twice, and one that is skipped has none.
	Step time.Duration
	// Zone is the time zone whose dates and wall clock count.
	Zone *time.Location
	// Skills are all needed, through the visit's end.
	Skills []string
	// ZoneID is the service zone of the visit, zero if it has none. ZoneRequired leaves out who does not serve it; otherwise
	// it only counts in the score.
	ZoneID       int64
	ZoneRequired bool
	// Place is where the visit is, nil if that is not known; then travel does not count. Travel is needed with a Place.
	Place  *Point
	Travel Travel
	// ArrivalWindows, if there are any, are when a visit may start on each date. Where several hold a start, the first counts.
	ArrivalWindows []Hours
	// MaxResults and PerTechnician limit the slots in all and of one technician. Zero means no limit.
	MaxResults, PerTechnician int
}

// FieldError says what is wrong with a request.
type FieldError struct {
	// Field is the name of the field in Go.
	Field string
	// Reason goes on after the name: "must be positive".
	Reason string
}

func (e *FieldError) Error() string { return e.Field + " " + e.Reason }

// Check returns a *FieldError for the first field that is out of bounds, and nil if none is.
func (r SlotRequest) Check() error {
	switch {
	case r.Zone == nil:
		return &FieldError{"Zone", "must be given"}
	case r.Within.Empty():
		return &FieldError{"Within", "must end after it starts"}
	case r.Within.End.After(r.latestEnd()):
		return &FieldError{"Within", fmt.Sprintf("must not be longer than %d days", maxDays)}
	case r.Duration <= 0:
		return &FieldError{"Duration", "must be positive"}
	case r.Duration > maxDuration:
		return &FieldError{"Duration", fmt.Sprintf("must not be longer than %.0f hours", maxDuration.Hours())}
	case r.Step != 0 && (r.Step < minStep || r.Step > maxDuration):
		return &FieldError{"Step", fmt.Sprintf("must be from %.0f minutes to %.0f hours", minStep.Minutes(), maxDuration.Hours())}
	case r.ZoneRequired && r.ZoneID == 0:
		return &FieldError{"ZoneID", "must be given if it is required"}
	case r.Place != nil && !r.Place.onEarth():
		return &FieldError{"Place", "must be on earth: latitude from -90 to 90, longitude from -180 to 180"}
	case r.Place != nil && r.Travel == nil:
		return &FieldError{"Travel", "must be given with a place"}
	case r.MaxResults < 0:
		return &FieldError{"MaxResults", "must not be negative"}
	case r.PerTechnician < 0:
		return &FieldError{"PerTechnician", "must not be negative"}
	}
	for i, w := range r.ArrivalWindows {
		if w.From < 0 || w.Until <= w.From || w.Until > 24*time.Hour {
			return &FieldError{fmt.Sprintf("ArrivalWindows[%d]", i), "must end after it starts, on the same day"}
		}
	}
	return nil
}

// latestEnd counts days on the calendar, so that a month in which the clocks go back is not too long.
func (r SlotRequest) latestEnd() time.Time {
	start := r.Within.Start.In(r.Zone)
	return WallTime(dateOf(start).AddDate(0, 0, maxDays), sinceMidnight(start), r.Zone)
}

func (p Point) onEarth() bool { return math.Abs(p.Latitude) <= 90 && math.Abs(p.Longitude) <= 180 }

// start is a time at which a visit may start.
type start struct {
	at time.Time
	// day is an index into the request's days.
	day int
	// window is the arrival window of that day, empty if none was asked for.
	window Interval
}

// starts are all the starts on the days, in order, whether or not anyone is free.
func (r SlotRequest) starts(days []calendarDay) []start {
	var starts []start
	for i, day := range days {
		windows := day.openings(nil, r.ArrivalWindows, r.Zone)
		for at := day.Start.In(r.Zone); at.Before(day.End); {
			past := sinceMidnight(at) % r.Step
			if window, ok := holder(windows, at); past == 0 && (ok || len(windows) == 0) {
				starts = append(starts, start{at, i, window})
			}
			next := at.Add(r.Step - past)
			// What comes after a change of the clocks is found from there.
			if _, change := at.ZoneBounds(); !change.IsZero() && change.Before(next) {
				next = change.In(r.Zone)
			}
			at = next
		}
	}
	return starts
}

// holder is the first of the intervals that holds the instant.
func holder(intervals []Interval, at time.Time) (Interval, bool) {
	for _, i := range intervals {
		if !at.Before(i.Start) && at.Before(i.End) {
			return i, true
		}
	}
	return Interval{}, false
}
