package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// assigned are the active assignments of an appointment.
func (w *writing) assigned(appointment int64) []*record {
	t := w.c.tables["AppointmentAssignment"]
	active := t.activity()
	var out []*record
	for _, r := range t.rows {
		if !r.deleted && active(r) && t.value(r, "appointmentId") == appointment {
			out = append(out, r)
		}
	}
	return out
}

// addTechnicians puts technicians on an appointment. Those who are on it stay as they are.
func (w *writing) addTechnicians(appointment *record, technicians []any) {
	t, people, visits := w.c.tables["AppointmentAssignment"], w.c.tables["Technician"], w.c.tables["Appointment"]
	for _, id := range technicians {
		if slices.ContainsFunc(w.assigned(appointment.id), func(r *record) bool { return t.value(r, "technicianId") == id }) {
			continue
		}
		w.create(w.c, t, map[string]any{
			"technicianId": id, "technicianName": people.value(people.byID[id.(int64)], "name"), "assignedById": int64(1),
			"assignedOn": moment(w.clock.Now()), "status": scheduled, "isPaused": false, "jobId": visits.value(appointment, "jobId"),
			"appointmentId": appointment.id, "active": true,
		})
	}
}

// unassignAll takes technicians off an appointment, all when none are named. The rows stay, as history.
func (w *writing) unassignAll(appointment int64, technicians []any) {
	t := w.c.tables["AppointmentAssignment"]
	for _, r := range w.assigned(appointment) {
		if technicians == nil || slices.Contains(technicians, t.value(r, "technicianId")) {
			w.put(t, r, map[string]any{"active": false})
		}
	}
}

// staffed is the appointment in the body of an assignment.
func (w *writing) staffed() (*record, []any, error) {
	t := w.c.tables["Appointment"]
	id, _ := w.body["jobAppointmentId"].(int64)
	r, ok := t.byID[id]
	if !ok || r.deleted {
		return nil, nil, invalid("jobAppointmentId", fmt.Sprintf("Appointment with Id = %d was not found.", id))
	}
	technicians, _ := w.body["technicianIds"].([]any)
	return r, technicians, w.must("Technician", "technicianIds", w.body["technicianIds"])
}

func assign(w *writing) (any, error) {
	r, technicians, err := w.staffed()
	if err != nil {
		return nil, err
	}
	if err := w.employed(w.body["technicianIds"], "technicianIds"); err != nil {
		return nil, err
	}
	if s := w.c.tables["Appointment"].status(r); s == done || s == canceled {
		return nil, conflict("The appointment is already " + s + ".")
	}
	w.addTechnicians(r, technicians)
	return r, nil
}

func unassign(w *writing) (any, error) {
	r, technicians, err := w.staffed()
	if err != nil {
		return nil, err
	}
	w.unassignAll(r.id, technicians)
	return r, nil
}

// createShifts makes one shift for each technician and repetition.
func createShifts(w *writing) (any, error) {
	if err := w.employed(w.body["technicianIds"], "technicianIds"); err != nil {
		return nil, err
	}
	start, end := time.Time(w.body["start"].(moment)), time.Time(w.body["end"].(moment))
	until, _ := w.body["repeatEndDate"].(moment)
	switch {
	case !start.Before(end):
		return nil, invalid("end", "The end must be after the start.")
	case end.Sub(start) > maxRepeats:
		return nil, invalid("end", "A shift is not longer than a year.")
	case time.Time(until).Sub(start) > maxRepeats:
		return nil, invalid("repeatEndDate", "Shifts are not repeated for longer than a year.")
	}
	t, made := w.c.tables["TechnicianShift"], []any{}
	for _, technician := range w.body["technicianIds"].([]any) {
		for _, by := range w.repeats(start) {
			r := w.make("TechnicianShift", map[string]any{
				"technicianId": technician, "start": moment(start.Add(by)), "end": moment(end.Add(by)), "active": true,
			})
			made = append(made, t.members(r))
		}
	}
	return object{{"created", true}, {"technicianShifts", made}}, nil
}

