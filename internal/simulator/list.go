package simulator

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/stspec"
)

const defaultPageSize = 50

// list serves a page of the records that hold against the query. It looks at the records as they are now: paging over
// changing data skips and repeats rows, as in the API.
func (s *Simulator) list(w http.ResponseWriter, r *http.Request, c *company, t *table) {
	q := r.URL.Query()
	if errs := check(t.entity, q); len(errs) > 0 {
		problem(w, r, http.StatusBadRequest, "One or more validation errors occurred.", errs)
		return
	}
	page, size := number64(q.Get("page"), 1), number64(q.Get("pageSize"), defaultPageSize)
	set := s.faults.Get()
	if set.Moving && page > 1 {
		s.shift(c, t)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	rows := s.find(c, t, q)
	total := len(rows)
	from := min(int((page-1)*size), total)
	to := min(from+int(size), total)
	b := append([]byte(`{"page":`), strconv.FormatInt(page, 10)...)
	b = append(b, `,"pageSize":`...)
	b = strconv.AppendInt(b, size, 10)
	b = append(b, `,"hasMore":`...)
	b = strconv.AppendBool(b, to < total)
	b = append(b, `,"totalCount":`...)
	if q.Get("includeTotal") == "true" || q.Get("includeTotal") == "True" {
		b = strconv.AppendInt(b, int64(total), 10)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"data":[`...)
	for i, rec := range rows[from:to] {
		if i > 0 {
			b = append(b, ',')
		}
		if t.entity.Name == "PricebookCategory" {
			b = appendBranch(b, t, rec, q)
			continue
		}
		b = t.append(b, rec, stspec.List, set.Drift)
	}
	write(w, append(b, "]}"...))
}

// check refuses values of the wrong type and lists that want to be narrowed. Unknown parameters are ignored.
func check(e stspec.Entity, q url.Values) map[string][]string {
	errs := map[string][]string{}
	for name, values := range q {
		f, ok := e.Filter(name)
		if !ok {
			continue
		}
		for _, v := range values {
			if err := f.Check(v); err != nil && !(name == "page" && v == "0") {
				errs[name] = append(errs[name], "The value '"+clip(v)+"' is not valid.")
			}
		}
	}
	if strings.HasSuffix(e.Name, "Contact") && q.Get("customerIds") == "" && q.Get("locationIds") == "" && q.Get("modifiedOnOrAfter") == "" && q.Get("modifiedBefore") == "" {
		errs[""] = []string{"Ids or a modified range must be given."}
	}
	return errs
}

func clip(s string) string { return s[:min(len(s), 40)] }

func number64(text string, otherwise int64) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}

// find returns the records that hold against every parameter, in the order asked for.
func (s *Simulator) find(c *company, t *table, q url.Values) []*record {
	var tests []func(*record) bool
	activity := false
	for name, values := range q {
		f, ok := t.entity.Filter(name)
		if !ok || values[0] == "" {
			continue
		}
		if f.Default != "" || name == "includeInactive" {
			activity = true
		}
		if test := filter(c, t, f, values); test != nil {
			tests = append(tests, test)
		}
	}
	if !activity && hidesInactive(t.entity) {
		tests = append(tests, t.active)
	}
	if test := balanceFilter(t, q); test != nil {
		tests = append(tests, test)
	}
	now, lag := s.clock.Now(), s.faults.Get().ReadLag
	var out []*record
next:
	for _, r := range t.rows {
		if r.deleted || lag > 0 && now.Before(r.visible) || t.entity.Name == "PricebookCategory" && t.value(r, "parentId") != nil {
			continue
		}
		for _, test := range tests {
			if !test(r) {
				continue next
			}
		}
		out = append(out, r)
	}
	sortBy(t, out, q.Get("sort"))
	return out
}

// hidesInactive tells whether a list leaves inactive records out unless told otherwise.
func hidesInactive(e stspec.Entity) bool {
	for _, f := range e.Filters {
		if f.Default == "activeOnly" || f.Name == "includeInactive" {
			return true
		}
	}
	return false
}

// sortBy orders rows by "+Field" or "-Field"; they come by id.
func sortBy(t *table, rows []*record, by string) {
	if by == "" {
		return
	}
	field := strings.ToLower(by[1:2]) + by[2:]
	slices.SortStableFunc(rows, func(a, b *record) int {
		n := compare(t.value(a, field), t.value(b, field))
		if by[0] == '-' {
			n = -n
		}
		return n
	})
}

func compare(a, b any) int {
	switch x := a.(type) {
	case int64:
		y, _ := b.(int64)
		return cmp.Compare(x, y)
	case moment:
		y, _ := b.(moment)
		return time.Time(x).Compare(time.Time(y))
	case number:
		y, _ := b.(number)
		return cmp.Compare(float(x), float(y))
	}
	return cmp.Compare(plain(a), plain(b))
}

func float(n number) float64 {
	f, _ := strconv.ParseFloat(string(n), 64)
	return f
}

// appendBranch writes a category with all below it: the list gives roots only.
func appendBranch(b []byte, t *table, r *record, q url.Values) []byte {
	below := []any{}
	for _, child := range t.rows {
		if t.value(child, "parentId") == r.id && !child.deleted && (t.active(child) || q.Get("active") == "Any") {
			below = append(below, raw(appendBranch(nil, t, child, q)))
		}
	}
	branch := &record{id: r.id, values: slices.Clone(r.values)}
	t.set(branch, "subcategories", below)
	return t.append(b, branch, stspec.List, false)
}

// raw is JSON that is ready.
type raw []byte

// MarshalJSON returns the text as it is.
func (r raw) MarshalJSON() ([]byte, error) { return r, nil }
