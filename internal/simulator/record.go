package simulator

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/stspec"
)

// table holds the records of one entity of one company.
type table struct {
	entity stspec.Entity
	index  map[string]int
	// plain are the values of a record of which nothing is known.
	plain []any
	// rows stand by rising id, feed by the time of their last change.
	rows, feed []*record
	byID       map[int64]*record
	// below are the records under a record, for entities that are trees.
	below map[int64][]*record
}

// record is one record: its values stand in the order of the entity's fields.
type record struct {
	id      int64
	values  []any
	deleted bool
	// changed is when the record last changed by the simulated clock: the order of the export feed.
	changed time.Time
	// core is when it last changed otherwise than by bookkeeping, by the times that the API shows.
	core moment
	// visible is when lists begin to show the last change, before what they show until then; see Settings.ReadLag.
	visible time.Time
	before  *record
}

func newTable(e stspec.Entity) *table {
	t := &table{entity: e, index: make(map[string]int, len(e.Fields)), byID: map[int64]*record{}}
	for i, f := range e.Fields {
		t.index[f.Name] = i
		t.plain = append(t.plain, plainest(f))
	}
	return t
}

// clone copies a table with its records. Values are shared: they are replaced, never changed.
func (t *table) clone() *table {
	twin := *t
	twin.byID, twin.below = make(map[int64]*record, len(t.byID)), map[int64][]*record{}
	for id, r := range t.byID {
		own := *r
		own.values = slices.Clone(r.values)
		twin.byID[id] = &own
	}
	copies := func(of []*record) []*record {
		out := make([]*record, len(of))
		for i, r := range of {
			out[i] = twin.byID[r.id]
		}
		return out
	}
	twin.rows, twin.feed = copies(t.rows), copies(t.feed)
	for id, of := range t.below {
		twin.below[id] = copies(of)
	}
	return &twin
}

// add makes a record; fields that are not given have the plainest value of their type. The caller files it in the feed.
func (t *table) add(id int64, given map[string]any) *record {
	r := &record{id: id, values: slices.Clone(t.plain)}
	for name, v := range given {
		i, ok := t.index[name]
		if !ok {
			panic("simulator: " + t.entity.Name + " has no field " + name) // a mistake of ours, seen by every test
		}
		r.values[i] = v
	}
	t.set(r, "id", id)
	r.core = t.moment(r, "modifiedOn")
	r.changed = time.Time(r.core)
	t.byID[id] = r
	at, _ := slices.BinarySearchFunc(t.rows, id, func(r *record, id int64) int { return cmp.Compare(r.id, id) })
	t.rows = slices.Insert(t.rows, at, r)
	t.grow(r)
	return r
}

// grow files a record under its parent.
func (t *table) grow(r *record) {
	if parent, ok := t.value(r, "parentId").(int64); ok {
		if t.below == nil {
			t.below = map[int64][]*record{}
		}
		t.below[parent] = append(t.below[parent], r)
	}
}

// regrow files a record anew after a change of its parent.
func (t *table) regrow(r *record, before any) {
	if old, ok := before.(int64); ok {
		t.below[old] = slices.DeleteFunc(t.below[old], func(o *record) bool { return o == r })
	}
	t.grow(r)
}

func plainest(f stspec.Field) any {
	switch {
	case f.Name == "active":
		return true
	case f.Nullable || f.Name == "externalData" || f.Name == "customerPo":
		return nil
	case len(f.Enum) > 0 && f.Type == "string":
		return f.Enum[0]
	}
	switch f.Type {
	case "boolean":
		return false
	case "integer":
		return int64(0)
	case "number":
		return number("0")
	case "array":
		return []any{}
	case "object":
		return nil
	}
	return ""
}

func (t *table) has(field string) bool {
	_, ok := t.index[field]
	return ok
}

func (t *table) set(r *record, name string, v any) { r.values[t.index[name]] = v }

func (t *table) moment(r *record, name string) moment {
	m, _ := t.value(r, name).(moment)
	return m
}

// value follows a path such as "address.street"; nil when there is nothing.
func (t *table) value(r *record, path string) any {
	c, _ := t.column(path)
	return c.of(r)
}

// column is where one value of records stands: in a field, or in a member of the object there.
type column struct {
	at     int
	member string
}

func (t *table) column(path string) (column, bool) {
	head, member, _ := strings.Cut(path, ".")
	at, ok := t.index[head]
	if !ok {
		at = -1
	}
	return column{at, member}, ok
}

func (c column) of(r *record) any {
	if c.at < 0 {
		return nil
	}
	v := r.values[c.at]
	if c.member == "" {
		return v
	}
	o, _ := v.(object)
	return o.get(c.member)
}

// activity makes the test of whether lists show a record by default.
func (t *table) activity() func(*record) bool {
	c, ok := t.column("active")
	return func(r *record) bool { return !ok || c.of(r) != false }
}

// seen is the record as lists show it now: nil when they do not know it yet.
func (r *record) seen(now time.Time) *record {
	if now.Before(r.visible) {
		return r.before
	}
	return r
}

// lag keeps what lists go on showing until a time.
func (r *record) lag(now, until time.Time) {
	if !now.Before(r.visible) {
		r.before = &record{id: r.id, values: slices.Clone(r.values), deleted: r.deleted, changed: r.changed, core: r.core}
	}
	r.visible = until
}

// refile moves a record to its place in the feed after a change.
func (t *table) refile(r *record, changed time.Time) {
	if at, ok := slices.BinarySearchFunc(t.feed, r, byChange); ok {
		t.feed = slices.Delete(t.feed, at, at+1)
	}
	r.changed = changed
	at, _ := slices.BinarySearchFunc(t.feed, r, byChange)
	t.feed = slices.Insert(t.feed, at, r)
}

// fileAll puts all records into the feed.
func (t *table) fileAll() {
	t.feed = slices.Clone(t.rows)
	slices.SortFunc(t.feed, byChange)
}

func byChange(a, b *record) int {
	if n := a.changed.Compare(b.changed); n != 0 {
		return n
	}
	return cmp.Compare(a.id, b.id)
}
