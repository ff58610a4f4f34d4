package dispatch

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/scheduling"
)

// Board is the dispatch board of a day.
type Board struct {
	Date             domain.Date
	Lanes            []*Lane
	Unassigned, Late []*domain.Appointment
	Totals           []*Total
}

// Lane is a technician's day.
type Lane struct {
	Technician                     *domain.Technician
	Visits                         []*Visit
	Shifts                         []*domain.TechnicianShift
	NonJobAppointments             []*domain.NonJobAppointment
	CapacityMinutes, BookedMinutes int
}

// Total is how many visits are in a state; Status is nil for those without one.
type Total struct {
	Status *domain.AppointmentStatus
	Count  int
}

// BoardOf makes the board of a day, which is the frame's span. Called off visits count in the totals and have no lane.
func BoardOf(r *Rows, f Frame, date domain.Date) *Board {
	b := &Board{Date: date, Lanes: []*Lane{}, Unassigned: []*domain.Appointment{}, Late: []*domain.Appointment{}, Totals: totals(r.Visits)}
	for _, a := range r.agendas(f) {
		b.Lanes = append(b.Lanes, a.lane(f))
	}
	slices.SortStableFunc(b.Lanes, func(x, y *Lane) int {
		return cmp.Or(strings.Compare(x.Technician.Name, y.Technician.Name), cmp.Compare(x.Technician.STID, y.Technician.STID))
	})
	b.Unassigned = append(b.Unassigned, r.unassigned()...)
	for _, v := range r.visitsByID() {
		if late(v, f.Now) {
			b.Late = append(b.Late, v)
		}
	}
	slices.SortFunc(b.Late, byPromise)
	return b
}

func (a *agenda) lane(f Frame) *Lane {
	l := &Lane{Technician: a.technician, Visits: a.visits, Shifts: a.shifts, NonJobAppointments: a.nonJobs}
	for _, d := range scheduling.Availability(a.time(), f.Hours, f.interval(), f.Zone) {
		l.CapacityMinutes += minutes(d.Capacity)
		l.BookedMinutes += minutes(d.Booked)
	}
	return l
}

// unassigned are the visits that are neither done nor called off and have nobody, by start.
func (r *Rows) unassigned() (out []*domain.Appointment) {
	taken := map[domain.ID[domain.Appointment]]bool{}
	for _, a := range r.Assignments {
		if a.AppointmentID != nil {
			taken[*a.AppointmentID] = true
		}
	}
	for id, v := range r.visitsByID() {
		if !taken[id] && statusOf(v) != done {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, byStart)
	return out
}

func byPromise(a, b *domain.Appointment) int {
	return cmp.Or(promised(a).Compare(promised(b)), cmp.Compare(a.STID, b.STID))
}

// totals counts visits by state, in the order of ServiceTitan's words.
func totals(visits []*domain.Appointment) []*Total {
	counts := map[domain.AppointmentStatus]int{}
	for _, v := range visits {
		counts[statusOf(v)]++
	}
	out := []*Total{}
	for _, s := range slices.Sorted(maps.Keys(counts)) {
		t := &Total{Count: counts[s]}
		if s != "" {
			t.Status = &s
		}
		out = append(out, t)
	}
	return out
}
