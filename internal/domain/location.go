package domain

// Location is a place where work is done. Source: GET /crm/v2/tenant/{tenant}/locations; table raw.st_locations.
type Location struct {
	Record
	CustomerID   *ID[Customer] `db:"customer_id"`
	Name         string        `db:"name"`
	Address      *Address      `db:"address"`
	ZoneID       *ID[Zone]     `db:"zone_id"`
	TaxZoneID    *int64        `db:"tax_zone_id"`
	CustomFields []CustomField `db:"custom_fields"`
	TagTypeIDs   []ID[TagType] `db:"tag_type_ids"`
	MergedToID   *ID[Location] `db:"merged_to_id"`
}

// Locations describes the kind.
var Locations = newKind[Location](Spec{
	Name: "Location", Domain: AreaLocation, Table: "st_locations",
	API: API{
		Base: "/crm/v2", Path: "locations", Get: true, IDs: true, Export: "export/locations", All: "active=Any", Sort: "+Id",
		Params: map[string]string{"customer_id": "customerId"},
	},
	Orders: map[string]string{"ID": "st_id", "NAME": "name", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on"},
	Filter: LocationFilter{},
})

// A location's links.
var (
	LocationCustomer   = refersTo(Locations, "customer", "customer_id", Customers)
	LocationZone       = refersTo(Locations, "zone", "zone_id", Zones)
	LocationTags       = listsIDs(Locations, "tags", "tag_type_ids", TagTypes)
	LocationMergedTo   = refersTo(Locations, "mergedTo", "merged_to_id", Locations)
	LocationContactsOf = owns(Locations, "contacts", LocationContacts, "location_id")
	LocationJobs       = owns(Locations, "jobs", Jobs, "location_id")
	LocationInvoices   = owns(Locations, "invoices", Invoices, "location_id")
	LocationEstimates  = owns(Locations, "estimates", Estimates, "location_id")
	LocationEquipment  = owns(Locations, "installedEquipment", InstalledEquipments, "location_id")
	LocationProjects   = owns(Locations, "projects", Projects, "location_id")
)

// LocationFilter says which locations; all that is given must hold.
type LocationFilter struct {
	IDs         []GlobalID `json:"ids" where:"st_id in" kind:"Location"`
	Search      *string    `json:"search" where:"name matches"`
	CustomerIDs []GlobalID `json:"customerIds" where:"customer_id in" kind:"Customer"`
	ZoneIDs     []GlobalID `json:"zoneIds" where:"zone_id in" kind:"Zone"`
	Active      *bool      `json:"active" where:"active is"`
	TagIDs      []GlobalID `json:"tagIds" where:"tag_type_ids in" kind:"TagType"`
	CreatedAt   *TimeRange `json:"createdAt" where:"created_on range"`
	ModifiedAt  *TimeRange `json:"modifiedAt" where:"modified_on range"`
}
