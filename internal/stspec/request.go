package stspec

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The API's limits on pages and on lists of ids (behaviour.md, section 2).
const (
	MaxPageSize = 5000
	MaxIDs      = 50
)

// ValidateRequest says what is wrong with a request: an operation or a parameter that the API does not have, a value of
// the wrong type, a parameter left out that must be there. The API itself is more patient; a client should not need that.
func ValidateRequest(method string, u *url.URL) error {
	e, ok := EndpointOf(u.Path)
	if !ok || method != http.MethodGet {
		return fmt.Errorf("stspec: there is no operation %s %s", method, u.Path)
	}
	q := u.Query()
	for name, values := range q {
		f, ok := parameter(e.Query, name)
		if !ok {
			return fmt.Errorf("stspec: %s has no parameter %q", e.Path, name)
		}
		for _, v := range values {
			if err := f.Check(v); err != nil {
				return err
			}
		}
	}
	for _, f := range e.Query {
		if f.Required && !q.Has(f.Name) {
			return fmt.Errorf("stspec: %s needs the parameter %s", e.Path, f.Name)
		}
	}
	return nil
}

// parameter finds a parameter by its name. Those that are maps are sent as name[key].
func parameter(all []Filter, name string) (Filter, bool) {
	base, _, keyed := strings.Cut(name, "[")
	for _, f := range all {
		if f.Name == name || keyed && f.Name == base && f.Type == "object" {
			return f, true
		}
	}
	return Filter{}, false
}

// Check says what is wrong with a parameter's value.
func (f Filter) Check(value string) error {
	bad := func(what string) error { return fmt.Errorf("stspec: parameter %s must be %s", f.Name, what) }
	switch {
	case f.Name == "page" || f.Name == "pageSize":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || f.Name == "pageSize" && n > MaxPageSize {
			return bad("a page number, or a size of 1 to 5000")
		}
	case f.Name == "sort" && len(f.Sortable) > 0:
		if value == "" || !slices.Contains(f.Sortable, strings.TrimLeft(value, "+-")) || strings.Trim(value[:1], "+-") != "" {
			return bad("+ or - and one of " + strings.Join(f.Sortable, ", "))
		}
	case len(f.Enum) > 0:
		if !slices.Contains(f.Enum, value) {
			return bad("one of " + strings.Join(f.Enum, ", "))
		}
	case f.IDList():
		return f.checkIDs(value, bad)
	}
	if f.Items != nil { // repeated: each value is an item
		return Filter{Name: f.Name, Type: f.Items.Type, Format: f.Items.Format, Enum: f.Items.Enum}.Check(value)
	}
	return f.checkType(value, bad)
}

// IDList tells whether the parameter takes a comma list of ids.
func (f Filter) IDList() bool {
	return f.Type == "string" && (f.Name == "ids" || strings.HasSuffix(f.Name, "Ids"))
}

func (f Filter) checkIDs(value string, bad func(string) error) error {
	ids := strings.Split(value, ",")
	if len(ids) > MaxIDs {
		return bad("a comma list of at most 50 ids")
	}
	for _, id := range ids {
		if _, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64); err != nil {
			return bad("a comma list of whole numbers")
		}
	}
	return nil
}

func (f Filter) checkType(value string, bad func(string) error) error {
	switch {
	case f.Type == "integer":
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return bad("a whole number")
		}
	case f.Type == "number":
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return bad("a number")
		}
	case f.Type == "boolean":
		if _, err := strconv.ParseBool(value); err != nil {
			return bad("true or false")
		}
	case f.Format == "date-time":
		if _, err := time.Parse(time.RFC3339, value); err != nil {
			return bad("a time as in RFC 3339")
		}
	}
	return nil
}
