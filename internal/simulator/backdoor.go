package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"lazilabs.com/lazi/internal/stspec"
)

// errNoRecord means that there is no such company, entity or record.
var errNoRecord = errors.New("simulator: no such record")

// Change changes members of a record as people and technicians would: its modified time moves, and feeds show it when
// it has settled. Values are Go's, as encoding/json reads them.
func (s *Simulator) Change(tenant int64, entity string, id int64, members map[string]any) error {
	return s.edit(tenant, entity, id, func(t *table, r *record) error {
		for name, v := range members {
			if _, ok := t.index[name]; !ok {
				return fmt.Errorf("simulator: %s has no field %s", entity, name)
			}
			t.set(r, name, native(v))
		}
		return nil
	})
}

// Delete removes a record: lists and reads no longer know it, its feed shows a tombstone.
func (s *Simulator) Delete(tenant int64, entity string, id int64) error {
	return s.edit(tenant, entity, id, func(_ *table, r *record) error { r.deleted = true; return nil })
}

// Create makes a record with the given members and returns its id.
func (s *Simulator) Create(tenant int64, entity string, members map[string]any) (int64, error) {
	s.mu.Lock()
	c, ok := s.companies[tenant]
	if !ok || c.tables[entity] == nil {
		s.mu.Unlock()
		return 0, errNoRecord
	}
	t := c.tables[entity]
	id := c.id()
	given := map[string]any{}
	if _, ok := t.index["createdOn"]; ok {
		given["createdOn"] = moment(s.clock.Now())
	}
	t.add(id, given)
	s.mu.Unlock()
	return id, s.Change(tenant, entity, id, members)
}

// MergeCustomers makes one customer a part of another: it is switched off and names the other.
func (s *Simulator) MergeCustomers(tenant, from, into int64) error {
	return s.Change(tenant, "Customer", from, map[string]any{"active": false, "mergedToId": into})
}

// Visit moves an appointment, its assignments and its job on, as a technician's app does: "dispatch", "arrive" or "done".
func (s *Simulator) Visit(tenant, appointment int64, step string) error {
	states, ok := map[string][3]string{ // appointment, assignment, job
		"dispatch": {"Dispatched", "Dispatched", "Dispatched"}, "arrive": {"Working", "Working", "InProgress"}, "done": {"Done", "Done", "Completed"},
	}[step]
	if !ok {
		return fmt.Errorf("simulator: no step %q: dispatch, arrive or done", step)
	}
	if err := s.Change(tenant, "Appointment", appointment, map[string]any{"status": states[0]}); err != nil {
		return err
	}
	s.mu.RLock()
	c := s.companies[tenant]
	job, _ := c.tables["Appointment"].value(c.tables["Appointment"].byID[appointment], "jobId").(int64)
	var assignments []int64
	for _, r := range c.tables["AppointmentAssignment"].rows {
		if c.tables["AppointmentAssignment"].value(r, "appointmentId") == appointment && c.tables["AppointmentAssignment"].active(r) {
			assignments = append(assignments, r.id)
		}
	}
	s.mu.RUnlock()
	for _, id := range assignments {
		if err := s.Change(tenant, "AppointmentAssignment", id, map[string]any{"status": states[1]}); err != nil {
			return err
		}
	}
	return s.Change(tenant, "Job", job, map[string]any{"jobStatus": states[2]})
}

func (s *Simulator) edit(tenant int64, entity string, id int64, change func(*table, *record) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.companies[tenant]
	if !ok || c.tables[entity] == nil {
		return errNoRecord
	}
	t := c.tables[entity]
	r, ok := t.byID[id]
	if !ok {
		return errNoRecord
	}
	if err := change(t, r); err != nil {
		return err
	}
	set, now := s.faults.Get(), s.clock.Now()
	r.changed, r.visible = now, now.Add(set.ReadLag)
	if _, ok := t.index["modifiedOn"]; ok {
		t.set(r, "modifiedOn", moment(now.Add(set.Skew)))
	}
	return nil
}