// maxRepeats is how far ahead shifts can be repeated. It is a guess: the documents name no bound, but there must be one.
const maxRepeats = 366 * 24 * time.Hour

// repeats are how much later than the first each repetition starts.
func (w *writing) repeats(start time.Time) []time.Duration {
	until, ends := w.body["repeatEndDate"].(moment)
	if w.body["repeatType"] == "Never" || !ends {
		return []time.Duration{0}
	}
	every := max(1, number64(plain(w.body["repeatInterval"]), 1))
	weekly, days := w.body["repeatType"] == "Weekly", plain(w.body["shiftDays"])
	var out []time.Duration
	for day := int64(0); ; day++ {
		at := start.AddDate(0, 0, int(day))
		if at.After(time.Time(until)) {
			return out
		}
		switch {
		case weekly && days != "" && day/7%every == 0 && strings.Contains(days, at.Weekday().String()),
			weekly && days == "" && day%(7*every) == 0,
			!weekly && day%every == 0:
			out = append(out, at.Sub(start))
		}
	}
}

func updateShift(w *writing) (any, error) {
	t, r, err := w.target("TechnicianShift")
	if err != nil {
		return nil, err
	}
	start, end := w.after(t, r, "start"), w.after(t, r, "end")
	if compare(start, end) >= 0 {
		return nil, invalid("end", "The end must be after the start.")
	}
	w.edit(t, r)
	return object{{"technicianShifts", []any{t.members(r)}}}, nil
}

// after is what a member of a record will be after an edit by the body.
func (w *writing) after(t *table, r *record, name string) any {
	if v, given := w.body[name]; given {
		return v
	}
	return t.value(r, name)
}

// switchOff is what deleting does to shifts and non-job appointments.
func switchOff(w *writing) (any, error) {
	t, r, err := w.target(w.op.Entity)
	if err != nil {
		return nil, err
	}
	w.put(t, r, map[string]any{"active": false})
	return object{{"message", "Deleted"}, {"id", r.id}}, nil
}

func deleteShifts(w *writing) (any, error) {
	t := w.c.tables["TechnicianShift"]
	from, until := w.body["start"].(moment), w.body["end"].(moment)
	active, gone := t.activity(), []any{}
	for _, r := range t.rows {
		at := time.Time(t.moment(r, "start"))
		if !r.deleted && active(r) && !at.Before(time.Time(from)) && at.Before(time.Time(until)) {
			w.put(t, r, map[string]any{"active": false})
			gone = append(gone, r.id)
		}
	}
	return object{{"message", "Deleted"}, {"deletedIds", gone}}, nil
}

func createNonJob(w *writing) (any, error) {
	if err := w.employed([]any{w.body["technicianId"]}, "technicianId"); err != nil {
		return nil, err
	}
	answer := w.c.tables["NonJobAppointment"].members(w.make("NonJobAppointment", nil))
	for _, f := range w.op.Body {
		v, given := w.body[f.Name]
		if given && len(f.Enum) > 0 && v != nil { // words of the request are numbers in the answer
			v = int64(slices.Index(f.Enum, plain(v)))
		}
		if !w.c.tables["NonJobAppointment"].has(f.Name) {
			answer = append(answer, member{f.Name, v})
		}
	}
	return answer, nil
}

func replaceNonJob(w *writing) (any, error) {
	t, r, err := w.target("NonJobAppointment")
	if err != nil {
		return nil, err
	}
	if err := w.employed([]any{w.body["technicianId"]}, "technicianId"); err != nil {
		return nil, err
	}
	for _, f := range w.op.Body { // what a PUT leaves out goes back to its plainest
		if w.body[f.Name] == nil && t.has(f.Name) {
			w.body[f.Name] = plainest(t.entity.Fields[t.index[f.Name]])
		}
	}
	w.edit(t, r)
	return r, nil
}
