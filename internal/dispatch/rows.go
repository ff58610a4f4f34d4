// Package dispatch plans and watches technicians' days: availability, slots, capacity, the board and what is wrong with it. It
// makes them of rows of the mirror, which come in as values; it reads neither clock nor database. The arithmetic of time is
// scheduling's.
package dispatch

import (
	"cmp"
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

// The states that plans look at: called off visits take nobody's time, and nobody has begun those that wait.
const (
	scheduled  = "Scheduled"
	dispatched = "Dispatched"
	done       = "Done"
	canceled   = "Canceled"
)

// timeOff is the type of a shift in which a technician does not work.
const timeOff = "TimeOff"

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
		slices.SortFunc(a.visits, func(x, y *Visit) int { // of assignments to the same visit the newest counts
			return cmp.Or(byStart(x.Appointment, y.Appointment), cmp.Compare(y.Assignment.STID, x.Assignment.STID))
		})
		a.visits = slices.CompactFunc(a.visits, func(x, y *Visit) bool { return x.Appointment == y.Appointment })
	}
	return all
}

// OnDuty leaves out the technicians who are switched off, but for those whose visits would be on nobody's lane.
func (r *Rows) OnDuty() {
	visits, busy := r.visitsByID(), map[domain.ID[domain.Technician]]bool{}
	for _, a := range r.Assignments {
		if a.TechnicianID != nil && a.AppointmentID != nil && visits[*a.AppointmentID] != nil {
			busy[*a.TechnicianID] = true
		}
	}
	r.Technicians = slices.DeleteFunc(slices.Clone(r.Technicians), func(t *domain.Technician) bool {
		return !t.Active && !busy[domain.ID[domain.Technician](t.STID)]
	})
}

// Narrow leaves out the visits that only others make than the technicians. Those of nobody stay: anybody may take them.
func (r *Rows) Narrow() {
	looked := map[domain.ID[domain.Technician]]bool{}
	for _, t := range r.Technicians {
		looked[domain.ID[domain.Technician](t.STID)] = true
	}
	// theirs tells of the visits that somebody makes whether one of the technicians does.
	theirs := map[domain.ID[domain.Appointment]]bool{}
	for _, a := range r.Assignments {
		if a.TechnicianID != nil && a.AppointmentID != nil {
			theirs[*a.AppointmentID] = theirs[*a.AppointmentID] || looked[*a.TechnicianID]
		}
	}
	r.Visits = slices.DeleteFunc(slices.Clone(r.Visits), func(v *domain.Appointment) bool {
		mine, taken := theirs[domain.ID[domain.Appointment](v.STID)]
		return taken && !mine
	})
}

// visitsByID are the visits that have a start and are not called off.
func (r *Rows) visitsByID() map[domain.ID[domain.Appointment]]*domain.Appointment {
	byID := make(map[domain.ID[domain.Appointment]]*domain.Appointment, len(r.Visits))
	for _, v := range r.Visits {
		if v.Start != nil && statusOf(v) != canceled {
			byID[domain.ID[domain.Appointment](v.STID)] = v
		}
	}
	return byID
}

// byStart orders visits, which have a start.
func byStart(a, b *domain.Appointment) int {
	return cmp.Or(a.Start.Compare(*b.Start), cmp.Compare(a.STID, b.STID))
}

// spanOf is the time of a visit, which has a start. One that has no end, or ends before it starts, is the moment that it starts
// at, as in the mirror (raw.span).
func spanOf(a *domain.Appointment) domain.TimeWindow {
	if a.End == nil || a.End.Before(*a.Start) {
		return domain.TimeWindow{Start: *a.Start, End: *a.Start}
	}
	return domain.TimeWindow{Start: *a.Start, End: *a.End}
}

// Clash tells whether nobody can do both at once. Times that only touch do not clash; one without a length takes no time, and
// clashes with what goes on at its moment. That is when the mirror's spans overlap, and bookings exclude each other.
func Clash(a, b domain.TimeWindow) bool { return holds(a, b.Start) || holds(b, a.Start) }

func holds(w domain.TimeWindow, t time.Time) bool {
	return t.Equal(w.Start) || t.After(w.Start) && t.Before(w.End)
}

// waits tells whether nobody has begun a visit that somebody is to make.
func waits(a *domain.Appointment) bool { s := statusOf(a); return s == scheduled || s == dispatched }

// promised is when a visit is to have begun at the latest: the arrival window's end, or the start.
func promised(a *domain.Appointment) time.Time {
	if a.ArrivalWindowEnd != nil {
		return *a.ArrivalWindowEnd
	}
	return *a.Start
}

// late tells whether nobody has begun a visit by the time promised to the customer.
func late(a *domain.Appointment, now time.Time) bool { return waits(a) && now.After(promised(a)) }

// time is what availability needs to know of an agenda.
func (a *agenda) time() scheduling.Technician {
	var t scheduling.Technician
	for _, s := range a.shifts {
		span := scheduling.Interval(*s.Scheduled())
		switch {
		case s.Type != nil && *s.Type == timeOff:
			t.Off = append(t.Off, span)
		default:
			t.Shifts = append(t.Shifts, span)
		}
	}
	for _, n := range a.nonJobs {
		t.Off = append(t.Off, scheduling.Interval(*n.Scheduled()))
	}
	for _, v := range a.visits {
		t.Booked = append(t.Booked, scheduling.Interval(spanOf(v.Appointment)))
	}
	return t
}

// minutes are whole minutes, rounded.
func minutes(d time.Duration) int { return int(d.Round(time.Minute) / time.Minute) }
