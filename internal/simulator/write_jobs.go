package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// The states of jobs and appointments that a call can find or make. There is no call that sets one: each moves by its own
// sub-endpoint, and Dispatched, InProgress and Working only by a technician's app (behaviour.md, section 5).
const (
	scheduled = "Scheduled"
	onHold    = "Hold"
	done      = "Done"
	completed = "Completed"
	canceled  = "Canceled"
)

// jobReferences are the members of jobs that name records.
var jobReferences = map[string]string{
	"customerId": "Customer", "locationId": "Location", "projectId": "Project", "businessUnitId": "BusinessUnit", "jobTypeId": "JobType",
	"campaignId": "Campaign", "tagTypeIds": "TagType", "soldById": "Technician|Employee",
}

// createJob makes a job with its appointments and its invoice: the job N, its first appointment N+1, its invoice N+3.
func createJob(w *writing) (any, error) {
	visits, _ := w.body["appointments"].([]any)
	if len(visits) == 0 {
		return nil, invalid("appointments", "At least one appointment is required.")
	}
	if err := w.consistent(w.body["customerId"], w.body["locationId"]); err != nil {
		return nil, err
	}
	for i, v := range visits {
		if err := w.plausible(v.(object), fmt.Sprintf("appointments[%d].", i)); err != nil {
			return nil, err
		}
	}
	jobs := w.c.tables["Job"]
	job := w.make("Job", map[string]any{"jobStatus": scheduled, "estimateIds": []any{}, "total": number("0")})
	jobs.set(job, "jobNumber", strconv.FormatInt(job.id, 10))
	for i, v := range visits {
		r := w.visit(job, i+1, v.(object))
		if i == 0 {
			w.c.id() // the invoice is the third behind the job, whoever is assigned
			w.bill(job)
		}
		technicians, _ := v.(object).get("technicianIds").([]any)
		w.addTechnicians(r, technicians)
	}
	w.count(job)
	if project, ok := w.body["projectId"].(int64); ok {
		t := w.c.tables["Project"]
		r := t.byID[project]
		of, _ := t.value(r, "jobIds").([]any)
		w.put(t, r, map[string]any{"jobIds": append(slices.Clone(of), job.id)})
	}
	return job, nil
}

// consistent refuses a job that names what is not there, or another's place.
func (w *writing) consistent(customer, location any) error {
	if err := w.references(jobReferences); err != nil {
		return err
	}
	id, _ := location.(int64)
	places := w.c.tables["Location"]
	if r, ok := places.byID[id]; !ok || places.value(r, "customerId") != customer {
		return invalid("locationId", "The location does not belong to the customer.")
	}
	return nil
}

// plausible refuses an appointment whose times or technicians cannot be.
func (w *writing) plausible(o object, at string) error {
	for _, pair := range [][2]string{{"start", "end"}, {"arrivalWindowStart", "arrivalWindowEnd"}} {
		from, hasFrom := o.get(pair[0]).(moment)
		until, hasUntil := o.get(pair[1]).(moment)
		if hasFrom && hasUntil && time.Time(until).Before(time.Time(from)) {
			return invalid(at+pair[1], "The end must not be before the start.")
		}
	}
	return w.employed(o.get("technicianIds"), at+"technicianIds")
}

// employed refuses technicians who are not there, or no longer.
func (w *writing) employed(ids any, at string) error {
	if ids == nil {
		return nil
	}
	if err := w.must("Technician", at, ids); err != nil {
		return err
	}
	t := w.c.tables["Technician"]
	for _, id := range ids.([]any) {
		if !t.activity()(t.byID[id.(int64)]) {
			return invalid(at, fmt.Sprintf("Technician %d is not active.", id))
		}
	}
	return nil
}

// times are when an appointment is.
var times = []string{"start", "end", "arrivalWindowStart", "arrivalWindowEnd"}

// visit makes an appointment of a job.
func (w *writing) visit(job *record, number int, o object) *record {
	jobs, t := w.c.tables["Job"], w.c.tables["Appointment"]
	given := map[string]any{
		"jobId": job.id, "appointmentNumber": fmt.Sprintf("%s-%d", plain(jobs.value(job, "jobNumber")), number), "status": scheduled,
		"customerId": jobs.value(job, "customerId"), "active": true, "isConfirmed": false, "unused": false,
		"specialInstructions": o.get("specialInstructions"),
	}
	for _, name := range times {
		given[name] = o.get(name)
	}
	if t.has("createdById") {
		given["createdById"] = int64(1)
	}
	return w.create(w.c, t, given)
}

