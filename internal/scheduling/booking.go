package scheduling

import (
	"cmp"
	"slices"
	"time"
)

// Booking is an appointment of a job.
type Booking struct {
	// Interval is when it is. An empty one takes no time, and counts as a job at its start.
	Interval
	// JobID tells appointments of one job from several jobs.
	JobID int64
	// Place is where the job is, nil if that is not known.
	Place *Point
}

func (b Booking) end() time.Time {
	if b.Empty() {
		return b.Start
	}
	return b.End
}

// touches reports whether any of the booking, or the start of an empty one, is in the day.
func (b Booking) touches(day Interval) bool {
	return b.Start.Before(day.End) && (!b.Start.Before(day.Start) || b.End.After(day.Start))
}

// diary follows a technician's jobs while starts go by in order of time.
type diary struct {
	jobs []Booking
	// day is an index into the request's days, -1 before the first turn.
	day int
	// today are the jobs that touch the day, in order of their ends, and over is how many of them have ended.
	today []Booking
	over  int
}

// turn goes on to the start, which is on the day, and reports whether the date or the jobs that are over changed.
func (d *diary) turn(to start, day Interval) (changed bool) {
	if to.day != d.day {
		changed = true
		d.day, d.over, d.today = to.day, 0, d.today[:0]
		for _, job := range d.jobs {
			if job.touches(day) {
				d.today = append(d.today, job)
			}
		}
		slices.SortFunc(d.today, func(a, b Booking) int {
			return cmp.Or(a.end().Compare(b.end()), a.Start.Compare(b.Start), cmp.Compare(a.JobID, b.JobID))
		})
	}
	for ; d.over < len(d.today) && !d.today[d.over].end().After(to.at); d.over++ {
		changed = true
	}
	return changed
}

// count is how many different jobs there are today: a handful, so that looking back is quicker than a set.
func (d *diary) count() int {
	count := 0
	for i, b := range d.today {
		if !slices.ContainsFunc(d.today[:i], func(earlier Booking) bool { return earlier.JobID == b.JobID }) {
			count++
		}
	}
	return count
}

// before is the job that ended last, nil if there was none today.
func (d *diary) before() *Booking {
	if d.over == 0 {
		return nil
	}
	return &d.today[d.over-1]
}
