package domain

import (
	"io"
	"time"
)

// Appointment is one visit of a job. Source: GET /jpm/v2/tenant/{tenant}/appointments; table raw.st_appointments.
type Appointment struct {
	Record
	JobID               *ID[Job]           `db:"job_id"`
	CustomerID          *ID[Customer]      `db:"customer_id"`
	Number              *string            `db:"appointment_number"`
	Start               *time.Time         `db:"start_time"`
	End                 *time.Time         `db:"end_time"`
	ArrivalWindowStart  *time.Time         `db:"arrival_window_start"`
	ArrivalWindowEnd    *time.Time         `db:"arrival_window_end"`
	Status              *AppointmentStatus `db:"status"`
	SpecialInstructions *string            `db:"special_instructions"`
	Confirmed           *bool              `db:"is_confirmed"`
	Unused              *bool              `db:"unused"`
	CustomFields        []CustomField      `db:"custom_fields"`
}

// StatusText is the status in ServiceTitan's own word.
func (a *Appointment) StatusText() *string { return (*string)(a.Status) }

// Scheduled is the planned time of the work.
func (a *Appointment) Scheduled() *TimeWindow { return window(a.Start, a.End) }

// ArrivalWindow is the time promised to the customer; nil when none was.
func (a *Appointment) ArrivalWindow() *TimeWindow {
	return window(a.ArrivalWindowStart, a.ArrivalWindowEnd)
}

func window(start, end *time.Time) *TimeWindow {
	if start == nil || end == nil {
		return nil
	}
	return &TimeWindow{Start: *start, End: *end}
}

// Appointments describes the kind.
var Appointments = newKind[Appointment](Spec{
	Name: "Appointment", Domain: AreaAppointment, Table: "st_appointments",
	API: API{
		Base: "/jpm/v2", Path: "appointments", Get: true, IDs: true, Export: "export/appointments", ExportAll: "active=Any",
		All: "active=Any", Sort: "+Id",
		Params: map[string]string{
			"job_id": "jobId", "customer_id": "customerId", "appointment_number": "number", "status": "status",
			"start_time": "startsOnOrAfter/startsBefore",
		},
	},
	Orders:       map[string]string{"ID": "st_id", "START": "start_time", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on"},
	DefaultOrder: "start_time",
	Filter:       AppointmentFilter{},
	Made: map[string]Made{
		"statusText": asText("status"), "scheduled": asWindow("start_time", "end_time"),
		"arrivalWindow": asWindow("arrival_window_start", "arrival_window_end"),
	},
})

// An appointment's links.
var (
	AppointmentJob         = refersTo(Appointments, "job", "job_id", Jobs)
	AppointmentCustomer    = refersTo(Appointments, "customer", "customer_id", Customers)
	AppointmentAssigned    = owns(Appointments, "assignments", AppointmentAssignments, "appointment_id")
	AppointmentTechnicians = through(Appointments, "technicians", "appointment_id", AppointmentAssignments, "technician_id", Technicians)
)

// AppointmentFilter says which appointments; all that is given must hold.
type AppointmentFilter struct {
	IDs           []GlobalID          `json:"ids" where:"st_id in" kind:"Appointment"`
	Within        *TimeWindow         `json:"within" where:"during overlaps"`
	StartsAt      *TimeRange          `json:"startsAt" where:"start_time range"`
	JobIDs        []GlobalID          `json:"jobIds" where:"job_id in" kind:"Job"`
	CustomerIDs   []GlobalID          `json:"customerIds" where:"customer_id in" kind:"Customer"`
	Statuses      []AppointmentStatus `json:"statuses" where:"status in"`
	TechnicianIDs []GlobalID          `json:"technicianIds" where:"technician_id in" kind:"Technician" via:"AppointmentAssignment.appointment_id"`
	Unassigned    *bool               `json:"unassigned" where:"st_id none" via:"AppointmentAssignment.appointment_id"`
	Active        *bool               `json:"active" where:"active is"`
	CreatedAt     *TimeRange          `json:"createdAt" where:"created_on range"`
	ModifiedAt    *TimeRange          `json:"modifiedAt" where:"modified_on range"`
}

// AppointmentStatus is the state of an appointment.
type AppointmentStatus string

var appointmentStatuses = words("Scheduled", "Dispatched", "Working", "Hold", "Done", "Canceled")

// MarshalGQL writes the enum value.
func (s AppointmentStatus) MarshalGQL(w io.Writer) { appointmentStatuses.marshal(w, string(s)) }

// UnmarshalGQL reads the enum value.
func (s *AppointmentStatus) UnmarshalGQL(v any) error {
	return appointmentStatuses.unmarshal(v, (*string)(s))
}