// bill makes the invoice of a job.
func (w *writing) bill(job *record) {
	jobs := w.c.tables["Job"]
	name := func(entity, of string) any {
		id, _ := jobs.value(job, of).(int64)
		t := w.c.tables[entity]
		r, ok := t.byID[id]
		if !ok {
			return nil
		}
		return reference(id, plain(t.value(r, "name")))
	}
	now := moment(w.clock.Now())
	r := w.create(w.c, w.c.tables["Invoice"], map[string]any{
		"syncStatus": "Pending", "referenceNumber": jobs.value(job, "jobNumber"), "invoiceDate": now, "dueDate": now, "subTotal": "0", "salesTax": "0",
		"total": "0", "balance": "0", "discountTotal": "0", "customer": name("Customer", "customerId"), "location": name("Location", "locationId"),
		"businessUnit": name("BusinessUnit", "businessUnitId"), "items": []any{}, "customFields": []any{}, "projectId": jobs.value(job, "projectId"),
		"job": object{{"id", job.id}, {"number", jobs.value(job, "jobNumber")}, {"type", name("JobType", "jobTypeId").(object).get("name")}}, "active": true,
	})
	jobs.set(job, "invoiceId", r.id)
}

// visits are a job's appointments that are not deleted, by start.
func (w *writing) visits(job int64) []*record {
	t := w.c.tables["Appointment"]
	var out []*record
	for _, r := range t.rows {
		if !r.deleted && t.value(r, "jobId") == job {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b *record) int { return compare(t.value(a, "start"), t.value(b, "start")) })
	return out
}

// count keeps a job's count of appointments, and which are the first and the last.
func (w *writing) count(job *record) {
	t, visits := w.c.tables["Job"], w.visits(job.id)
	w.put(t, job, map[string]any{
		"appointmentCount": int64(len(visits)), "firstAppointmentId": visits[0].id, "lastAppointmentId": visits[len(visits)-1].id,
	})
}

func updateJob(w *writing) (any, error) {
	t, r, err := w.target("Job")
	if err != nil {
		return nil, err
	}
	if err := w.consistent(w.after(t, r, "customerId"), w.after(t, r, "locationId")); err != nil {
		return nil, err
	}
	w.edit(t, r)
	return r, nil
}

// status is the state of a job or an appointment.
func (t *table) status(r *record) string {
	if t.entity.Name == "Job" {
		return plain(t.value(r, "jobStatus"))
	}
	return plain(t.value(r, "status"))
}

// open are the states of appointments that are not over.
var open = []string{scheduled, "Dispatched", "Working", onHold}

// moveJob puts a job and those of its appointments that are in one of the given states into new ones.
func (w *writing) moveJob(job *record, to string, appointments string, from ...string) {
	w.put(w.c.tables["Job"], job, map[string]any{"jobStatus": to})
	t := w.c.tables["Appointment"]
	for _, r := range w.visits(job.id) {
		if slices.Contains(from, t.status(r)) {
			w.moveVisit(r, appointments)
		}
	}
}

// moveVisit puts an appointment into a new state. Its assignments follow, where they have such a state.
func (w *writing) moveVisit(r *record, to string) {
	w.put(w.c.tables["Appointment"], r, map[string]any{"status": to})
	if to == scheduled || to == done {
		w.moveAssignments(w.c.tables["AppointmentAssignment"], r.id, to)
	}
}

// reason refuses a reason that is not there or not used any more.
func (w *writing) reason(entity string) error {
	t := w.c.tables[entity]
	id, _ := w.body["reasonId"].(int64)
	if r, ok := t.byID[id]; !ok || r.deleted || !t.activity()(r) {
		return invalid("reasonId", fmt.Sprintf("%s with Id = %d was not found.", entity, id))
	}
	return nil
}

func cancelJob(w *writing) (any, error) {
	t, r, err := w.target("Job")
	if err != nil {
		return nil, err
	}
	if err := w.reason("JobCancelReason"); err != nil {
		return nil, err
	}
	if s := t.status(r); s == completed || s == canceled {
		return nil, refused("The job is already " + s + ".")
	}
	w.moveJob(r, canceled, canceled, open...)
	w.logCancel(r, true)
	return none{}, nil
}

func uncancelJob(w *writing) (any, error) {
	t, r, err := w.target("Job")
	if err != nil {
		return nil, err
	}
	if t.status(r) != canceled {
		return nil, refused("The job is not canceled.")
	}
	w.moveJob(r, scheduled, scheduled, canceled)
	w.logCancel(r, false)
	return none{}, nil
}

func holdJob(w *writing) (any, error) {
	t, r, err := w.target("Job")
	if err != nil {
		return nil, err
	}
	if err := w.reason("JobHoldReason"); err != nil {
		return nil, err
	}
	if s := t.status(r); s == completed || s == canceled || s == onHold {
		return nil, refused("A job that is " + s + " cannot be put on hold.")
	}
	w.moveJob(r, onHold, onHold, open...)
	return none{}, nil
}

