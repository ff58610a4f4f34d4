package domain

// Technician is who does the work. Source: GET /settings/v2/tenant/{tenant}/technicians; table raw.st_technicians.
type Technician struct {
	Record
	UserID         *int64            `db:"user_id"`
	Name           string            `db:"name"`
	Email          *string           `db:"email"`
	Phone          *string           `db:"phone"`
	BusinessUnitID *ID[BusinessUnit] `db:"business_unit_id"`
	TeamName       *string           `db:"team"` // the API gives the team's name, not its id
	MainZoneID     *ID[Zone]         `db:"main_zone_id"`
	ZoneIDs        []ID[Zone]        `db:"zone_ids"`
	Skills         []Skill           `db:"skills"`
	CustomFields   []CustomField     `db:"custom_fields"`
	TagTypeIDs     []ID[TagType]     `db:"tag_type_ids"`
}

// Skill is something a technician is trained for.
type Skill struct {
	ExternalID BigInt  `json:"id"`
	Name       *string `json:"name"`
}

// Technicians describes the kind.
var Technicians = newKind[Technician](Spec{
	Name: "Technician", Domain: AreaTechnician, Table: "st_technicians",
	API: API{
		Base: "/settings/v2", Path: "technicians", Get: true, IDs: true, Export: "export/technicians", All: "active=Any",
		Params: map[string]string{"user_id": "userIds,"},
	},
	Orders:       map[string]string{"ID": "st_id", "NAME": "name", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on"},
	DefaultOrder: "name",
	Filter:       TechnicianFilter{},
})

// A technician's links.
var (
	TechnicianBusinessUnit       = refersTo(Technicians, "businessUnit", "business_unit_id", BusinessUnits)
	TechnicianMainZone           = refersTo(Technicians, "mainZone", "main_zone_id", Zones)
	TechnicianZones              = listsIDs(Technicians, "zones", "zone_ids", Zones)
	TechnicianTags               = listsIDs(Technicians, "tags", "tag_type_ids", TagTypes)
	TechnicianTeam               = ToOne[Technician, Team]{sharesName(Technicians, "team", "team", Teams, "name")}
	TechnicianAssignments        = owns(Technicians, "assignments", AppointmentAssignments, "technician_id")
	TechnicianOwnShifts          = owns(Technicians, "shifts", TechnicianShifts, "technician_id")
	TechnicianNonJobAppointments = owns(Technicians, "nonJobAppointments", NonJobAppointments, "technician_id")
	TechnicianAppointments       = through(Technicians, "appointments", "technician_id", AppointmentAssignments, "appointment_id", Appointments)
)

// TechnicianFilter says which technicians; all that is given must hold.
type TechnicianFilter struct {
	IDs             []GlobalID `json:"ids" where:"st_id in" kind:"Technician"`
	Search          *string    `json:"search" where:"name matches"`
	Teams           []string   `json:"teams" where:"team in"`
	BusinessUnitIDs []GlobalID `json:"businessUnitIds" where:"business_unit_id in" kind:"BusinessUnit"`
	ZoneIDs         []GlobalID `json:"zoneIds" where:"zone_ids in" kind:"Zone"`
	Active          *bool      `json:"active" where:"active is"`
	ModifiedAt      *TimeRange `json:"modifiedAt" where:"modified_on range"`
}
