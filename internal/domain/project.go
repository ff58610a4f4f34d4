package domain

import "time"

// Project is a longer undertaking of several jobs. Source: GET /jpm/v2/tenant/{tenant}/projects; table raw.st_projects.
type Project struct {
	Record
	Number             *string            `db:"number"`
	Name               *string            `db:"name"`
	Summary            *string            `db:"summary"`
	Status             *string            `db:"status"`
	CustomerID         *ID[Customer]      `db:"customer_id"`
	LocationID         *ID[Location]      `db:"location_id"`
	BusinessUnitIDs    []ID[BusinessUnit] `db:"business_unit_ids"`
	ManagerIDs         []ID[Employee]     `db:"project_manager_ids"`
	StartedAt          *time.Time         `db:"start_date"`
	TargetCompletionAt *time.Time         `db:"target_completion_date"`
	CompletedAt        *time.Time         `db:"actual_completion_date"`
	CustomFields       []CustomField      `db:"custom_fields"`
}

// Projects describes the kind.
var Projects = newKind[Project](Spec{
	Name: "Project", Domain: AreaJob, Table: "st_projects",
	API: API{
		Base: "/jpm/v2", Path: "projects", Get: true, IDs: true, Export: "export/projects", Sort: "+Id", Tombstones: true,
		Params: map[string]string{
			"customer_id": "customerId", "location_id": "locationId", "project_manager_ids": "projectManagerIds,",
			"business_unit_ids": "businessUnitIds,", "start_date": "startsOnOrAfter/startsBefore",
		},
	},
	Orders: map[string]string{"ID": "st_id", "NAME": "name", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on"},
	Filter: ProjectFilter{},
})

// A project's links.
var (
	ProjectCustomer      = refersTo(Projects, "customer", "customer_id", Customers)
	ProjectLocation      = refersTo(Projects, "location", "location_id", Locations)
	ProjectBusinessUnits = listsIDs(Projects, "businessUnits", "business_unit_ids", BusinessUnits)
	ProjectManagers      = listsIDs(Projects, "managers", "project_manager_ids", Employees)
	ProjectJobs          = owns(Projects, "jobs", Jobs, "project_id")
	ProjectInvoices      = owns(Projects, "invoices", Invoices, "project_id")
	ProjectEstimates     = owns(Projects, "estimates", Estimates, "project_id")
)

// ProjectFilter says which projects; all that is given must hold.
type ProjectFilter struct {
	IDs         []GlobalID `json:"ids" where:"st_id in" kind:"Project"`
	CustomerIDs []GlobalID `json:"customerIds" where:"customer_id in" kind:"Customer"`
	LocationIDs []GlobalID `json:"locationIds" where:"location_id in" kind:"Location"`
	CreatedAt   *TimeRange `json:"createdAt" where:"created_on range"`
	ModifiedAt  *TimeRange `json:"modifiedAt" where:"modified_on range"`
}
