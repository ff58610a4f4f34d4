package simulator

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/stspec"
)

// api serves one call: faults first, as they strike before anything is looked at, then the caller, then the operation.
func (s *Simulator) api(w http.ResponseWriter, r *http.Request) {
	tenant, ok := tenantOf(r.URL.Path)
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	defer func() {
		s.calls.add(Call{Tenant: tenant, Path: r.URL.Path, Query: r.URL.RawQuery, Status: rec.status})
	}()
	if set, hit := s.faults.strikes(r.URL.Path); hit {
		if s.strike(rec, r, set) {
			return
		}
	}
	if !ok || r.Method != http.MethodGet {
		noOperation(rec)
		return
	}
	if s.faults.spent(tenant, s.clock.Now()) {
		s.tooMany(rec, max(s.faults.Get().RetrySeconds, 1))
		return
	}
	c, ok := s.authorize(rec, r, tenant)
	if !ok {
		return
	}
	s.operation(rec, r, c)
}

// tenantOf reads the tenant's id from /{module}/v2/tenant/{id}/…
func tenantOf(path string) (int64, bool) {
	part := strings.Split(path, "/")
	if len(part) < 6 || part[3] != "tenant" {
		return 0, false
	}
	id, err := strconv.ParseInt(part[4], 10, 64)
	return id, err == nil
}

// operation finds what a path asks for.
func (s *Simulator) operation(w http.ResponseWriter, r *http.Request, c *company) {
	fill := strings.NewReplacer("{tenant}", strconv.FormatInt(c.ID, 10))
	for _, t := range c.tables {
		list := fill.Replace(t.entity.ListPath)
		switch id, single := strings.CutPrefix(r.URL.Path, list+"/"); {
		case r.URL.Path == list:
			s.scoped(w, r, c, t, s.list)
			return
		case t.entity.ExportPath != "" && r.URL.Path == fill.Replace(t.entity.ExportPath):
			s.scoped(w, r, c, t, s.export)
			return
		case single && t.entity.GetPath != "" && isID(id):
			s.scoped(w, r, c, t, s.get)
			return
		}
	}
	if s.contactsOf(w, r, c) {
		return
	}
	noOperation(w)
}

func isID(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil
}

// scoped refuses entities whose scope was lost.
func (s *Simulator) scoped(w http.ResponseWriter, r *http.Request, c *company, t *table, serve func(http.ResponseWriter, *http.Request, *company, *table)) {
	if slices.Contains(s.faults.Get().LostScopes, t.entity.Name) {
		problem(w, r, http.StatusForbidden, "Scope validation failed", nil)
		return
	}
	serve(w, r, c, t)
}

func (s *Simulator) get(w http.ResponseWriter, r *http.Request, _ *company, t *table) {
	id, _ := strconv.ParseInt(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], 10, 64)
	s.mu.RLock()
	defer s.mu.RUnlock()
	rec, ok := t.byID[id]
	if !ok || rec.deleted {
		problem(w, r, http.StatusNotFound, "Not Found", nil)
		return
	}
	write(w, t.append(nil, rec, stspec.Get, s.faults.Get().Drift))
}

func write(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body) // a client that has gone needs no answer
}

// tooMany answers 429 in the way that the settings say.
func (s *Simulator) tooMany(w http.ResponseWriter, seconds int) {
	switch s.faults.Get().RetryAfter {
	case "seconds":
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	case "date":
		w.Header().Set("Retry-After", time.Now().Add(time.Duration(seconds)*time.Second).UTC().Format(http.TimeFormat))
	}
	writeJSON(w, http.StatusTooManyRequests, map[string]any{
		"status": 429, "title": fmt.Sprintf("Rate limit is exceeded. Try again in %d seconds.", seconds), "traceId": "simulated",
	})
}

// strike lets a fault happen. It returns false when the call goes on all the same.
func (s *Simulator) strike(w http.ResponseWriter, r *http.Request, set Settings) bool {
	if set.Delay > 0 {
		select {
		case <-time.After(set.Delay):
		case <-r.Context().Done():
			return true
		}
	}
	switch {
	case set.Drop:
		panic(http.ErrAbortHandler)
	case set.HTML:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(max(set.Status, http.StatusOK))
		_, _ = io.WriteString(w, "<html><body><h1>Sorry</h1></body></html>")
	case set.Truncate:
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"page":1,"pageSize":50,"hasMore":true,"totalCount":null,"data":[{"id":1,`)
	case set.Status == http.StatusTooManyRequests:
		s.tooMany(w, max(set.RetrySeconds, 1))
	case set.Status > 0:
		problem(w, r, set.Status, http.StatusText(set.Status), nil)
	default:
		return false
	}
	return true
}

// recorder remembers the status for the log of calls.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}
