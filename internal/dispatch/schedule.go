package dispatch

import (
	"slices"

	"lazilabs.com/lazi/internal/domain"
)

// Entry is something on a technician's schedule: one of the three.
type Entry struct {
	During            domain.TimeWindow
	Appointment       *domain.Appointment
	Shift             *domain.TechnicianShift
	NonJobAppointment *domain.NonJobAppointment
}

// Conflict is something that a technician does while he is to be on a visit: one of the last three.
type Conflict struct {
	Technician        *domain.Technician
	During            domain.TimeWindow
	Appointment       *domain.Appointment
	TimeOff           *domain.TechnicianShift
	NonJobAppointment *domain.NonJobAppointment
}

// Schedules are the technicians' schedules by id, each by start.
func Schedules(r *Rows, f Frame) map[int64][]*Entry {
	out := map[int64][]*Entry{}
	for _, a := range r.agendas(f) {
		entries := []*Entry{}
		for _, s := range a.shifts {
			entries = append(entries, &Entry{During: *s.Scheduled(), Shift: s})
		}
		for _, n := range a.nonJobs {
			entries = append(entries, &Entry{During: *n.Scheduled(), NonJobAppointment: n})
		}
		for _, v := range a.visits {
			entries = append(entries, &Entry{During: spanOf(v.Appointment), Appointment: v.Appointment})
		}
		slices.SortStableFunc(entries, func(x, y *Entry) int { return x.During.Start.Compare(y.During.Start) })
		out[a.technician.STID] = entries
	}
	return out
}
