package simulator

import (
	"slices"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/stspec"
)

// table holds the records of one entity of one company, by rising id.
type table struct {
	entity stspec.Entity
	index  map[string]int
	rows   []*record
	byID   map[int64]*record
}

// record is one record: its values stand in the order of the entity's fields.
type record struct {
	id      int64
	values  []any
	deleted bool
	// changed is when the record last changed by the simulated clock: the order of the export feed.
	changed time.Time
	// visible is when lists begin to show the last change; see Faults.ReadLag.
	visible time.Time
}

func newTable(e stspec.Entity) *table {
	t := &table{entity: e, index: make(map[string]int, len(e.Fields)), byID: map[int64]*record{}}
	for i, f := range e.Fields {
		t.index[f.Name] = i
	}
	return t
}

// add makes a record; fields that are not given have the plainest value of their type.
func (t *table) add(id int64, given map[string]any) *record {
	r := &record{id: id, values: make([]any, len(t.entity.Fields))}
	for i, f := range t.entity.Fields {
		if v, ok := given[f.Name]; ok {
			r.values[i] = v
			continue
		}
		r.values[i] = plainest(f)
	}
	for name := range given {
		if _, ok := t.index[name]; !ok {
			panic("simulator: " + t.entity.Name + " has no field " + name) // a mistake of ours, seen by every test
		}
	}
	t.set(r, "id", id)
	r.changed = time.Time(t.moment(r, "modifiedOn"))
	t.byID[id] = r
	at, _ := slices.BinarySearchFunc(t.rows, id, func(r *record, id int64) int { return int(r.id - id) })
	t.rows = slices.Insert(t.rows, at, r)
	return r
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

// value follows a path such as "address.street".
func (t *table) value(r *record, path string) any {
	head, rest, nested := strings.Cut(path, ".")
	i, ok := t.index[head]
	if !ok {
		return nil
	}
	v := r.values[i]
	if o, ok := v.(object); nested && ok {
		return o.get(rest)
	}
	if nested {
		return nil
	}
	return v
}

func (t *table) set(r *record, name string, v any) { r.values[t.index[name]] = v }

func (t *table) moment(r *record, name string) moment {
	m, _ := t.value(r, name).(moment)
	return m
}

// active tells whether lists show the record by default.
func (t *table) active(r *record) bool {
	i, ok := t.index["active"]
	return !ok || r.values[i] != false
}

// append writes a record as an operation sends it.
func (t *table) append(b []byte, r *record, op stspec.Operation, drift bool) []byte {
	b = append(b, '{')
	first := true
	for i, f := range t.entity.Fields {
		if !f.Has(op) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(append(append(b, '"'), f.Name...), '"', ':')
		v := r.values[i]
		if f.Name == "active" && r.deleted {
			v = false
		}
		b = appendJSON(b, v)
	}
	if drift {
		b = append(b, `,"unheardOf":{"since":"tomorrow"}`...)
	}
	return append(b, '}')
}
