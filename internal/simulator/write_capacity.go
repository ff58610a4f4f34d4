package simulator

import (
	"slices"
	"time"
)

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
	if err := w.references(map[string]string{"businessUnitIds": "BusinessUnit", "jobTypeId": "JobType"}); err != nil {
		return nil, err
	}
	units, _ := w.body["businessUnitIds"].([]any)
	if t := w.c.tables["BusinessUnit"]; len(units) == 0 {
		for _, r := range t.rows {
			if t.activity()(r) {
				units = append(units, r.id)
			}
		}
	}
	found := []any{}
	for day := from.UTC().Truncate(24 * time.Hour); day.Before(until); day = day.AddDate(0, 0, 1) {
		// From eight to five in the company's winter time.
		if start, end := day.Add(15*time.Hour), day.Add(24*time.Hour); start.Before(until) && end.After(from) {
			for _, unit := range units {
				found = append(found, w.openings(start, end, unit))
			}
		}
	}
	return object{{"timeStamp", moment(w.clock.Now())}, {"availabilities", found}}, nil
}

// openings are one span of a business unit.
func (w *writing) openings(start, end time.Time, unit any) object {
	people, technicians := w.c.tables["Technician"], []any{}
	var total, taken time.Duration
	for _, r := range people.rows {
		if r.deleted || !people.activity()(r) || people.value(r, "businessUnitId") != unit {
			continue
		}
		skilled := w.skilled(r)
		works, busy := w.works(r.id, start, end), w.busy(r.id, start, end)
		status := "Available"
		if busy >= works || skilled == false {
			status = "Unavailable"
		}
		if skilled != false {
			total, taken = total+works, taken+min(busy, works)
		}
		technicians = append(technicians, object{{"id", r.id}, {"name", people.value(r, "name")}, {"status", status}, {"hasRequiredSkills", skilled}})
	}
	open := total - taken
	local := func(t time.Time) moment { return moment(t.Add(-7 * time.Hour)) }
	return object{
		{"start", local(start)},
		{"end", local(end)},
		{"startUtc", moment(start)},
		{"endUtc", moment(end)},
		{"businessUnitIds", []any{unit}},
		{"totalAvailability", cents(int64(total.Hours() * 100))},
		{"openAvailability", cents(int64(open.Hours() * 100))},
		{"technicians", technicians},
		{"isAvailable", open > 0},
		{"isExceedingIdealBookingPercentage", taken > total*9/10},
	}
}

// skilled tells whether a technician can do the job type that is asked about; nil when skills do not count.
func (w *writing) skilled(technician *record) any {
	types, people := w.c.tables["JobType"], w.c.tables["Technician"]
	id, ok := w.body["jobTypeId"].(int64)
	if !ok || w.body["skillBasedAvailability"] != true {
		return nil
	}
	needed, _ := types.value(types.byID[id], "skills").([]any)
	has, _ := people.value(technician, "skills").([]any)
	return !slices.ContainsFunc(needed, func(skill any) bool {
		return !slices.ContainsFunc(has, func(v any) bool { o, _ := v.(object); return o.get("name") == skill })
	})
}

// works is how long a technician is on shift within a span.
func (w *writing) works(technician int64, from, until time.Time) time.Duration {
	return w.sum("TechnicianShift", from, until, func(t *table, r *record) bool {
		return t.value(r, "technicianId") == technician && t.value(r, "shiftType") != "TimeOff"
	})
}

// busy is how long a technician's time off, appointments and errands are within a span.
func (w *writing) busy(technician int64, from, until time.Time) time.Duration {
	assignments := w.c.tables["AppointmentAssignment"]
	return w.sum("TechnicianShift", from, until, func(t *table, r *record) bool {
		return t.value(r, "technicianId") == technician && t.value(r, "shiftType") == "TimeOff"
	}) + w.sum("NonJobAppointment", from, until, func(t *table, r *record) bool {
		return t.value(r, "technicianId") == technician && t.value(r, "removeTechnicianFromCapacityPlanning") == true
	}) + w.sum("Appointment", from, until, func(t *table, r *record) bool {
		return t.status(r) != canceled && slices.ContainsFunc(w.assigned(r.id), func(a *record) bool { return assignments.value(a, "technicianId") == technician })
	})
}

// sum is how long those records of an entity that count last within a span.
func (w *writing) sum(entity string, from, until time.Time, counts func(*table, *record) bool) (sum time.Duration) {
	t := w.c.tables[entity]
	active := t.activity()
	for _, r := range t.rows {
		if d := overlap(t, r, from, until); d > 0 && !r.deleted && active(r) && counts(t, r) {
			sum += d
		}
	}
	return sum
}

func overlap(t *table, r *record, from, until time.Time) time.Duration {
	start, end := time.Time(t.moment(r, "start")), time.Time(t.moment(r, "end"))
	if t.has("duration") {
		end = start.Add(lasting(plain(t.value(r, "duration"))))
	}
	if start.Before(from) {
		start = from
	}
	if end.After(until) {
		end = until
	}
	return max(0, end.Sub(start))
}
