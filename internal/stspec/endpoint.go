package stspec

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed endpoints.json
var endpointText []byte

// Endpoint is an operation that reads: a GET of the official API.
type Endpoint struct {
	// Path holds {tenant} and names of ids in braces.
	Path string `json:"path"`
	// Query are the parameters it takes.
	Query []Filter `json:"query"`
}

// endpoints are all operations that read. Lists and feeds of the mirrored entities stand in spec.json, the others in
// endpoints.json.
var endpoints = sync.OnceValue(func() []Endpoint {
	var all []Endpoint
	for _, e := range load() {
		all = append(all, Endpoint{e.ListPath, e.Filters})
		if e.ExportPath != "" {
			all = append(all, Endpoint{e.ExportPath, e.ExportFilters})
		}
	}
	return append(all, parse[[]Endpoint]("endpoints.json", endpointText)...)
})

// Endpoints returns every GET of the official API, without order. The caller must not change them.
func Endpoints() []Endpoint { return endpoints() }

// EndpointOf finds the operation that serves a path: the one with the fewest names in braces if several do.
func EndpointOf(path string) (Endpoint, bool) {
	best, open := Endpoint{}, -1
	for _, e := range endpoints() {
		n := strings.Count(e.Path, "{")
		if (open < 0 || n < open) && matches(e.Path, path) {
			best, open = e, n
		}
	}
	return best, open >= 0
}

// matches compares a path with a template. The tenant is a whole number; ids of some endpoints are words.
func matches(template, path string) bool {
	want, have := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		switch {
		case want[i] == "{tenant}":
			if _, err := strconv.ParseInt(have[i], 10, 64); err != nil {
				return false
			}
		case strings.HasPrefix(want[i], "{"):
			if have[i] == "" {
				return false
			}
		case want[i] != have[i]:
			return false
		}
	}
	return true
}
