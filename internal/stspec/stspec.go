// Package stspec holds the official facts about the ServiceTitan entities that LAZI mirrors or writes (paths, fields, filters and
// their defaults) and about every operation of the API that reads, in a form of our own. Source: the OpenAPI documents of 2025-05 and 2026-03. The simulator serves by
// it, and tests hold client and simulator against it. It imports none of ours.
package stspec

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

//go:embed spec.json
var text []byte

//go:embed unmirrored.json
var unmirroredText []byte

// Entity is one entity of the API.
type Entity struct {
	// Name is the API's: "PricebookDiscountAndFee".
	Name string `json:"name"`
	// Module is the API module that serves it.
	Module string `json:"module"`
	// ListPath, GetPath and ExportPath hold {tenant} and {id}; GetPath and ExportPath are empty where the API has none.
	ListPath   string `json:"listPath"`
	GetPath    string `json:"getPath"`
	ExportPath string `json:"exportPath"`
	// Fields are the members of a record in their order.
	Fields []Field `json:"fields"`
	// Filters are the list's query parameters, ExportFilters the feed's.
	Filters       []Filter `json:"filters"`
	ExportFilters []Filter `json:"exportFilters"`
}

// Field is a member of a record, or of an object in one.
type Field struct {
	Name string `json:"name"`
	// Type is integer, number, string, boolean, object or array.
	Type   string `json:"type"`
	Format string `json:"format"`
	// Nullable is what the documents promise; the API sends null elsewhere too.
	Nullable bool `json:"nullable"`
	// Required members must be sent, where the field is a body's.
	Required bool     `json:"required"`
	Enum     []string `json:"enum"`
	Fields   []Field  `json:"fields"`
	Items    *Field   `json:"items"`
	// Recursive objects hold records of the entity itself.
	Recursive bool `json:"recursive"`
	// ExportOnly, ListOnly and GetOnly fields are sent by that operation alone.
	ExportOnly bool `json:"exportOnly"`
	ListOnly   bool `json:"listOnly"`
	GetOnly    bool `json:"getOnly"`
	// NotGet fields are left out of single records.
	NotGet bool `json:"notGet"`
}

// Filter is a query parameter.
type Filter struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Format string   `json:"format"`
	Enum   []string `json:"enum"`
	// Default is "activeOnly", "all" or "unstated" for filters on activity.
	Default string `json:"default"`
	// MaxItems bounds a comma list.
	MaxItems int `json:"maxItems"`
	// Sortable are the fields that `sort` may name; empty where the documents list none.
	Sortable []string `json:"sortable"`
	Items    *Field   `json:"items"`
	Required bool     `json:"required"`
}

var (
	load       = sync.OnceValue(func() []Entity { return parse[[]Entity]("spec.json", text) })
	unmirrored = sync.OnceValue(func() []Entity { return parse[[]Entity]("unmirrored.json", unmirroredText) })
)

// parse reads an embedded file; every test would see a mistake in one.
func parse[T any](name string, text []byte) T {
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		panic(fmt.Sprintf("stspec: %s: %v", name, err))
	}
	return v
}

// Entities returns all mirrored entities. The caller must not change them.
func Entities() []Entity { return load() }

// Unmirrored returns entities of which LAZI keeps no copy: what writes name (reasons) or make (notes). The paths of some hold
// the {id} of an owner. The caller must not change them.
func Unmirrored() []Entity { return unmirrored() }

// Lookup finds an entity by its name.
func Lookup(name string) (Entity, bool) {
	for _, e := range slices.Concat(load(), unmirrored()) {
		if e.Name == name {
			return e, true
		}
	}
	return Entity{}, false
}

// Filter finds a query parameter of the list.
func (e Entity) Filter(name string) (Filter, bool) {
	for _, f := range e.Filters {
		if f.Name == name {
			return f, true
		}
	}
	return Filter{}, false
}
