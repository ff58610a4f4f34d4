package domain

import (
	"io"
	"time"
)

// Job is a piece of work at a location, done in one or more appointments.
// Source: GET /jpm/v2/tenant/{tenant}/jobs; table raw.st_jobs.
type Job struct {
	Record
	Number             string            `db:"job_number"`
	ProjectID          *ID[Project]      `db:"project_id"`
	CustomerID         *ID[Customer]     `db:"customer_id"`
	LocationID         *ID[Location]     `db:"location_id"`
	BusinessUnitID     *ID[BusinessUnit] `db:"business_unit_id"`
	JobTypeID          *ID[JobType]      `db:"job_type_id"`
	CampaignID         *ID[Campaign]     `db:"campaign_id"`
	Priority           *Priority         `db:"priority"`
	Status             *JobStatus        `db:"job_status"`
	Summary            *string           `db:"summary"`
	CompletedAt        *time.Time        `db:"completed_on"`
	Total              *Money            `db:"total"`
	InvoiceID          *ID[Invoice]      `db:"invoice_id"`
	FirstAppointmentID *ID[Appointment]  `db:"first_appointment_id"`
	LastAppointmentID  *ID[Appointment]  `db:"last_appointment_id"`
	CustomFields       []CustomField     `db:"custom_fields"`
	TagTypeIDs         []ID[TagType]     `db:"tag_type_ids"`
}

// StatusText is the status in ServiceTitan's own word.
func (j *Job) StatusText() *string { return (*string)(j.Status) }

// Jobs describes the kind.
var Jobs = newKind[Job](Spec{
	Name: "Job", Domain: AreaJob, Table: "st_jobs",
	API: API{
		Base: "/jpm/v2", Path: "jobs", Get: true, IDs: true, Export: "export/jobs", Sort: "+Id", Tombstones: true,
		Params: map[string]string{
			"customer_id": "customerId", "location_id": "locationId", "project_id": "projectId", "job_type_id": "jobTypeId",
			"campaign_id": "campaignId", "business_unit_id": "businessUnitId", "invoice_id": "invoiceId", "job_number": "number",
			"job_status": "jobStatus", "priority": "priority", "tag_type_ids": "tagTypeIds,",
			"completed_on": "completedOnOrAfter/completedBefore",
		},
	},
	Orders: map[string]string{
		"ID": "st_id", "NUMBER": "job_number", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on", "COMPLETED_AT": "completed_on",
	},
	Filter: JobFilter{},
	Made:   map[string]Made{"statusText": asText("job_status")},
})

// A job's links.
var (
	JobCustomer         = refersTo(Jobs, "customer", "customer_id", Customers)
	JobLocation         = refersTo(Jobs, "location", "location_id", Locations)
	JobProject          = refersTo(Jobs, "project", "project_id", Projects)
	JobBusinessUnit     = refersTo(Jobs, "businessUnit", "business_unit_id", BusinessUnits)
	JobTypeOf           = refersTo(Jobs, "type", "job_type_id", JobTypes)
	JobCampaign         = refersTo(Jobs, "campaign", "campaign_id", Campaigns)
	JobInvoice          = refersTo(Jobs, "invoice", "invoice_id", Invoices)
	JobFirstAppointment = refersTo(Jobs, "firstAppointment", "first_appointment_id", Appointments)
	JobLastAppointment  = refersTo(Jobs, "lastAppointment", "last_appointment_id", Appointments)
	JobTags             = listsIDs(Jobs, "tags", "tag_type_ids", TagTypes)
	JobAppointments     = owns(Jobs, "appointments", Appointments, "job_id")
	JobAssignments      = owns(Jobs, "assignments", AppointmentAssignments, "job_id")
	JobInvoices         = owns(Jobs, "invoices", Invoices, "job_id")
	JobEstimates        = owns(Jobs, "estimates", Estimates, "job_id")
)

// JobFilter says which jobs; all that is given must hold.
type JobFilter struct {
	IDs               []GlobalID  `json:"ids" where:"st_id in" kind:"Job"`
	Numbers           []string    `json:"numbers" where:"job_number in"`
	CustomerIDs       []GlobalID  `json:"customerIds" where:"customer_id in" kind:"Customer"`
	LocationIDs       []GlobalID  `json:"locationIds" where:"location_id in" kind:"Location"`
	Statuses          []JobStatus `json:"statuses" where:"job_status in"`
	Priorities        []Priority  `json:"priorities" where:"priority in"`
	TypeIDs           []GlobalID  `json:"typeIds" where:"job_type_id in" kind:"JobType"`
	BusinessUnitIDs   []GlobalID  `json:"businessUnitIds" where:"business_unit_id in" kind:"BusinessUnit"`
	CampaignIDs       []GlobalID  `json:"campaignIds" where:"campaign_id in" kind:"Campaign"`
	TagIDs            []GlobalID  `json:"tagIds" where:"tag_type_ids in" kind:"TagType"`
	TechnicianIDs     []GlobalID  `json:"technicianIds" where:"technician_id in" kind:"Technician" via:"AppointmentAssignment.job_id"`
	AppointmentWithin *TimeWindow `json:"appointmentWithin" where:"during overlaps" via:"Appointment.job_id"`
	CompletedAt       *TimeRange  `json:"completedAt" where:"completed_on range"`
	CreatedAt         *TimeRange  `json:"createdAt" where:"created_on range"`
	ModifiedAt        *TimeRange  `json:"modifiedAt" where:"modified_on range"`
}

// JobStatus is the state of a job.
type JobStatus string

var jobStatuses = words("Scheduled", "Dispatched", "InProgress", "Hold", "Completed", "Canceled")

// MarshalGQL writes the enum value.
func (s JobStatus) MarshalGQL(w io.Writer) { jobStatuses.marshal(w, string(s)) }

// UnmarshalGQL reads the enum value.
func (s *JobStatus) UnmarshalGQL(v any) error { return jobStatuses.unmarshal(v, (*string)(s)) }

// Priority says how urgent a job is.
type Priority string

var priorities = words("Low", "Normal", "High", "Urgent")

// MarshalGQL writes the enum value.
func (p Priority) MarshalGQL(w io.Writer) { priorities.marshal(w, string(p)) }

// UnmarshalGQL reads the enum value.
func (p *Priority) UnmarshalGQL(v any) error { return priorities.unmarshal(v, (*string)(p)) }
