package simulator

import (
	"fmt"
	"net/http"
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
	if err := w.employed(w.body["technicianIds"], "technicianIds"); err != nil {
		return nil, nil, err
	}
	return r, technicians, nil
}

func assign(w *writing) (any, error) {
	r, technicians, err := w.staffed()
	if err != nil {
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
	if !start.Before(end) {
		return nil, invalid("end", "The end must be after the start.")
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

func updateSpan(w *writing) (any, error) {
	t, r, err := w.target(w.op.Entity)
	if err != nil {
		return nil, err
	}
	w.edit(t, r)
	return r, nil
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
	for _, r := range t.rows {
		at := time.Time(t.moment(r, "start"))
		if !at.Before(time.Time(from)) && at.Before(time.Time(until)) {
			w.put(t, r, map[string]any{"active": false})
		}
	}
	return object{{"message", "Deleted"}}, nil
}

func createNonJob(w *writing) (any, error) {
	if err := w.employed([]any{w.body["technicianId"]}, "technicianId"); err != nil {
		return nil, err
	}
	r := w.make("NonJobAppointment", map[string]any{"active": true})
	answer := w.c.tables["NonJobAppointment"].members(r)
	// The documents show the words of the request as numbers here.
	return append(answer, member{"repeat", w.body["repeat"] == true}, member{"countOccurrences", int64(0)}, member{"interval", int64(0)},
		member{"frequency", int64(0)}, member{"endType", int64(0)}), nil
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
		if _, given := w.body[f.Name]; !given && t.has(f.Name) {
			w.body[f.Name] = plainest(t.entity.Fields[t.index[f.Name]])
		}
	}
	w.edit(t, r)
	return r, nil
}

// maxCapacity is the longest range that capacity can be asked for.
const maxCapacity = 14 * 24 * time.Hour

// capacity tells for each day and business unit how many hours its technicians work, and how many are open.
func capacity(w *writing) (any, error) {
	from, until := time.Time(w.body["startsOnOrAfter"].(moment)), time.Time(w.body["endsOnOrBefore"].(moment))
	switch {
	case until.Before(from):
		return nil, invalid("endsOnOrBefore", "The end must not be before the start.")
	case until.Sub(from) > maxCapacity:
		return nil, invalid("endsOnOrBefore", "The range must not be longer than 14 days.")
	}
	units, _ := w.body["businessUnitIds"].([]any)
	if len(units) == 0 {
		for _, r := range w.c.tables["BusinessUnit"].rows {
			units = append(units, r.id)
		}
	}
	found := []any{}
	for day := from.UTC().Truncate(24 * time.Hour); day.Before(until); day = day.AddDate(0, 0, 1) {
		for _, unit := range units {
			found = append(found, w.dayOf(day, unit))
		}
	}
	return object{{"timeStamp", moment(w.clock.Now())}, {"availabilities", found}}, nil
}

// dayOf is one day of a business unit, from eight to five in the company's winter time.
func (w *writing) dayOf(day time.Time, unit any) object {
	start, end := day.Add(15*time.Hour), day.Add(24*time.Hour)
	people, technicians := w.c.tables["Technician"], []any{}
	var total, taken time.Duration
	for _, r := range people.rows {
		if !people.activity()(r) || people.value(r, "businessUnitId") != unit {
			continue
		}
		works, busy := w.hours("TechnicianShift", r.id, start, end), w.hours("Appointment", r.id, start, end)
		status := "Available"
		if busy >= works {
			status = "Unavailable"
		}
		total, taken = total+works, taken+min(busy, works)
		technicians = append(technicians, object{{"id", r.id}, {"name", people.value(r, "name")}, {"status", status}, {"hasRequiredSkills", nil}})
	}
	open := total - taken
	local := func(t time.Time) moment { return moment(t.Add(-7 * time.Hour)) }
	return object{
		{"start", local(start)}, {"end", local(end)}, {"startUtc", moment(start)}, {"endUtc", moment(end)}, {"businessUnitIds", []any{unit}},
		{"totalAvailability", number(fmt.Sprintf("%.2f", total.Hours()))}, {"openAvailability", number(fmt.Sprintf("%.2f", open.Hours()))},
		{"technicians", technicians}, {"isAvailable", open > 0}, {"isExceedingIdealBookingPercentage", taken > total*9/10},
	}
}

// hours is how long a technician works, or is on appointments, within a span.
func (w *writing) hours(entity string, technician int64, from, until time.Time) (sum time.Duration) {
	t := w.c.tables[entity]
	for _, r := range t.rows {
		mine := entity == "TechnicianShift" && t.value(r, "technicianId") == technician && t.value(r, "shiftType") != "TimeOff"
		if entity == "Appointment" && overlap(t, r, from, until) > 0 && t.status(r) != canceled {
			assignments := w.c.tables["AppointmentAssignment"]
			mine = slices.ContainsFunc(w.assigned(r.id), func(a *record) bool { return assignments.value(a, "technicianId") == technician })
		}
		if mine && !r.deleted && t.activity()(r) {
			sum += overlap(t, r, from, until)
		}
	}
	return sum
}

func overlap(t *table, r *record, from, until time.Time) time.Duration {
	start, end := time.Time(t.moment(r, "start")), time.Time(t.moment(r, "end"))
	if start.Before(from) {
		start = from
	}
	if end.After(until) {
		end = until
	}
	return max(0, end.Sub(start))
}

// usualHours are a company's business hours until somebody sets them.
func usualHours() object {
	return object{
		{"weekdays", []any{object{{"fromHour", int64(8)}, {"toHour", int64(17)}}}},
		{"saturday", []any{object{{"fromHour", int64(9)}, {"toHour", int64(13)}}}}, {"sunday", []any{}},
	}
}

// businessHours serves the company's one set of business hours.
func (s *Simulator) businessHours(w http.ResponseWriter, _ *http.Request, c *company, _ *table) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	write(w, appendJSON(nil, c.hours))
}

func setBusinessHours(w *writing) (any, error) {
	set := object{}
	for _, f := range w.op.Body {
		set = append(set, member{f.Name, w.body[f.Name]})
	}
	w.c.hours = set
	return set, nil
}
