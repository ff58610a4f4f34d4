package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/stspec"
)

// backDoor serves what no API has, below /_simulator/:
//
//	GET, PUT  faults                              what goes wrong; see Settings
//	GET       clock                               the simulated time
//	POST      clock/{duration}                    moves it: clock/15m
//	POST      tokens/revoke                       makes all tokens worthless
//	GET       stats                               records of each company, calls of each operation
//	POST      {tenant}/{entity}                   makes a record of the members in the body
//	GET       {tenant}/{entity}/{id}              shows one
//	POST      {tenant}/{entity}/{id}              changes the members in the body
//	DELETE    {tenant}/{entity}/{id}              deletes one
//	POST      {tenant}/customers/{id}/merge/{into}
//	POST      {tenant}/visits/{id}/{step}         dispatch, arrive or done
func (s *Simulator) backDoor() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, do func(*http.Request) (any, error)) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /_simulator/"+path, func(w http.ResponseWriter, r *http.Request) {
			body, err := do(r)
			if err != nil {
				writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
				return
			}
			writeJSON(w, http.StatusOK, body)
		})
	}
	handle("GET faults", func(*http.Request) (any, error) { return s.faults.Get(), nil })
	handle("PUT faults", s.putFaults)
	handle("GET clock", func(*http.Request) (any, error) { return s.time(), nil })
	handle("POST clock/{duration}", s.advance)
	handle("POST tokens/revoke", func(*http.Request) (any, error) { s.RevokeTokens(); return struct{}{}, nil })
	handle("GET stats", func(*http.Request) (any, error) { return s.stats(), nil })
	handle("POST {tenant}/{entity}", s.postCreate)
	handle("GET {tenant}/{entity}/{id}", s.getRecord)
	handle("POST {tenant}/{entity}/{id}", s.postChange)
	handle("DELETE {tenant}/{entity}/{id}", func(r *http.Request) (any, error) {
		return struct{}{}, s.Delete(number64(r.PathValue("tenant"), 0), r.PathValue("entity"), number64(r.PathValue("id"), 0))
	})
	handle("POST {tenant}/customers/{id}/merge/{into}", func(r *http.Request) (any, error) {
		return struct{}{}, s.MergeCustomers(number64(r.PathValue("tenant"), 0), number64(r.PathValue("id"), 0), number64(r.PathValue("into"), 0))
	})
	handle("POST {tenant}/visits/{id}/{step}", func(r *http.Request) (any, error) {
		return struct{}{}, s.Visit(number64(r.PathValue("tenant"), 0), number64(r.PathValue("id"), 0), r.PathValue("step"))
	})
	return mux
}

func (s *Simulator) time() map[string]time.Time { return map[string]time.Time{"now": s.clock.Now()} }

func (s *Simulator) putFaults(r *http.Request) (any, error) {
	var set Settings
	if err := decode(r, &set); err != nil {
		return nil, err
	}
	s.faults.Set(set)
	return set, nil
}

func (s *Simulator) advance(r *http.Request) (any, error) {
	d, err := time.ParseDuration(r.PathValue("duration"))
	if err == nil {
		s.clock.Advance(d)
	}
	return s.time(), err
}

func (s *Simulator) postCreate(r *http.Request) (any, error) {
	var members map[string]any
	if err := decode(r, &members); err != nil {
		return nil, err
	}
	id, err := s.Create(number64(r.PathValue("tenant"), 0), r.PathValue("entity"), members)
	return map[string]int64{"id": id}, err
}

func (s *Simulator) getRecord(r *http.Request) (any, error) {
	doc, ok := s.Document(number64(r.PathValue("tenant"), 0), r.PathValue("entity"), number64(r.PathValue("id"), 0))
	if !ok {
		return nil, ErrNoRecord
	}
	return doc, nil
}

func (s *Simulator) postChange(r *http.Request) (any, error) {
	var members map[string]any
	if err := decode(r, &members); err != nil {
		return nil, err
	}
	return struct{}{}, s.Change(number64(r.PathValue("tenant"), 0), r.PathValue("entity"), number64(r.PathValue("id"), 0), members)
}

// stats counts records of each company and calls of each operation.
func (s *Simulator) stats() map[string]any {
	records := map[string]map[string]int{}
	for _, t := range s.cfg.Tenants {
		counts := map[string]int{}
		for _, e := range stspec.Entities() {
			counts[e.Name] = s.Count(t.ID, e.Name)
		}
		records[strconv.FormatInt(t.ID, 10)] = counts
	}
	return map[string]any{"records": records, "calls": s.calls.Counts()}
}

func decode(r *http.Request, dst any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	return d.Decode(dst)
}
