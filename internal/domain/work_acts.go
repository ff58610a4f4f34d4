package domain

// Acts on jobs and appointments. Source: behaviour.md, section 5, "How job state really changes". Dispatched, InProgress and
// Working are reached by the technician's app alone.
var (
	JobCreate = &Act{
		Name: "createJob", Makes: Jobs.Kind, Method: "POST", Path: "/jpm/v2/tenant/{tenant}/jobs", MarksExternal: true, Books: BooksVisits,
		Rereads: []*Link{JobAppointments.Link, JobAssignments.Link, JobInvoice.Link},
	}
	JobUpdate = &Act{
		Name: "updateJob", On: Jobs.Kind, ID: "id", Method: "PATCH", Path: "/jpm/v2/tenant/{tenant}/jobs/{st_id}",
	}
	JobCancel = &Act{
		Name: "cancelJob", On: Jobs.Kind, ID: "id", Method: "PUT", Path: "/jpm/v2/tenant/{tenant}/jobs/{st_id}/cancel",
		Moves: jobMove("Canceled", "Scheduled", "Dispatched", "InProgress", "Hold"), Rereads: jobRereads,
	}
	JobUncancel = &Act{
		Name: "uncancelJob", On: Jobs.Kind, ID: "id", Method: "PUT", Path: "/jpm/v2/tenant/{tenant}/jobs/{st_id}/remove-cancellation",
		Books: BooksReturning, Moves: jobMove("Scheduled", "Canceled"), Rereads: jobRereads,
	}
	JobHold = &Act{
		Name: "holdJob", On: Jobs.Kind, ID: "id", Method: "PUT", Path: "/jpm/v2/tenant/{tenant}/jobs/{st_id}/hold",
		Moves: jobMove("Hold", "Scheduled", "Dispatched", "InProgress"), Rereads: jobRereads,
	}
	JobUnhold = &Act{
		Name: "unholdJob", On: Jobs.Kind, ID: "id", Method: "DELETE", Path: "/jpm/v2/tenant/{tenant}/appointments/{st_id}/hold",
		Moves: jobMove("Scheduled", "Hold"), Through: JobAppointments.Link, Rereads: jobRereads,
	}
	JobComplete = &Act{
		Name: "completeJob", On: Jobs.Kind, ID: "id", Method: "PUT", Path: "/jpm/v2/tenant/{tenant}/jobs/{st_id}/complete",
		Moves: jobMove("Completed", "Scheduled", "Dispatched", "InProgress", "Hold"), Rereads: jobRereads,
		Names: map[string]string{"completedAt": "completedOn"}, Ends: EndsDone,
	}
	JobNoteAdd = &Act{
		Name: "addJobNote", On: Jobs.Kind, ID: "jobId", Method: "POST",
		Path: "/jpm/v2/tenant/{tenant}/jobs/{st_id}/notes", Notes: "/jpm/v2/tenant/{tenant}/jobs/{st_id}/notes",
		Same: []string{"text"},
	}
	AppointmentCreate = &Act{
		Name: "createAppointment", On: Jobs.Kind, ID: "jobId", Makes: Appointments.Kind, Method: "POST", Books: BooksInput, Same: []string{"jobId", "start", "end"},
		Path: "/jpm/v2/tenant/{tenant}/appointments", Rereads: []*Link{AppointmentAssigned.Link, AppointmentJob.Link},
	}
	AppointmentReschedule = &Act{
		Name: "rescheduleAppointment", On: Appointments.Kind, ID: "id", Method: "PATCH", Books: BooksAssigned,
		Path: "/jpm/v2/tenant/{tenant}/appointments/{st_id}/reschedule", Rereads: []*Link{AppointmentJob.Link},
	}
	AppointmentConfirm = &Act{
		Name: "confirmAppointment", On: Appointments.Kind, ID: "id", Method: "PUT",
		Path:  "/jpm/v2/tenant/{tenant}/appointments/{st_id}/confirmation",
		Moves: &Move{Column: "is_confirmed", Member: "isConfirmed", From: []string{"false"}, To: "true"},
	}
	AppointmentUnconfirm = &Act{
		Name: "unconfirmAppointment", On: Appointments.Kind, ID: "id", Method: "DELETE",
		Path:  "/jpm/v2/tenant/{tenant}/appointments/{st_id}/confirmation",
		Moves: &Move{Column: "is_confirmed", Member: "isConfirmed", From: []string{"true"}, To: "false"},
	}
	AppointmentHold = &Act{
		Name: "holdAppointment", On: Appointments.Kind, ID: "id", Method: "PUT",
		Path:  "/jpm/v2/tenant/{tenant}/appointments/{st_id}/hold",
		Moves: visitMove("Hold", "Scheduled", "Dispatched", "Working"), Rereads: []*Link{AppointmentJob.Link},
	}
	AppointmentUnhold = &Act{
		Name: "unholdAppointment", On: Appointments.Kind, ID: "id", Method: "DELETE",
		Path:  "/jpm/v2/tenant/{tenant}/appointments/{st_id}/hold",
		Moves: visitMove("Scheduled", "Hold"), Rereads: []*Link{AppointmentAssigned.Link, AppointmentJob.Link},
	}
	AppointmentDelete = &Act{
		Name: "deleteAppointment", On: Appointments.Kind, ID: "id", Method: "DELETE", Removes: true, Ends: EndsAll,
		Path: "/jpm/v2/tenant/{tenant}/appointments/{st_id}", Rereads: []*Link{AppointmentAssigned.Link, AppointmentJob.Link},
	}
	AppointmentInstruct = &Act{
		Name: "updateAppointmentInstructions", On: Appointments.Kind, ID: "id", Method: "PUT",
		Path: "/jpm/v2/tenant/{tenant}/appointments/{st_id}/special-instructions",
	}
)

// jobRereads are what moves along with a job.
var jobRereads = []*Link{JobAppointments.Link, JobAssignments.Link}

func jobMove(to string, from ...string) *Move {
	return &Move{Column: "job_status", Member: "jobStatus", From: from, To: to}
}

func visitMove(to string, from ...string) *Move {
	return &Move{Column: "status", Member: "status", From: from, To: to}
}

var workActs = []*Act{
	JobCreate, JobUpdate, JobCancel, JobUncancel, JobHold, JobUnhold, JobComplete, JobNoteAdd,
	AppointmentCreate, AppointmentReschedule, AppointmentConfirm, AppointmentUnconfirm, AppointmentHold, AppointmentUnhold,
	AppointmentDelete, AppointmentInstruct,
}