func completeJob(w *writing) (any, error) {
	t, r, err := w.target("Job")
	if err != nil {
		return nil, err
	}
	if s := t.status(r); s == completed || s == canceled {
		return nil, conflict("The job is already " + s + ".")
	}
	staffed := slices.ContainsFunc(w.visits(r.id), func(a *record) bool { return len(w.assigned(a.id)) > 0 })
	if !staffed {
		return nil, conflict("The job has no technicians.")
	}
	w.moveJob(r, completed, done, open...)
	w.put(t, r, map[string]any{"completedOn": w.body["completedOn"]})
	return none{}, nil
}

// createAppointment adds a visit to a job that is not over.
func createAppointment(w *writing) (any, error) {
	if err := w.references(map[string]string{"jobId": "Job"}); err != nil {
		return nil, err
	}
	jobs := w.c.tables["Job"]
	job := jobs.byID[w.body["jobId"].(int64)]
	if s := jobs.status(job); s == completed || s == canceled {
		return nil, conflict("The job is already " + s + ".")
	}
	o := object{}
	for name, v := range w.body {
		o = append(o, member{name, v})
	}
	if err := w.plausible(o, ""); err != nil {
		return nil, err
	}
	number := 0
	t := w.c.tables["Appointment"]
	for _, r := range t.rows { // numbers of deleted ones are not given again
		if t.value(r, "jobId") == job.id {
			number++
		}
	}
	r := w.visit(job, number+1, o)
	technicians, _ := w.body["technicianIds"].([]any)
	w.addTechnicians(r, technicians)
	w.count(job)
	return r, nil
}

// appointment is the target, with its job.
func (w *writing) appointment() (t *table, r, job *record, err error) {
	t, r, err = w.target("Appointment")
	if err != nil {
		return nil, nil, nil, err
	}
	id, _ := t.value(r, "jobId").(int64)
	job, ok := w.c.tables["Job"].byID[id]
	if !ok {
		return nil, nil, nil, errNotFound
	}
	return t, r, job, nil
}

func deleteAppointment(w *writing) (any, error) {
	t, r, job, err := w.appointment()
	switch {
	case err != nil:
		return nil, err
	case len(w.visits(job.id)) < 2:
		return nil, conflict("The only appointment of a job cannot be deleted.")
	case t.status(r) == "Working" || t.status(r) == done:
		return nil, conflict("An appointment with timesheets cannot be deleted.")
	}
	w.unassignAll(r.id, nil)
	w.touch(t, r, func() { r.deleted = true })
	w.count(job)
	return none{}, nil
}

func reschedule(w *writing) (any, error) {
	t, r, job, err := w.appointment()
	if err != nil {
		return nil, err
	}
	if s := t.status(r); s == done || s == canceled {
		return nil, conflict("The appointment is already " + s + ".")
	}
	o := object{}
	for _, name := range times {
		o = append(o, member{name, w.after(t, r, name)})
	}
	if err := w.plausible(o, ""); err != nil {
		return nil, err
	}
	w.edit(t, r)
	w.count(job)
	return r, nil
}

func holdAppointment(w *writing) (any, error) {
	t, r, job, err := w.appointment()
	if err != nil {
		return nil, err
	}
	if err := w.reason("JobHoldReason"); err != nil {
		return nil, err
	}
	if s := t.status(r); s == done || s == canceled || s == onHold {
		return nil, conflict("An appointment that is " + s + " cannot be put on hold.")
	}
	w.moveVisit(r, onHold)
	goesOn := func(a *record) bool { return t.status(a) != onHold && slices.Contains(open, t.status(a)) }
	if !slices.ContainsFunc(w.visits(job.id), goesOn) {
		w.put(w.c.tables["Job"], job, map[string]any{"jobStatus": onHold})
	}
	return none{}, nil
}

func unholdAppointment(w *writing) (any, error) {
	t, r, job, err := w.appointment()
	if err != nil {
		return nil, err
	}
	if t.status(r) != onHold {
		return nil, conflict("The appointment is not on hold.")
	}
	w.moveVisit(r, scheduled)
	held := func(a *record) bool { return t.status(a) == onHold }
	if jobs := w.c.tables["Job"]; jobs.status(job) == onHold && !slices.ContainsFunc(w.visits(job.id), held) {
		w.put(jobs, job, map[string]any{"jobStatus": scheduled})
	}
	return none{}, nil
}

func confirm(to bool) act {
	return func(w *writing) (any, error) {
		t, r, _, err := w.appointment()
		if err != nil {
			return nil, err
		}
		if t.value(r, "isConfirmed") == to {
			return nil, conflict(map[bool]string{true: "The appointment is already confirmed.", false: "The appointment is not confirmed."}[to])
		}
		w.put(t, r, map[string]any{"isConfirmed": to})
		return none{}, nil
	}
}

func instruct(w *writing) (any, error) {
	t, r, _, err := w.appointment()
	if err != nil {
		return nil, err
	}
	w.edit(t, r)
	return r, nil
}
