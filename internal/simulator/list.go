package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lazilabs.com/lazi/internal/stspec"
)

const (
	defaultPageSize = 50
	// rowBytes is about what a row of a list takes, so that an answer finds its room at once.
	rowBytes = 1 << 10
)

// list serves a page of the records that hold against the query. It looks at the records as they are now: paging over
// changing data skips and repeats rows, as in the API.
func (s *Simulator) list(w http.ResponseWriter, r *http.Request, c *company, t *table) {
	q := r.URL.Query()
	if errs := check(t.entity, q); len(errs) > 0 {
		problem(w, http.StatusBadRequest, "One or more validation errors occurred.", errs)
		return
	}
	if s.faults.Get().Moving && number64(q.Get("page"), 1) > 1 {
		s.shift(c, t)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.writePage(w, t, s.find(c, t, q), q)
}

// writePage sends the page of the rows that the query asks for.
func (s *Simulator) writePage(w http.ResponseWriter, t *table, rows []*record, q url.Values) {
	page, size, total := number64(q.Get("page"), 1), number64(q.Get("pageSize"), defaultPageSize), len(rows)
	from := total
	if page <= int64(total) { // the product of two sizes may be too large for an integer
		from = int(min((page-1)*size, int64(total)))
	}
	to := min(from+int(size), total)
	count := "null"
	if strings.EqualFold(q.Get("includeTotal"), "true") {
		count = strconv.Itoa(total)
	}
	b := make([]byte, 0, rowBytes*(1+to-from))
	b = fmt.Appendf(b, `{"page":%d,"pageSize":%d,"hasMore":%t,"totalCount":%s,"data":[`, page, size, to < total, count)
	how := viewOf(stspec.List, q, s.faults.Get())
	for i, rec := range rows[from:to] {
		if i > 0 {
			b = append(b, ',')
		}
		b = t.append(b, rec, how)
	}
	write(w, append(b, "]}"...))
}

// check refuses values of the wrong type and lists that want to be narrowed. Unknown parameters are ignored, and page 0
// is the first page.
func check(e stspec.Entity, q url.Values) map[string][]string {
	errs := map[string][]string{}
	for name, values := range q {
		f, ok := e.Filter(name)
		if !ok || name == "page" && values[0] == "0" {
			continue
		}
		for _, v := range values {
			if f.Check(v) != nil || !sortable(e, f, v) {
				errs[name] = append(errs[name], "The value '"+v[:min(len(v), 40)]+"' is not valid.")
			}
		}
	}
	if strings.HasSuffix(e.Name, "Contact") && q.Get("customerIds") == "" && q.Get("locationIds") == "" && q.Get("modifiedOnOrAfter") == "" && q.Get("modifiedBefore") == "" {
		errs[""] = []string{"Ids or a modified range must be given."}
	}
	return errs
}

// sortable holds the orders whose fields no document lists against the record's fields.
func sortable(e stspec.Entity, f stspec.Filter, value string) bool {
	has := func(name string) bool {
		return name != "" && slices.ContainsFunc(e.Fields, func(f stspec.Field) bool { return strings.EqualFold(f.Name, name) })
	}
	switch {
	case f.Name == "orderBy":
		return has(value)
	case f.Name == "orderByDirection":
		return slices.Contains([]string{"asc", "desc"}, strings.ToLower(value))
	case f.Name == "sort" && len(f.Sortable) == 0:
		return strings.Trim(value[:min(len(value), 1)], "+-") == "" && has(strings.TrimLeft(value, "+-"))
	}
	return true
}

func number64(text string, otherwise int64) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}

// find returns the records that hold against every parameter, in the order asked for, by rising id otherwise.
func (s *Simulator) find(c *company, t *table, q url.Values) []*record {
	tests, now := narrow(c, t, q), s.clock.Now()
	parent, tree := t.column("parentId")
	var out []*record
next:
	for _, r := range t.candidates(q.Get("ids")) {
		if r = r.seen(now); r == nil || r.deleted || tree && parent.of(r) != nil {
			continue
		}
		for _, holds := range tests {
			if !holds(r) {
				continue next
			}
		}
		out = append(out, r)
	}
	t.sort(out, q)
	return out
}

// candidates are all records, or those of a list of ids, by rising id.
func (t *table) candidates(ids string) []*record {
	if ids == "" {
		return t.rows
	}
	var out []*record
	for text := range strings.SplitSeq(ids, ",") {
		id, _ := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if r, ok := t.byID[id]; ok {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *record) int { return compare(a.id, b.id) })
	return slices.Compact(out)
}

// sort orders rows as `sort` (+Field or -Field) or `orderBy` and `orderByDirection` say.
func (t *table) sort(rows []*record, q url.Values) {
	by, down := q.Get("sort"), false
	switch {
	case by != "":
		by, down = by[1:], by[0] == '-'
	case t.orderable() && q.Get("orderBy") != "":
		by, down = q.Get("orderBy"), strings.EqualFold(q.Get("orderByDirection"), "desc")
	default:
		return
	}
	c, ok := t.column(strings.ToLower(by[:1]) + by[1:])
	if !ok {
		return // sortable by the documents, but no member of the record
	}
	slices.SortStableFunc(rows, func(a, b *record) int {
		n := compare(c.of(a), c.of(b))
		if down {
			n = -n
		}
		return n
	})
}

func (t *table) orderable() bool {
	_, ok := t.entity.Filter("orderBy")
	return ok
}
