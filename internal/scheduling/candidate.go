package scheduling

import (
	"fmt"
	"slices"
	"time"
)

// Candidate is a technician who may be given a visit.
type Candidate struct {
	ID int64
	// Active is false for someone who has left: he gets no slots.
	Active bool
	// Skills may be in any order. One that is listed twice is held until the later date.
	Skills []Skill
	// ZoneIDs are the service zones he serves: his main zone and the others alike.
	ZoneIDs []int64
	// Technician and Business are what Availability takes. Booked need not repeat the Jobs: they take his time in any case.
	Technician
	Business map[time.Weekday][]Hours
	// Jobs are his appointments, in any order: those that touch the dates of the request are enough.
	Jobs []Booking
}

// Skill is what someone is trained or certified for.
type Skill struct {
	ID string
	// Expires is the last date on which he holds it, in the request's time zone; zero if it never ends. Only its year, month and
	// day count.
	Expires time.Time
}

// trained is the part of the range in which the candidate holds all the skills. If it is empty, the reason says why.
func (c *Candidate) trained(skills []string, within Interval, zone *time.Location) (held Interval, reason string) {
	for _, id := range skills {
		var last time.Time
		var has, forever bool
		for _, skill := range c.Skills {
			if skill.ID == id {
				has, forever = true, forever || skill.Expires.IsZero()
				if date := dateOf(skill.Expires); date.After(last) {
					last = date
				}
			}
		}
		if !has {
			return Interval{}, "lacks the skill " + id
		}
		if !forever {
			within = within.Intersect(Interval{within.Start, dayOf(last, zone).End})
		}
		if within.Empty() {
			return within, fmt.Sprintf("held the skill %s until %s", id, last.Format(time.DateOnly))
		}
	}
	return within, ""
}

// free is when the candidate has working time left for a visit, over midnight too. If nothing is long enough, the reason says why.
func (c *Candidate) free(duration time.Duration, within Interval, dates []calendarDay, zone *time.Location) (free []Interval, reason string) {
	capacity := Union(slices.Concat(capacities(c.Technician, c.Business, within, dates, zone)...)...)
	taken := slices.Grow(slices.Clip(c.Booked), len(c.Jobs))
	for _, job := range c.Jobs {
		taken = append(taken, job.Interval)
	}
	free = Subtract(capacity, Union(taken...))
	fits := func(i Interval) bool { return i.Length() >= duration }
	switch {
	case len(capacity) == 0:
		return nil, "does not work in that time"
	case len(free) == 0:
		return nil, "is fully booked in that time"
	case !slices.ContainsFunc(free, fits):
		return nil, "is not free for " + counted(inMinutes(duration), "minute") + " in one piece"
	}
	return free, ""
}
