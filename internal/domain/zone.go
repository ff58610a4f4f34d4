package domain

// Zone is a service area. Source: GET /dispatch/v2/tenant/{tenant}/zones; table raw.st_zones.
type Zone struct {
	Record
	Name            *string            `db:"name"`
	PostalCodes     []string           `db:"zips"`
	Cities          []string           `db:"cities"`
	BusinessUnitIDs []ID[BusinessUnit] `db:"business_units"`
	TechnicianIDs   []ID[Technician]   `db:"technicians"`
	ServiceDays     []string           `db:"service_days"`
}

// Zones describes the kind.
var Zones = newKind[Zone](Spec{
	Name: "Zone", Domain: AreaTechnician, Table: "st_zones",
	API:          API{Base: "/dispatch/v2", Path: "zones", Get: true, All: "active=Any", Sort: "+Id"},
	Orders:       nameOrders,
	DefaultOrder: "name",
	Filter:       ZoneFilter{},
})

// A zone's links.
var (
	ZoneTechnicians   = owns(Zones, "technicians", Technicians, "zone_ids")
	ZoneBusinessUnits = listsIDs(Zones, "businessUnits", "business_units", BusinessUnits)
	ZoneLocations     = owns(Zones, "locations", Locations, "zone_id")
)

// ZoneFilter says which zones; all that is given must hold.
type ZoneFilter struct {
	IDs         []GlobalID `json:"ids" where:"st_id in" kind:"Zone"`
	PostalCodes []string   `json:"postalCodes" where:"zips in"`
	Active      *bool      `json:"active" where:"active is"`
	ModifiedAt  *TimeRange `json:"modifiedAt" where:"modified_on range"`
}
