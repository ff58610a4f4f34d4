package domain

import "time"

// NonJobAppointment is a technician's time for something that is no job: a meeting, a training.
// Source: GET /dispatch/v2/tenant/{tenant}/non-job-appointments; table raw.st_non_job_appointments.
type NonJobAppointment struct {
	Record
	TechnicianID              *ID[Technician] `db:"technician_id"`
	Name                      *string         `db:"name"`
	Summary                   *string         `db:"summary"`
	Start                     *time.Time      `db:"start_time"`
	End                       *time.Time      `db:"end_time"` // made of the start and the length that the API gives
	AllDay                    *bool           `db:"all_day"`
	ClearsDispatchBoard       *bool           `db:"clear_dispatch_board"`
	ShownOnTechnicianSchedule *bool           `db:"show_on_technician_schedule"`
	RemovesFromCapacity       *bool           `db:"remove_from_capacity"`
}

// Scheduled is the time it takes.
func (a *NonJobAppointment) Scheduled() *TimeWindow { return window(a.Start, a.End) }

// NonJobAppointments describes the kind.
var NonJobAppointments = newKind[NonJobAppointment](Spec{
	Name: "NonJobAppointment", Domain: AreaTechnician, Table: "st_non_job_appointments",
	API: API{
		Base: "/dispatch/v2", Path: "non-job-appointments", Get: true, ThinGet: true, IDs: true, All: "activeOnly=false", Sort: "+Id",
		Params: map[string]string{"technician_id": "technicianId"},
	},
	Orders:       startOrders,
	DefaultOrder: "start_time",
	Filter:       NonJobAppointmentFilter{},
	Made:         map[string]Made{"scheduled": asWindow("start_time", "end_time")},
})

// NonJobAppointmentTechnician is whose time it takes.
var NonJobAppointmentTechnician = refersTo(NonJobAppointments, "technician", "technician_id", Technicians)

// NonJobAppointmentFilter says which non-job appointments; all that is given must hold.
type NonJobAppointmentFilter struct {
	IDs           []GlobalID  `json:"ids" where:"st_id in" kind:"NonJobAppointment"`
	TechnicianIDs []GlobalID  `json:"technicianIds" where:"technician_id in" kind:"Technician"`
	Within        *TimeWindow `json:"within" where:"during overlaps"`
	Active        *bool       `json:"active" where:"active is"`
	ModifiedAt    *TimeRange  `json:"modifiedAt" where:"modified_on range"`
}
