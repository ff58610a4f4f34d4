package scheduling

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Slot is a time at which a technician can make the visit.
type Slot struct {
	TechnicianID int64
	// Interval is the visit, in the request's zone.
	Interval
	// Window is the arrival window in which it starts, empty if none was asked for.
	Window Interval
	Score  Score
}

// Rejection says why a technician has no slot at all. The reason goes on after his name: "lacks the skill gas".
type Rejection struct {
	TechnicianID int64
	Reason       string
}

// Slots finds the best times for a visit: first the highest score, then the earliest start, then the lowest technician id. A visit
// lies wholly in working time that is neither off nor booked, and who makes it is active, holds the skills and, if so required,
// serves the zone. The rejected are in the order of candidates, whose ids differ; who only scores too low is not among them.
//
// Travel is asked with ctx, once for each job and date on which free starts follow it; its error ends the search. A request that is
// out of bounds gets the *FieldError of Check.
func Slots(ctx context.Context, req SlotRequest, candidates []Candidate) ([]Slot, []Rejection, error) {
	if err := req.Check(); err != nil {
		return nil, nil, err
	}
	req.Step = cmp.Or(req.Step, defaultStep)
	s := newSearch(req)
	var rejected []Rejection
	for i := range candidates {
		reason, err := s.try(ctx, &candidates[i])
		if err != nil {
			return nil, nil, fmt.Errorf("scheduling: slots of technician %d: %w", candidates[i].ID, err)
		}
		if reason != "" {
			rejected = append(rejected, Rejection{candidates[i].ID, reason})
		}
	}
	return s.slots(), rejected, nil
}

// search is a request with what is worked out once for all candidates.
type search struct {
	SlotRequest
	days   []calendarDay
	starts []start
	// all are the best offers so far, and own, empty between candidates, those of one candidate.
	all, own best[offer]
}

// offer is a slot before it is known to be good enough to be explained.
type offer struct {
	total      float64
	technician int64
	// start is an index into the starts, which are in order of time.
	start int
	merits
}

func newSearch(req SlotRequest) *search {
	days := calendar(req.Within, req.Zone)
	better := func(a, b offer) int {
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.start, b.start), cmp.Compare(a.technician, b.technician))
	}
	each := req.PerTechnician
	if each == 0 {
		each = req.MaxResults
	}
	return &search{
		SlotRequest: req, days: days, starts: req.starts(days),
		all: best[offer]{limit: req.MaxResults, compare: better}, own: best[offer]{limit: each, compare: better},
	}
}

// try adds the candidate's offers, or says why there are none.
func (s *search) try(ctx context.Context, c *Candidate) (reason string, err error) {
	serves := s.ZoneID != 0 && slices.Contains(c.ZoneIDs, s.ZoneID)
	switch {
	case !c.Active:
		return "is not active", nil
	case s.ZoneRequired && !serves:
		return fmt.Sprintf("does not serve zone %d", s.ZoneID), nil
	}
	within, reason := c.trained(s.Skills, s.Within, s.Zone)
	if reason != "" {
		return reason, nil
	}
	free, reason := c.free(s.Duration, within, s.days, s.Zone)
	if reason != "" {
		return reason, nil
	}
	found, err := s.offer(ctx, c, free, serves)
	if err == nil && !found {
		reason = "is free, but at none of the starts that are offered"
	}
	return reason, err
}

// offer adds each start at which the visit ends within the free interval, and reports whether there was one.
func (s *search) offer(ctx context.Context, c *Candidate, free []Interval, serves bool) (found bool, err error) {
	m := merits{served: serves}
	jobs := diary{jobs: c.Jobs, day: -1}
	next := 0
	for _, gap := range free {
		for next < len(s.starts) && s.starts[next].at.Before(gap.Start) {
			next++
		}
		last := gap.End.Add(-s.Duration)
		for ; next < len(s.starts) && !s.starts[next].at.After(last); next++ {
			if at := s.starts[next]; jobs.turn(at, s.days[at.day].Interval) {
				m.jobs = jobs.count()
				if m.minutes, m.noTravel, err = s.way(ctx, jobs.before()); err != nil {
					return false, err
				}
			}
			s.own.add(offer{m.total(), c.ID, next, m})
			found = true
		}
	}
	for _, o := range s.own.take() {
		s.all.add(o)
	}
	return found, nil
}

// way is how far it is from the job before, which may be nil, or the reason why that is not known.
func (s *search) way(ctx context.Context, before *Booking) (minutes int, none string, err error) {
	switch {
	case s.Place == nil:
		return 0, "the place of the visit is not known", nil
	case before == nil:
		return 0, "no job before it that day", nil
	case before.Place == nil:
		return 0, "the place of the job before is not known", nil
	}
	took, err := s.Travel.Between(ctx, *before.Place, *s.Place)
	return inMinutes(took), "", err
}

// slots explains the best offers.
func (s *search) slots() []Slot {
	offers := s.all.take()
	slots := make([]Slot, len(offers))
	for i, o := range offers {
		at := s.starts[o.start]
		slots[i] = Slot{o.technician, Interval{at.at, at.at.Add(s.Duration)}, at.window, o.score(s.ZoneID)}
	}
	return slots
}
