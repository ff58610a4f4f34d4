package simulator

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
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
func (s *Simulator) export(w http.ResponseWriter, r *http.Request, c *company, t *table) {
	from, err := parsePlace(r.URL.Query().Get("from"))
	if err != nil {
		problem(w, r, http.StatusBadRequest, "One or more validation errors occurred.", map[string][]string{"from": {"The value is not valid."}})
		return
	}
	set := s.faults.Get()
	s.mu.RLock()
	defer s.mu.RUnlock()
	until := s.clock.Now().Add(-settleTime)
	if strings.EqualFold(r.URL.Query().Get("includeRecentChanges"), "true") {
		until = s.clock.Now().Add(time.Second)
	}
	rows := feed(t, from, until, r.URL.Query().Get("active"))
	page := rows[:min(len(rows), s.cfg.ExportPageSize)]
	next := from
	if len(page) > 0 {
		last := page[len(page)-1]
		next = feedPlace{last.changed, last.id}
	}
	if set.Disorder {
		page = swapped(page)
	}
	b := append([]byte(`{"hasMore":`), strconv.FormatBool(len(page) < len(rows))...)
	b = append(b, `,"continueFrom":"`...)
	b = append(b, next.String()...)
	b = append(b, `","data":[`...)
	for i, rec := range page {
		if i > 0 {
			b = append(b, ',')
		}
		b = t.append(b, rec, stspec.Export, set.Drift)
		if set.Duplicates && i%3 == 0 {
			b = t.append(append(b, ','), rec, stspec.Export, set.Drift)
		}
	}
	write(w, append(b, "]}"...))
}

// feed returns the records behind a place that changed before a time, in the order of their changes.
func feed(t *table, from feedPlace, until time.Time, active string) []*record {
	if active == "" && slices.ContainsFunc(t.entity.ExportFilters, func(f stspec.Filter) bool { return f.Name == "active" && f.Default == "activeOnly" }) {
		active = "True"
	}
	var rows []*record
	for _, r := range t.rows {
		on := t.active(r) && !r.deleted
		if r.changed.After(until) || active == "True" && !on || active == "False" && on {
			continue
		}
		if r.changed.After(from.at) || r.changed.Equal(from.at) && r.id > from.id {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b *record) int {
		if n := a.changed.Compare(b.changed); n != 0 {
			return n
		}
		return int(a.id - b.id)
	})
	return rows
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
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d/%d", p.at.UnixNano(), p.id))
}

// parsePlace reads a token, a date (what changed then counts), or nothing, which is the beginning.
func parsePlace(text string) (feedPlace, error) {
	if text == "" {
		return feedPlace{at: time.Unix(0, 0).AddDate(-3000, 0, 0)}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return feedPlace{at: at.Add(-1), id: 1 << 62}, nil
		}
	}
	var ns, id int64
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		_, err = fmt.Sscanf(string(raw), "%d/%d", &ns, &id)
	}
	return feedPlace{at: time.Unix(0, ns), id: id}, err
}
