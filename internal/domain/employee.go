package domain

// Employee is someone of the office. Source: GET /settings/v2/tenant/{tenant}/employees; table raw.st_employees.
type Employee struct {
	Record
	UserID         *int64            `db:"user_id"`
	Name           string            `db:"name"`
	Email          *string           `db:"email"`
	Phone          *string           `db:"phone"`
	Role           *string           `db:"role"`
	BusinessUnitID *ID[BusinessUnit] `db:"business_unit_id"`
}

// Employees describes the kind.
var Employees = newKind[Employee](Spec{
	Name: "Employee", Domain: AreaSettings, Table: "st_employees",
	API: API{
		Base: "/settings/v2", Path: "employees", Get: true, IDs: true, Export: "export/employees", All: "active=Any",
		Params: map[string]string{"user_id": "userIds,"},
	},
	Orders:       map[string]string{"ID": "st_id", "NAME": "name", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on"},
	DefaultOrder: "name",
	Filter:       EmployeeFilter{},
})

// EmployeeBusinessUnit is the branch an employee belongs to.
var EmployeeBusinessUnit = refersTo(Employees, "businessUnit", "business_unit_id", BusinessUnits)

// EmployeeFilter says which employees; all that is given must hold.
type EmployeeFilter struct {
	IDs             []GlobalID `json:"ids" where:"st_id in" kind:"Employee"`
	Search          *string    `json:"search" where:"name matches"`
	BusinessUnitIDs []GlobalID `json:"businessUnitIds" where:"business_unit_id in" kind:"BusinessUnit"`
	Active          *bool      `json:"active" where:"active is"`
	ModifiedAt      *TimeRange `json:"modifiedAt" where:"modified_on range"`
}