// shift puts a row in front of all others, so that a crawl that is under way sees rows twice.
func (s *Simulator) shift(c *company, t *table) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.add(t.rows[0].id-1, map[string]any{})
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
		for name, value := range v {
			o = append(o, member{name, native(value)})
		}
		return o
	}
	return v
}

// backDoor serves what no API has: POST /_simulator/{tenant}/{entity}/{id} with members to change, DELETE to delete,
// POST /_simulator/{tenant}/{entity} to create, POST /_simulator/{tenant}/visits/{id}/{step}, GET and PUT
// /_simulator/faults, POST /_simulator/clock/{duration}.
func (s *Simulator) backDoor() http.Handler {
	mux := http.NewServeMux()
	reply := func(w http.ResponseWriter, body any, err error) {
		if err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, body)
	}
	mux.HandleFunc("GET /_simulator/faults", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.faults.Get(), nil) })
	mux.HandleFunc("PUT /_simulator/faults", func(w http.ResponseWriter, r *http.Request) {
		set := Settings{Next: -1}
		err := json.NewDecoder(r.Body).Decode(&set)
		if err == nil {
			s.faults.Set(set)
		}
		reply(w, s.faults.Get(), err)
	})
	mux.HandleFunc("POST /_simulator/clock/{duration}", func(w http.ResponseWriter, r *http.Request) {
		d, err := time.ParseDuration(r.PathValue("duration"))
		s.clock.Advance(d)
		reply(w, map[string]time.Time{"now": s.clock.Now()}, err)
	})
	mux.HandleFunc("POST /_simulator/{tenant}/visits/{id}/{step}", func(w http.ResponseWriter, r *http.Request) {
		tenant, id := ids(r)
		reply(w, map[string]string{}, s.Visit(tenant, id, r.PathValue("step")))
	})
	mux.HandleFunc("POST /_simulator/{tenant}/{entity}", func(w http.ResponseWriter, r *http.Request) {
		var members map[string]any
		tenant, _ := ids(r)
		err := json.NewDecoder(r.Body).Decode(&members)
		var id int64
		if err == nil {
			id, err = s.Create(tenant, r.PathValue("entity"), members)
		}
		reply(w, map[string]int64{"id": id}, err)
	})
	mux.HandleFunc("POST /_simulator/{tenant}/{entity}/{id}", func(w http.ResponseWriter, r *http.Request) {
		var members map[string]any
		tenant, id := ids(r)
		err := json.NewDecoder(r.Body).Decode(&members)
		if err == nil {
			err = s.Change(tenant, r.PathValue("entity"), id, members)
		}
		reply(w, map[string]int64{"id": id}, err)
	})
	mux.HandleFunc("DELETE /_simulator/{tenant}/{entity}/{id}", func(w http.ResponseWriter, r *http.Request) {
		tenant, id := ids(r)
		reply(w, map[string]int64{"id": id}, s.Delete(tenant, r.PathValue("entity"), id))
	})
	return mux
}

func ids(r *http.Request) (tenant, id int64) {
	tenant, _ = strconv.ParseInt(r.PathValue("tenant"), 10, 64)
	id, _ = strconv.ParseInt(r.PathValue("id"), 10, 64)
	return tenant, id
}

// IDs returns the ids of an entity's records that are not deleted, ascending.
func (s *Simulator) IDs(tenant int64, entity string) []int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []int64
	for _, r := range s.companies[tenant].tables[entity].rows {
		if !r.deleted {
			out = append(out, r.id)
		}
	}
	return out
}

// Document returns a record as the list sends it, false when there is none.
func (s *Simulator) Document(tenant int64, entity string, id int64) (json.RawMessage, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.companies[tenant].tables[entity]
	r, ok := t.byID[id]
	if !ok || r.deleted {
		return nil, false
	}
	return t.append(nil, r, stspec.List, false), true
}
