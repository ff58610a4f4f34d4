package dispatch

import (
	"context"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/scheduling"
)

// Slots are where a visit fits.
type Slots struct {
	Slots    []*Slot
	Rejected []*Rejection
}

// Slot is a time at which a technician can make a visit.
type Slot struct {
	Technician    *domain.Technician
	Scheduled     domain.TimeWindow
	ArrivalWindow *domain.TimeWindow
	Score         float64
	Parts         []scheduling.ScorePart
}

// Rejection says why a technician has no slot.
type Rejection struct {
	Technician *domain.Technician
	Reason     string
}

// Places tell where jobs are, by the job's id.
type Places map[int64]scheduling.Point

// FindSlots finds the best times for a visit. The error is a *scheduling.FieldError for a request that is out of bounds.
func FindSlots(ctx context.Context, r *Rows, f Frame, req scheduling.SlotRequest, places Places) (*Slots, error) {
	byID := map[int64]*domain.Technician{}
	var candidates []scheduling.Candidate
	for _, a := range r.agendas(f) {
		byID[a.technician.STID] = a.technician
		candidates = append(candidates, a.candidate(f, places))
	}
	slots, rejected, err := scheduling.Slots(ctx, req, candidates)
	if err != nil {
		return nil, err
	}
	out := &Slots{Slots: make([]*Slot, len(slots)), Rejected: make([]*Rejection, len(rejected))}
	for i, s := range slots {
		out.Slots[i] = &Slot{Technician: byID[s.TechnicianID], Scheduled: domain.TimeWindow(s.Interval), Score: s.Score.Total, Parts: s.Score.Parts}
		if !s.Window.Empty() {
			out.Slots[i].ArrivalWindow = new(domain.TimeWindow(s.Window))
		}
	}
	for i, n := range rejected {
		out.Rejected[i] = &Rejection{byID[n.TechnicianID], n.Reason}
	}
	return out, nil
}

func (a *agenda) candidate(f Frame, places Places) scheduling.Candidate {
	c := scheduling.Candidate{ID: a.technician.STID, Active: a.technician.Active, ZoneIDs: zonesOf(a.technician), Technician: a.time(), Business: f.Hours}
	for _, s := range a.technician.Skills {
		if s.Name != nil {
			c.Skills = append(c.Skills, scheduling.Skill{ID: *s.Name}) // ServiceTitan does not tell when one ends
		}
	}
	for _, v := range a.visits {
		b := scheduling.Booking{Interval: scheduling.Interval(spanOf(v.Appointment))}
		if v.Appointment.JobID != nil {
			b.JobID = int64(*v.Appointment.JobID)
		}
		if p, ok := places[b.JobID]; ok {
			b.Place = &p
		}
		c.Jobs = append(c.Jobs, b)
	}
	return c
}
