// Package dispatch plans and watches technicians' days: availability, slots, capacity, the board and what is wrong with it. It
// makes them of rows of the mirror, which come in as values; it reads neither clock nor database. The arithmetic of time is
// scheduling's.
package dispatch

import (
	"slices"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/scheduling"
)

// Rows are what happens in a span of time: the technicians that are looked at, and what touches the span.
type Rows struct {
	Technicians []*domain.Technician
	Shifts      []*domain.TechnicianShift
	NonJobs     []*domain.NonJobAppointment
	// Visits are the appointments, of anybody or nobody, and Assignments the active ones of theirs.
	Visits      []*domain.Appointment
	Assignments []*domain.AppointmentAssignment
}

// Frame is what a plan is made in.
type Frame struct {
	// Within is the span that is looked at, in which the rows are whole.
	Within domain.TimeWindow
	// Zone is the company's time zone, and Hours its business hours by day of the week.
	Zone  *time.Location
	Hours map[time.Weekday][]scheduling.Hours
	Now   time.Time
}

func (f Frame) interval() scheduling.Interval { return scheduling.Interval(f.Within) }

// agenda is what one technician does.
type agenda struct {
	technician *domain.Technician
	shifts     []*domain.TechnicianShift
	nonJobs    []*domain.NonJobAppointment
	visits     []*Visit
}

// Visit is an appointment with the assignment of one technician.
type Visit struct {
	Appointment *domain.Appointment
	Assignment  *domain.AppointmentAssignment
	Late        bool
}

// Called off visits take nobody's time.
const canceled = "Canceled"

// statusOf is an appointment's state, "" without one.
func statusOf(a *domain.Appointment) domain.AppointmentStatus {
	if a.Status == nil {
		return ""
	}
	return *a.Status
}

// agendas are what each technician does, in the technicians' order, each by start.
func (r *Rows) agendas(f Frame) []*agenda {
	all := make([]*agenda, len(r.Technicians))
	byID := make(map[domain.ID[domain.Technician]]*agenda, len(all))
	for i, t := range r.Technicians {
		all[i] = &agenda{technician: t}
		byID[domain.ID[domain.Technician](t.STID)] = all[i]
	}
	of := func(id *domain.ID[domain.Technician]) *agenda {
		if id == nil {
			return nil
		}
		return byID[*id]
	}
	for _, s := range r.Shifts {
		if a := of(s.TechnicianID); a != nil && s.Scheduled() != nil {
			a.shifts = append(a.shifts, s)
		}
	}
	for _, n := range r.NonJobs {
		if a := of(n.TechnicianID); a != nil && n.Scheduled() != nil {
			a.nonJobs = append(a.nonJobs, n)
		}
	}
	visits := r.visitsByID()
	for _, s := range r.Assignments {
		a, visit := of(s.TechnicianID), s.AppointmentID
		if a == nil || visit == nil || visits[*visit] == nil {
			continue
		}
		a.visits = append(a.visits, &Visit{Appointment: visits[*visit], Assignment: s, Late: late(visits[*visit], f.Now)})
	}
	for _, a := range all {
		slices.SortStableFunc(a.visits, func(x, y *Visit) int { return byStart(x.Appointment, y.Appointment) })
		a.visits = slices.CompactFunc(a.visits, func(x, y *Visit) bool { return x.Appointment == y.Appointment })
	}
	return all
}

func (r *Rows) visitsByID() map[domain.ID[domain.Appointment]]*domain.Appointment {
	byID := make(map[domain.ID[domain.Appointment]]*domain.Appointment, len(r.Visits))
	for _, v := range r.Visits {
		if v.Scheduled() != nil && statusOf(v) != canceled {
			byID[domain.ID[domain.Appointment](v.STID)] = v
		}
	}
	return byID
}

func byStart(a, b *domain.Appointment) int {
	switch {
	case a.Start == nil || b.Start == nil:
		return 0
	case !a.Start.Equal(*b.Start):
		return a.Start.Compare(*b.Start)
	}
	return int(a.STID - b.STID)
}

// late tells whether nobody has begun a visit by the time promised to the customer: the arrival window's end, or the start.
func late(a *domain.Appointment, now time.Time) bool {
	promised := a.Start
	if a.ArrivalWindowEnd != nil {
		promised = a.ArrivalWindowEnd
	}
	s := statusOf(a)
	return promised != nil && now.After(*promised) && (s == "Scheduled" || s == "Dispatched")
}

// time is what availability needs to know of an agenda.
func (a *agenda) time() scheduling.Technician {
	var t scheduling.Technician
	for _, s := range a.shifts {
		span := scheduling.Interval(*s.Scheduled())
		switch {
		case s.Type != nil && *s.Type == "TimeOff":
			t.Off = append(t.Off, span)
		default:
			t.Shifts = append(t.Shifts, span)
		}
	}
	for _, n := range a.nonJobs {
		t.Off = append(t.Off, scheduling.Interval(*n.Scheduled()))
	}
	for _, v := range a.visits {
		t.Booked = append(t.Booked, scheduling.Interval(*v.Appointment.Scheduled()))
	}
	return t
}

// minutes are whole minutes, rounded.
func minutes(d time.Duration) int { return int(d.Round(time.Minute) / time.Minute) }
