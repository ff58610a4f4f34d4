package simulator

import (
	"fmt"
)

// steps are what a technician's app does, with the states that the appointment, its assignments and its job get.
var steps = map[string]states{
	"dispatch": {"Dispatched", "Dispatched", "Dispatched"},
	"arrive":   {"InProgress", "Working", "Working"},
	"done":     {"Completed", "Done", "Done"},
}

// Visit moves an appointment, its assignments and its job on, as a technician's app does: "dispatch", "arrive" or
// "done". A job is completed when none of its appointments is left to do.
func (s *Simulator) Visit(tenant, appointment int64, step string) error {
	to, ok := steps[step]
	if !ok {
		return fmt.Errorf("simulator: no step %q: dispatch, arrive or done", step)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, r, err := s.record(tenant, "Appointment", appointment)
	if err != nil {
		return err
	}
	jobID, _ := t.value(r, "jobId").(int64)
	jobs, job, err := s.record(tenant, "Job", jobID)
	if err != nil {
		return fmt.Errorf("simulator: the job of appointment %d: %w", appointment, err)
	}
	s.touch(t, r, func() { t.set(r, "status", to.appointment) })
	s.moveAssignments(s.companies[tenant].tables["AppointmentAssignment"], appointment, to.assignment)
	if step == "done" && leftToDo(t, jobID) {
		to.job = "InProgress"
	}
	s.touch(jobs, job, func() {
		jobs.set(job, "jobStatus", to.job)
		if to.job == "Completed" {
			jobs.set(job, "completedOn", moment(s.clock.Now()))
		}
	})
	return nil
}

func (s *Simulator) moveAssignments(t *table, appointment int64, status string) {
	active := t.activity()
	for _, r := range t.rows {
		if t.value(r, "appointmentId") == appointment && active(r) && !r.deleted && t.status(r) != status {
			s.touch(t, r, func() { t.set(r, "status", status) })
		}
	}
}

// leftToDo tells whether a job has an appointment that is neither done nor cancelled.
func leftToDo(t *table, job int64) bool {
	active := t.activity()
	for _, r := range t.rows {
		status := plain(t.value(r, "status"))
		if t.value(r, "jobId") == job && active(r) && !r.deleted && status != "Done" && status != "Canceled" {
			return true
		}
	}
	return false
}
