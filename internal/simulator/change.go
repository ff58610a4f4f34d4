package simulator

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// ErrNoRecord means that there is no such company, entity or record.
var ErrNoRecord = errors.New("simulator: no such record")

// Change changes members of a record as people and technicians would: its modified time moves, and feeds show it when
// it has settled. Values are Go's, as encoding/json reads them.
func (s *Simulator) Change(tenant int64, entity string, id int64, members map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, r, err := s.record(tenant, entity, id)
	if err != nil {
		return err
	}
	return s.change(t, r, members)
}

// Delete removes a record: lists and reads no longer know it, its feed shows a tombstone.
func (s *Simulator) Delete(tenant int64, entity string, id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, r, err := s.record(tenant, entity, id)
	if err != nil {
		return err
	}
	s.touch(t, r, func() { r.deleted = true })
	return nil
}

// Create makes a record with the given members and returns its id.
func (s *Simulator) Create(tenant int64, entity string, members map[string]any) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.table(tenant, entity)
	if err != nil {
		return 0, err
	}
	if err := t.knows(members); err != nil {
		return 0, err
	}
	return s.create(s.companies[tenant], t, members).id, nil
}

// MergeCustomers makes one customer a part of another: it is switched off and names the other, to whom all it had goes.
func (s *Simulator) MergeCustomers(tenant, from, into int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, heir, err := s.record(tenant, "Customer", into)
	if err != nil {
		return err
	}
	t, gone, err := s.record(tenant, "Customer", from)
	if err != nil {
		return err
	}
	if gone == heir {
		return fmt.Errorf("simulator: customer %d cannot be merged into itself", from)
	}
	for _, owned := range s.companies[tenant].tables {
		for _, r := range slices.Clone(owned.rows) {
			if owned.has("customerId") && owned.value(r, "customerId") == from {
				s.touch(owned, r, func() { owned.set(r, "customerId", into) })
			}
			if owned.value(r, "customer.id") == from {
				s.touch(owned, r, func() { owned.set(r, "customer", reference(into, plain(t.value(heir, "name")))) })
			}
		}
	}
	return s.change(t, gone, map[string]any{"active": false, "mergedToId": into})
}

// table finds an entity of a company. The caller holds the lock.
func (s *Simulator) table(tenant int64, entity string) (*table, error) {
	c, ok := s.companies[tenant]
	if !ok || c.tables[entity] == nil {
		return nil, ErrNoRecord
	}
	return c.tables[entity], nil
}

// record finds a record of a company, deleted ones as well. The caller holds the lock.
func (s *Simulator) record(tenant int64, entity string, id int64) (*table, *record, error) {
	t, err := s.table(tenant, entity)
	if err != nil {
		return nil, nil, err
	}
	r, ok := t.byID[id]
	if !ok {
		return nil, nil, ErrNoRecord
	}
	return t, r, nil
}

func (t *table) knows(members map[string]any) error {
	for name := range members {
		if !t.has(name) || name == "id" {
			return fmt.Errorf("simulator: %s has no field %s that can be set", t.entity.Name, name)
		}
	}
	return nil
}

// create makes a record now, which lists may show later.
func (s *Simulator) create(c *company, t *table, members map[string]any) *record {
	set, now := s.faults.Get(), s.clock.Now()
	given := map[string]any{}
	for _, name := range []string{"createdOn", "modifiedOn"} {
		if t.has(name) {
			given[name] = moment(set.stamp(now))
		}
	}
	for name, v := range members {
		given[name] = native(v)
	}
	r := t.add(c.id(), given)
	r.changed, r.visible = now, now.Add(set.ReadLag)
	t.refile(r, now)
	return r
}

// bookkeeping are the members of customers whose changes can be left out of the range of modification.
var bookkeeping = []string{"balance", "creditLimitBalance"}

// change sets members of a record.
func (s *Simulator) change(t *table, r *record, members map[string]any) error {
	if err := t.knows(members); err != nil {
		return err
	}
	core, parent := r.core, t.value(r, "parentId")
	s.touch(t, r, func() {
		for name, v := range members {
			t.set(r, name, native(v))
		}
	})
	if _, moved := members["parentId"]; moved {
		t.regrow(r, parent)
	}
	onlyBooks := len(members) > 0
	for name := range members {
		onlyBooks = onlyBooks && t.entity.Name == "Customer" && slices.Contains(bookkeeping, name)
	}
	if onlyBooks {
		r.core = core
	}
	return nil
}

// touch edits a record now: its times move, its feed will show it, lists show it when they have caught up.
func (s *Simulator) touch(t *table, r *record, edit func()) {
	set, now := s.faults.Get(), s.clock.Now()
	if set.ReadLag > 0 {
		r.lag(now, now.Add(set.ReadLag))
	}
	edit()
	r.core = moment(set.stamp(now))
	if t.has("modifiedOn") {
		t.set(r, "modifiedOn", r.core)
	}
	t.refile(r, now)
}

// shift changes data while a list is read: one more record like the first appears, and the first is modified.
func (s *Simulator) shift(c *company, t *table) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, first := range t.rows {
		if first.deleted {
			continue
		}
		copied := s.create(c, t, nil)
		for i, f := range t.entity.Fields {
			if f.Name != "id" && f.Name != "modifiedOn" {
				copied.values[i] = first.values[i]
			}
		}
		s.touch(t, first, func() {})
		return
	}
}

// native turns what encoding/json or a test brings into values of records.
func native(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
		return number(strconv.FormatFloat(v, 'f', -1, 64))
	case string:
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return moment(at)
		}
	case time.Time:
		return moment(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = native(v[i])
		}
		return out
	case map[string]any:
		o := object{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			o = append(o, member{name, native(v[name])})
		}
		return o
	}
	return v
}
