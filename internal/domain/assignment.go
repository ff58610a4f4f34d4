package domain

import (
	"io"
	"time"
)

// AppointmentAssignment is a technician on an appointment. ServiceTitan keeps the history as inactive rows.
// Source: GET /dispatch/v2/tenant/{tenant}/appointment-assignments; table raw.st_appointment_assignments.
type AppointmentAssignment struct {
	Record
	AppointmentID *ID[Appointment]  `db:"appointment_id"`
	JobID         *ID[Job]          `db:"job_id"`
	TechnicianID  *ID[Technician]   `db:"technician_id"`
	Status        *AssignmentStatus `db:"status"`
	AssignedAt    *time.Time        `db:"assigned_on"`
	Paused        *bool             `db:"is_paused"`
}

// StatusText is the status in ServiceTitan's own word.
func (a *AppointmentAssignment) StatusText() *string { return (*string)(a.Status) }

// AppointmentAssignments describes the kind.
var AppointmentAssignments = newKind[AppointmentAssignment](Spec{
	Name: "AppointmentAssignment", Domain: AreaAppointment, Table: "st_appointment_assignments",
	API: API{
		Base: "/dispatch/v2", Path: "appointment-assignments", IDs: true, Export: "export/appointment-assignments",
		ExportAll: "active=Any", All: "active=Any", Sort: "+Id",
		Params: map[string]string{"appointment_id": "appointmentIds,", "job_id": "jobId"},
	},
	Filter: AssignmentFilter{},
	Made:   map[string]Made{"statusText": asText("status")},
})

// An assignment's links.
var (
	AssignmentAppointment = refersTo(AppointmentAssignments, "appointment", "appointment_id", Appointments)
	AssignmentJob         = refersTo(AppointmentAssignments, "job", "job_id", Jobs)
	AssignmentTechnician  = refersTo(AppointmentAssignments, "technician", "technician_id", Technicians)
)

// AssignmentFilter says which assignments; all that is given must hold.
type AssignmentFilter struct {
	Active *bool `json:"active" where:"active is"`
}

// AssignmentStatus says how far a technician is with an appointment.
type AssignmentStatus string

var assignmentStatuses = words("Scheduled", "Dispatched", "Working", "Done")

// MarshalGQL writes the enum value.
func (s AssignmentStatus) MarshalGQL(w io.Writer) { assignmentStatuses.marshal(w, string(s)) }

// UnmarshalGQL reads the enum value.
func (s *AssignmentStatus) UnmarshalGQL(v any) error {
	return assignmentStatuses.unmarshal(v, (*string)(s))
}
