package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lazilabs.com/lazi/internal/stspec"
)

// operation is one operation of the API: what serves it, and the entity whose scope it needs.
type operation struct {
	entity string
	serve  func(http.ResponseWriter, *http.Request, *company, *table)
}

// operations are what the simulator serves, by path with {tenant} and {id}.
func (s *Simulator) newOperations() map[string]operation {
	all := map[string]operation{
		"/crm/v2/tenant/{tenant}/customers/{id}/contacts": {"CustomerContact", s.below},
		"/crm/v2/tenant/{tenant}/locations/{id}/contacts": {"LocationContact", s.below},
		// Documented since 2025, and still served beside the path of 2026.
		"/sales/v2/tenant/{tenant}/estimates/export": {"Estimate", s.export},
	}
	for _, e := range slices.Concat(stspec.Entities(), stspec.Unmirrored()) {
		switch {
		case e.Name == "BusinessHour":
			all[e.ListPath] = operation{e.Name, s.only}
		case strings.Contains(e.ListPath, "{id}"):
			all[e.ListPath] = operation{e.Name, s.below}
		default:
			all[e.ListPath] = operation{e.Name, s.list}
		}
		if e.GetPath != "" {
			all[e.GetPath] = operation{e.Name, s.get}
		}
		if e.ExportPath != "" {
			all[e.ExportPath] = operation{e.Name, s.export}
		}
	}
	return all
}

// api serves one call: faults first, as they strike before anything is looked at; then the operation is found, and only
// then the caller, as the gateway of the API does it.
func (s *Simulator) api(w http.ResponseWriter, r *http.Request) {
	path, tenant, ok := pattern(r.URL.Path)
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	defer func() {
		s.calls.add(Call{Tenant: tenant, Method: r.Method, Operation: path, Path: r.URL.Path, Query: r.URL.RawQuery, Status: rec.status})
	}()
	set, hit := s.faults.strikes(r.Method, r.URL.Path)
	late := hit && set.Lose && r.Method != http.MethodGet
	if hit && !late && s.strike(rec, r, set) {
		return
	}
	op, known := s.operations[path]
	if r.Method != http.MethodGet {
		op, known = s.writeOperation(r, hit && set.Silent)
	}
	if !ok || !known {
		noOperation(rec)
		return
	}
	if s.faults.spent(tenant, s.clock.Now()) {
		s.tooMany(rec, 1)
		return
	}
	c, ok := s.authorize(rec, r, tenant)
	if !ok {
		return
	}
	if slices.Contains(s.faults.Get().LostScopes, op.entity) {
		problem(rec, http.StatusForbidden, "Scope validation failed", nil)
		return
	}
	rec.lost = late
	op.serve(rec, r, c, c.tables[op.entity])
	if rec.lost {
		rec.lost = false
		if !s.strike(rec, r, set) {
			rec.status = 0 // nobody has seen it
			panic(http.ErrAbortHandler)
		}
	}
}

// pattern turns /{module}/v2/tenant/7/customers/12 into a key of operations and its tenant.
func pattern(path string) (key string, tenant int64, ok bool) {
	part := strings.Split(path, "/")
	if len(part) < 6 || part[3] != "tenant" {
		return path, 0, false
	}
	tenant, err := strconv.ParseInt(part[4], 10, 64)
	if err != nil {
		return path, 0, false
	}
	part[4] = "{tenant}"
	for i := 5; i < len(part); i++ {
		if _, err := strconv.ParseInt(part[i], 10, 64); err == nil {
			part[i] = "{id}"
		}
	}
	return strings.Join(part, "/"), tenant, true
}

// idIn reads the id in a path such as …/customers/12 or …/customers/12/contacts.
func idIn(path string) int64 {
	id, _ := strconv.ParseInt(strings.Split(path, "/")[6], 10, 64)
	return id
}

// only serves the one record that there is.
func (s *Simulator) only(w http.ResponseWriter, _ *http.Request, _ *company, t *table) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	write(w, t.append(nil, t.rows[0], view{op: stspec.List}))
}

// get serves one record. It sees changes at once, unlike lists.
func (s *Simulator) get(w http.ResponseWriter, r *http.Request, _ *company, t *table) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	rec, ok := t.byID[idIn(r.URL.Path)]
	if !ok || rec.deleted {
		problem(w, http.StatusNotFound, "Not Found", nil)
		return
	}
	write(w, t.append(nil, rec, viewOf(stspec.Get, r.URL.Query(), s.faults.Get())))
}

// recorder remembers the status for the log of calls, and cuts or loses the answer when told so.
type recorder struct {
	http.ResponseWriter
	status    int
	cut, lost bool
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	if r.lost {
		return
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.lost {
		return len(b), nil
	}
	if r.cut {
		_, err := r.ResponseWriter.Write(b[:len(b)/2])
		return len(b), err
	}
	return r.ResponseWriter.Write(b)
}
