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

// ValidateRequest says what is wrong with a request for one of the entities: an operation or a parameter that the API
// does not have, or a value of the wrong type. The API itself is more patient; a client should not need that.
func ValidateRequest(method string, u *url.URL) error {
	if method != http.MethodGet {
		return fmt.Errorf("stspec: %s %s is no operation of a mirrored entity", method, u.Path)
	}
	for _, e := range load() {
		switch {
		case matches(e.ListPath, u.Path):
			return validateQuery(e.Filters, u.Query())
		case matches(e.GetPath, u.Path):
			return validateQuery(nil, u.Query())
		case matches(e.ExportPath, u.Path):
			return validateQuery(e.ExportFilters, u.Query())
		}
	}
	return fmt.Errorf("stspec: there is no operation GET %s", u.Path)
}

// matches compares a path with a template whose {parts} stand for whole numbers.
func matches(template, path string) bool {
	want, have := strings.Split(template, "/"), strings.Split(path, "/")
	if template == "" || len(want) != len(have) {
		return false
	}
	for i := range want {
		if strings.HasPrefix(want[i], "{") {
			if _, err := strconv.ParseInt(have[i], 10, 64); err != nil {
				return false
			}
		} else if want[i] != have[i] {
			return false
		}
	}
	return true
}

func validateQuery(filters []Filter, q url.Values) error {
	for name, values := range q {
		i := slices.IndexFunc(filters, func(f Filter) bool { return f.Name == name })
		if i < 0 {
			return fmt.Errorf("stspec: there is no parameter %q here", name)
		}
		for _, v := range values {
			if err := filters[i].Check(v); err != nil {
				return err
			}
		}
	}
	return nil
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
