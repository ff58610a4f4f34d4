package domain

import "io"

// Customer is who pays. Source: GET /crm/v2/tenant/{tenant}/customers; table raw.st_customers.
type Customer struct {
	Record
	Name         string        `db:"name"`
	Type         *CustomerType `db:"type"`
	Address      *Address      `db:"address"`
	Phone        *string       `db:"phone"` // from the contacts
	Email        *string       `db:"email"` // from the contacts
	Balance      *Money        `db:"balance"`
	DoNotMail    *bool         `db:"do_not_mail"`
	DoNotService *bool         `db:"do_not_service"`
	CustomFields []CustomField `db:"custom_fields"`
	TagTypeIDs   []ID[TagType] `db:"tag_type_ids"`
	MergedToID   *ID[Customer] `db:"merged_to_id"`
}

// Customers describes the kind.
var Customers = newKind[Customer](Spec{
	Name: "Customer", Domain: AreaCustomer, Table: "st_customers",
	API: API{
		Base: "/crm/v2", Path: "customers", Get: true, IDs: true, Export: "export/customers", All: "active=Any", Sort: "+Id",
	},
	Orders: map[string]string{"ID": "st_id", "NAME": "name", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on"},
	Filter: CustomerFilter{},
})

// A customer's links.
var (
	CustomerTags       = listsIDs(Customers, "tags", "tag_type_ids", TagTypes)
	CustomerMergedTo   = refersTo(Customers, "mergedTo", "merged_to_id", Customers)
	CustomerContactsOf = owns(Customers, "contacts", CustomerContacts, "customer_id")
	CustomerLocations  = owns(Customers, "locations", Locations, "customer_id")
	CustomerJobs       = owns(Customers, "jobs", Jobs, "customer_id")
	CustomerVisits     = owns(Customers, "appointments", Appointments, "customer_id")
	CustomerInvoices   = owns(Customers, "invoices", Invoices, "customer_id")
	CustomerPayments   = owns(Customers, "payments", Payments, "customer_id")
	CustomerEstimates  = owns(Customers, "estimates", Estimates, "customer_id")
	CustomerEquipment  = owns(Customers, "installedEquipment", InstalledEquipments, "customer_id")
	CustomerProjects   = owns(Customers, "projects", Projects, "customer_id")
)

// CustomerFilter says which customers; all that is given must hold.
type CustomerFilter struct {
	IDs        []GlobalID     `json:"ids" where:"st_id in" kind:"Customer"`
	Search     *string        `json:"search" where:"name matches"`
	Types      []CustomerType `json:"types" where:"type in"`
	Active     *bool          `json:"active" where:"active is"`
	TagIDs     []GlobalID     `json:"tagIds" where:"tag_type_ids in" kind:"TagType"`
	Owing      *bool          `json:"owing" where:"balance positive"`
	CreatedAt  *TimeRange     `json:"createdAt" where:"created_on range"`
	ModifiedAt *TimeRange     `json:"modifiedAt" where:"modified_on range"`
}

// CustomerType tells a household from a business.
type CustomerType string

var customerTypes = words("Residential", "Commercial")

// MarshalGQL writes the enum value.
func (t CustomerType) MarshalGQL(w io.Writer) { customerTypes.marshal(w, string(t)) }

// UnmarshalGQL reads the enum value.
func (t *CustomerType) UnmarshalGQL(v any) error { return customerTypes.unmarshal(v, (*string)(t)) }
