package domain

// Acts on who works when. Source: behaviour.md, section 5, dispatch/v2.
var (
	TechniciansAssign = &Act{
		Name: "assignTechnicians", On: Appointments.Kind, ID: "appointmentId", Method: "POST", Repeatable: true, Books: BooksTarget,
		Path:  "/dispatch/v2/tenant/{tenant}/appointment-assignments/assign-technicians",
		Names: map[string]string{"appointmentId": "jobAppointmentId"}, Rereads: []*Link{AppointmentAssigned.Link, AppointmentJob.Link},
	}
	TechniciansUnassign = &Act{
		Name: "unassignTechnicians", On: Appointments.Kind, ID: "appointmentId", Method: "POST", Repeatable: true, Ends: EndsInput,
		Path:  "/dispatch/v2/tenant/{tenant}/appointment-assignments/unassign-technicians",
		Names: map[string]string{"appointmentId": "jobAppointmentId"}, Rereads: []*Link{AppointmentAssigned.Link, AppointmentJob.Link},
	}
	ShiftsCreate = &Act{
		Name: "createTechnicianShifts", Makes: TechnicianShifts.Kind, Method: "POST",
		Path: "/dispatch/v2/tenant/{tenant}/technician-shifts", Names: map[string]string{"type": "shiftType"}, Same: []string{"shiftType", "title"},
	}
	TimeOffCreate = &Act{
		Name: "addTimeOff", Makes: TechnicianShifts.Kind, Method: "POST", Path: "/dispatch/v2/tenant/{tenant}/technician-shifts",
		Fixed: map[string]any{"shiftType": "TimeOff", "repeatType": "Never"}, Same: []string{"shiftType", "title", "start", "end"},
	}
	ShiftUpdate = &Act{
		Name: "updateTechnicianShift", On: TechnicianShifts.Kind, ID: "id", Method: "PATCH",
		Path: "/dispatch/v2/tenant/{tenant}/technician-shifts/{st_id}", Names: map[string]string{"type": "shiftType"},
	}
	ShiftDelete = &Act{
		Name: "deleteTechnicianShift", On: TechnicianShifts.Kind, ID: "id", Method: "DELETE", Removes: true,
		Path: "/dispatch/v2/tenant/{tenant}/technician-shifts/{st_id}",
	}
	NonJobCreate = &Act{
		Name: "createNonJobAppointment", Makes: NonJobAppointments.Kind, Method: "POST",
		Path: "/dispatch/v2/tenant/{tenant}/non-job-appointments", Names: nonJobNames, Same: []string{"technicianId", "start", "name"},
	}
	NonJobReplace = &Act{
		Name: "replaceNonJobAppointment", On: NonJobAppointments.Kind, ID: "id", Method: "PUT",
		Path: "/dispatch/v2/tenant/{tenant}/non-job-appointments/{st_id}", Names: nonJobNames,
	}
	NonJobDelete = &Act{
		Name: "deleteNonJobAppointment", On: NonJobAppointments.Kind, ID: "id", Method: "DELETE", Removes: true,
		Path: "/dispatch/v2/tenant/{tenant}/non-job-appointments/{st_id}",
	}
)

var nonJobNames = map[string]string{
	"clearsDispatchBoard": "clearDispatchBoard", "shownOnTechnicianSchedule": "showOnTechnicianSchedule",
	"removesFromCapacity": "removeTechnicianFromCapacityPlanning",
}

var dispatchActs = []*Act{
	TechniciansAssign, TechniciansUnassign, ShiftsCreate, TimeOffCreate, ShiftUpdate, ShiftDelete, NonJobCreate, NonJobReplace, NonJobDelete,
}
