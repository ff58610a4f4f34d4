package domain

// JobType is a kind of job. Source: GET /jpm/v2/tenant/{tenant}/job-types; table raw.st_job_types.
type JobType struct {
	Record
	Name            string             `db:"name"`
	BusinessUnitIDs []ID[BusinessUnit] `db:"business_unit_ids"`
	Skills          []string           `db:"skills"`
	DurationSeconds *int64             `db:"duration"`
	Priority        *Priority          `db:"priority"`
	Class           *string            `db:"class"`
}

// JobTypes describes the kind. Its list sorts by orderBy, which a crawl in id order does not need.
var JobTypes = newKind[JobType](Spec{
	Name: "JobType", Domain: AreaSettings, Table: "st_job_types",
	API:          API{Base: "/jpm/v2", Path: "job-types", Get: true, IDs: true, All: "active=Any"},
	Orders:       nameOrders,
	DefaultOrder: "name",
	Filter:       JobTypeFilter{},
	Made:         map[string]Made{"duration": asSeconds("duration")},
})

// A job type's links.
var (
	JobTypeBusinessUnits = listsIDs(JobTypes, "businessUnits", "business_unit_ids", BusinessUnits)
	JobTypeJobs          = owns(JobTypes, "jobs", Jobs, "job_type_id")
)

// JobTypeFilter says which job types; all that is given must hold.
type JobTypeFilter struct {
	BusinessUnitIDs []GlobalID `json:"businessUnitIds" where:"business_unit_ids in" kind:"BusinessUnit"`
	Active          *bool      `json:"active" where:"active is"`
	ModifiedAt      *TimeRange `json:"modifiedAt" where:"modified_on range"`
}
