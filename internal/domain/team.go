package domain

// Team is a group of technicians. Source: GET /dispatch/v2/tenant/{tenant}/teams; table raw.st_teams.
type Team struct {
	Record
	Name *string `db:"name"`
}

// Teams describes the kind.
var Teams = newKind[Team](Spec{
	Name: "Team", Domain: AreaTechnician, Table: "st_teams",
	API:          API{Base: "/dispatch/v2", Path: "teams", Get: true, All: "includeInactive=true", Sort: "+Id"},
	Orders:       nameOrders,
	DefaultOrder: "name",
	Filter:       BasicFilter{},
})

// TeamTechnicians are the technicians who name the team.
var TeamTechnicians = ToMany[Team, Technician]{sharesName(Teams, "technicians", "name", Technicians, "team")}
