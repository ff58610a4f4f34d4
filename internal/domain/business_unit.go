package domain

// BusinessUnit is a branch of the company. Source: GET /settings/v2/tenant/{tenant}/business-units;
// table raw.st_business_units.
type BusinessUnit struct {
	Record
	Name         string   `db:"name"`
	OfficialName *string  `db:"official_name"`
	Email        *string  `db:"email"`
	Phone        *string  `db:"phone"`
	Address      *Address `db:"address"`
}

// BusinessUnits describes the kind.
var BusinessUnits = newKind[BusinessUnit](Spec{
	Name: "BusinessUnit", Domain: AreaSettings, Table: "st_business_units",
	API: API{
		Base: "/settings/v2", Path: "business-units", Get: true, IDs: true, Export: "export/business-units", All: "active=Any",
	},
	Orders:       nameOrders,
	DefaultOrder: "name",
	Filter:       BasicFilter{},
})

// A business unit's links.
var (
	BusinessUnitTechnicians = owns(BusinessUnits, "technicians", Technicians, "business_unit_id")
	BusinessUnitEmployees   = owns(BusinessUnits, "employees", Employees, "business_unit_id")
	BusinessUnitJobs        = owns(BusinessUnits, "jobs", Jobs, "business_unit_id")
	BusinessUnitJobTypes    = owns(BusinessUnits, "jobTypes", JobTypes, "business_unit_ids")
)
