package simulator

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/stspec"
)

// settleTime is how long after a change a feed shows it, so that the order is settled (behaviour.md, section 3).
const settleTime = 15 * time.Minute

// feedPlace is a place in a feed: the rows behind it changed later, or at the same time with a higher id.
type feedPlace struct {
	at time.Time
	id int64
}

// export serves a page of a feed: all records in the order of their changes, inactive and deleted ones included.
func (s *Simulator) export(w http.ResponseWriter, r *http.Request, _ *company, t *table) {
	q := r.URL.Query()
	from, errs := checkExport(t.entity, q)
	if len(errs) > 0 {
		problem(w, http.StatusBadRequest, "One or more validation errors occurred.", errs)
		return
	}
	set := s.faults.Get()
	s.mu.RLock()
	defer s.mu.RUnlock()
	settled := s.clock.Now().Add(-settleTime)
	until := settled
	if strings.EqualFold(q.Get("includeRecentChanges"), "true") {
		until = settled.AddDate(100, 0, 0)
	}
	page, more := t.after(from, until, q.Get("active"), s.cfg.ExportPageSize)
	next := from
	if len(page) > 0 {
		next = feedPlace{page[len(page)-1].changed, page[len(page)-1].id}
	}
	if !more && next.at.After(settled) {
		next = feedPlace{at: settled} // what is not settled yet is delivered again
	}
	if set.Disorder {
		page = swapped(page)
	}
	b := make([]byte, 0, rowBytes*(1+len(page)))
	b = fmt.Appendf(b, `{"hasMore":%t,"continueFrom":%q,"data":[`, more, next)
	how := viewOf(stspec.Export, nil, set)
	for i, rec := range page {
		if i > 0 {
			b = append(b, ',')
		}
		b = t.append(b, rec, how)
		if set.Duplicates && i%3 == 0 {
			b = t.append(append(b, ','), rec, how)
		}
	}
	write(w, append(b, "]}"...))
}

func checkExport(e stspec.Entity, q url.Values) (feedPlace, map[string][]string) {
	errs := map[string][]string{}
	for _, f := range e.ExportFilters {
		if v := q.Get(f.Name); v != "" && f.Check(v) != nil {
			errs[f.Name] = []string{"The value is not valid."}
		}
	}
	from, err := parsePlace(q.Get("from"))
	if err != nil {
		errs["from"] = []string{"The value is not valid."}
	}
	return from, errs
}

// after returns the records behind a place that changed by a time, and whether there are more than fit on the page.
func (t *table) after(from feedPlace, until time.Time, active string, size int) (page []*record, more bool) {
	if active == "" && slices.ContainsFunc(t.entity.ExportFilters, func(f stspec.Filter) bool { return f.Name == "active" && f.Default == "activeOnly" }) {
		active = "True"
	}
	isActive := t.activity()
	start, found := slices.BinarySearchFunc(t.feed, &record{id: from.id, changed: from.at}, byChange)
	if found {
		start++
	}
	for _, r := range t.feed[start:] {
		on := isActive(r) && !r.deleted
		switch {
		case r.changed.After(until):
			return page, false
		case active == "True" && !on, active == "False" && on:
			continue
		case len(page) == size:
			return page, true
		}
		page = append(page, r)
	}
	return page, false
}

func swapped(rows []*record) []*record {
	out := slices.Clone(rows)
	for i := 1; i < len(out); i += 2 {
		out[i-1], out[i] = out[i], out[i-1]
	}
	return out
}

// String makes the opaque token of a place.
func (p feedPlace) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d/%d", p.at.Unix(), p.at.Nanosecond(), p.id))
}

// parsePlace reads a token, a date (what changed then counts), or nothing, which is the beginning.
func parsePlace(text string) (feedPlace, error) {
	if text == "" {
		return feedPlace{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return feedPlace{at: at}, nil
		}
	}
	var seconds, ns, id int64
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		_, err = fmt.Sscanf(string(raw), "%d.%d/%d", &seconds, &ns, &id)
	}
	return feedPlace{at: time.Unix(seconds, ns), id: id}, err
}
