package domain

import "strings"

// API says how ServiceTitan serves a kind. Source: the official OpenAPI documents.
type API struct {
	// Entity is ServiceTitan's name of the entity where it differs from the GraphQL type.
	Entity string
	// Base is the module's base path ("/crm/v2"); the part before "/v2" names the module whose rate budget is used.
	Base string
	// Path is the list's path below Base and the tenant: "customers".
	Path string
	// Get is true when a record can be read by its id at Path/{id}.
	Get bool
	// ThinGet is true when the record that is read by its id lacks members that the list's has.
	ThinGet bool
	// IDs is true when the list takes `ids`, at most MaxIDs of them.
	IDs bool
	// Export is the export feed's path below Base and the tenant; empty when there is none.
	Export string
	// ExportAll is the query that makes the feed show inactive records too, for the feeds that hide them.
	ExportAll string
	// ThinExport is true when the feed's rows lack members that the list's have.
	ThinExport bool
	// All is the query that makes the list show inactive records too; lists hide them by default, each in its own spelling.
	All string
	// Since is true when the list must be given ids of parents or a modified range and refuses a plain crawl.
	Since bool
	// Sort is the `sort` value of a full crawl; empty where the list documents no sort.
	Sort string
	// Params maps columns to the filter parameter that asks for them; a trailing comma marks one that takes a list.
	Params map[string]string
	// Tree is the member that nests the kind's own records: the list gives roots only.
	Tree string
	// Tombstones is true when only the export feed's rows carry `active`, and false there means deleted.
	Tombstones bool
}

// MaxIDs is how many ids one call may ask for (behaviour.md, section 2).
const MaxIDs = 50

// Module is the API module: the unit of the rate budget.
func (a API) Module() string {
	m, _, _ := strings.Cut(strings.TrimPrefix(a.Base, "/"), "/")
	return m
}

// True tells whether a record can be read whole by its id, as it is at this moment: lists lag behind changes by seconds.
func (a API) True() bool { return a.Get && !a.ThinGet }

// ListPath is the list's full path with {tenant} to be filled in.
func (a API) ListPath() string { return a.Base + "/tenant/{tenant}/" + a.Path }

// GetPath is the record's full path with {tenant} and {id}, or "" when the API has none.
func (a API) GetPath() string {
	if !a.Get {
		return ""
	}
	return a.ListPath() + "/{id}"
}

// ExportPath is the feed's full path with {tenant}, or "" when the API has none.
func (a API) ExportPath() string {
	if a.Export == "" {
		return ""
	}
	return a.Base + "/tenant/{tenant}/" + a.Export
}

// Param returns the parameter that filters by a column and whether it takes a list of values.
func (a API) Param(column string) (name string, list, ok bool) {
	p, ok := a.Params[column]
	name, list = strings.CutSuffix(p, ",")
	return name, list, ok
}
