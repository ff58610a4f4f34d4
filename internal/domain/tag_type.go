package domain

// TagType is a label that customers, locations, jobs and technicians can carry.
// Source: GET /settings/v2/tenant/{tenant}/tag-types; table raw.st_tag_types.
type TagType struct {
	Record
	Name  string  `db:"name"`
	Code  *string `db:"code"`
	Color *string `db:"color"`
}

// TagTypes describes the kind. The API has no read by id: the list is small and read whole.
var TagTypes = newKind[TagType](Spec{
	Name: "TagType", Domain: AreaSettings, Table: "st_tag_types",
	API:          API{Base: "/settings/v2", Path: "tag-types", Export: "export/tag-types", All: "active=Any"},
	Orders:       nameOrders,
	DefaultOrder: "name",
	Filter:       BasicFilter{},
})

// TagTypeCustomers are the customers with the tag.
var TagTypeCustomers = owns(TagTypes, "customers", Customers, "tag_type_ids")

// nameOrders are the orders of small kinds that have a name.
var nameOrders = map[string]string{"ID": "st_id", "NAME": "name", "MODIFIED_AT": "modified_on"}

// BasicFilter is the filter of small kinds: what every one of them can be asked for.
type BasicFilter struct {
	Active     *bool      `json:"active" where:"active is"`
	ModifiedAt *TimeRange `json:"modifiedAt" where:"modified_on range"`
}
