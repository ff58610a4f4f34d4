package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/store/storetest"
	"lazilabs.com/lazi/internal/stspec"
)

// requests remembers what LAZI has written to ServiceTitan.
type requests struct {
	next http.Handler

	mu    sync.Mutex
	calls []request
	reads []*url.URL
	after func()
}

type request struct {
	method, path string
	body         []byte
}

// ServeHTTP notes a request that is no GET and passes it on.
func (s *requests) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		s.mu.Lock()
		s.reads = append(s.reads, r.URL)
		s.mu.Unlock()
	}
	if r.Method != http.MethodGet && strings.Contains(r.URL.Path, "/tenant/") {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.mu.Lock()
		s.calls = append(s.calls, request{r.Method, r.URL.Path, body})
		after := s.after
		s.after = nil
		s.mu.Unlock()
		if after != nil {
			defer after()
		}
	}
	s.next.ServeHTTP(w, r)
}

// then does something behind the next write, whatever becomes of its answer.
func (s *requests) then(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after = do
}

// wantKnownParameters checks that what was read was asked for by parameters that the API has.
func (s *requests) wantKnownParameters(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.reads {
		e, ok := stspec.EndpointOf(u.Path)
		if !ok {
			t.Errorf("there is no GET %s", u.Path)
		}
		for name := range u.Query() {
			if !slices.ContainsFunc(e.Query, func(f stspec.Filter) bool { return f.Name == name }) {
				t.Errorf("GET %s has no parameter %s", e.Path, name)
			}
		}
	}
}

// take returns what was written since the last look.
func (s *requests) take() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.calls
	s.calls = nil
	return taken
}

// userError is one of a payload's.
type userError struct {
	Code, Message string
	Field         []string
}

// made is a payload: the record that it shows, and its user errors.
type made struct {
	ID         string
	ExternalID int64
	Errors     []userError
}

// codes are the codes of the user errors.
func (m made) codes() (codes []string) {
	for _, e := range m.Errors {
		codes = append(codes, e.Code)
	}
	return codes
}

type input = map[string]any

// change runs a mutation as the company's admin.
func (w *world) change(t *testing.T, mutation string, in input) made {
	t.Helper()
	return w.changeAs(t, "Bearer "+w.token(t, tenant), mutation, in)
}

func (w *world) changeAs(t *testing.T, authorization, mutation string, in input) made {
	t.Helper()
	query := "mutation($in: " + strings.ToUpper(mutation[:1]) + mutation[1:] + "Input!) { " + mutation + "(input: $in) { " +
		shownBy(mutation) + " { id externalId } userErrors { code message field } } }"
	body, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"in": in}})
	if err != nil {
		t.Fatal(err)
	}
	a := w.post(t, authorization, string(body))
	var data map[string]map[string]json.RawMessage
	a.decode(t, &data)
	var m made
	read(t, data[mutation]["userErrors"], &m.Errors)
	var shown struct {
		ID         string
		ExternalID json.Number
	}
	raw := data[mutation][shownBy(mutation)]
	if bytes.HasPrefix(raw, []byte("[")) {
		var list []json.RawMessage
		if read(t, raw, &list); len(list) == 0 {
			return m
		}
		raw = list[0]
	}
	if string(raw) != "null" {
		read(t, raw, &shown)
		m.ID = shown.ID
		m.ExternalID, _ = shown.ExternalID.Int64()
	}
	return m
}

// shownBy is the member of a mutation's payload that shows the record.
func shownBy(mutation string) string {
	act, _ := domain.ActByName(mutation)
	switch name := act.Of().Name; {
	case act == domain.ShiftsCreate, act == domain.TimeOffCreate:
		return "shifts"
	case strings.HasSuffix(name, "Contact"):
		return "contact"
	case name == "TechnicianShift":
		return "shift"
	case strings.HasPrefix(name, "Pricebook"):
		return strings.ToLower(strings.TrimPrefix(name, "Pricebook"))
	default:
		return strings.ToLower(name[:1]) + name[1:]
	}
}

// must runs a mutation that succeeds.
func (w *world) must(t *testing.T, mutation string, in input) made {
	t.Helper()
	m := w.change(t, mutation, in)
	if len(m.Errors) > 0 {
		t.Fatalf("%s: %+v", mutation, m.Errors)
	}
	return m
}

// globalID is the id of a record of the company.
func globalID(k *domain.Kind, id int64) string { return domain.GlobalID{Kind: k.Name, ID: id}.String() }

// plan is what a job is booked with.
func (w *world) plan(t *testing.T, visits ...input) input {
	t.Helper()
	location := w.first(t, domain.Locations.Kind)
	var place struct{ CustomerID int64 }
	read(t, w.document(t, domain.Locations.Kind, location), &place)
	return input{
		"customerId": globalID(domain.Customers.Kind, place.CustomerID), "locationId": globalID(domain.Locations.Kind, location),
		"businessUnitId": w.firstID(t, domain.BusinessUnits.Kind), "typeId": w.firstID(t, domain.JobTypes.Kind),
		"campaignId": w.firstID(t, domain.Campaigns.Kind), "priority": "NORMAL", "summary": "Sample work", "appointments": visits,
	}
}

// first is the first record of a kind that is switched on.
func (w *world) first(t *testing.T, k *domain.Kind) int64 {
	t.Helper()
	return w.nth(t, k, 0)
}

func (w *world) nth(t *testing.T, k *domain.Kind, n int) int64 {
	t.Helper()
	for _, id := range w.sim.IDs(tenant, k.API.Entity) {
		if strings.Contains(string(w.document(t, k, id)), `"active":false`) {
			continue
		}
		if n--; n < 0 {
			return id
		}
	}
	t.Fatalf("there are too few %s", k.Plural())
	return 0
}

func (w *world) firstID(t *testing.T, k *domain.Kind) string {
	t.Helper()
	return globalID(k, w.first(t, k))
}

func (w *world) document(t *testing.T, k *domain.Kind, id int64) json.RawMessage {
	t.Helper()
	doc, ok := w.sim.Document(tenant, k.API.Entity, id)
	if !ok {
		t.Fatalf("ServiceTitan has no %s %d", k.Name, id)
	}
	return doc
}

// span is a time on a day of the simulated company, by hours of its Denver day in March.
func span(day, from, until int) input {
	at := func(hour int) string {
		return anchor.AddDate(0, 0, day).Add(timeOf(hour)).Format("2006-01-02T15:04:05Z")
	}
	return input{"start": at(from + 6), "end": at(until + 6)}
}

// wantMirror compares the mirror with ServiceTitan, record by record and member by member.
func (w *world) wantMirror(t *testing.T, kinds ...*domain.Kind) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.WithoutCancel(t.Context()))
	for _, k := range kinds {
		want := map[int64]any{}
		for id, doc := range w.sim.Each(tenant, k.API.Entity) {
			want[id] = storetest.Document(t, doc, k.API.Tree)
		}
		if diff := cmp.Diff(want, storetest.Documents(t, db, k.Table, tenant, k.API.Tree)); diff != "" {
			t.Errorf("%s: documents (-want +got):\n%.2000s", k.Name, diff)
		}
	}
}

// fresh are sizes of a company that is small and has room on its schedule.
func fresh() simulator.Sizes {
	s := simulator.SmallSizes()
	s.Jobs, s.Appointments = 40, 50
	return s
}

// withCode are the user errors of a code.
func withCode(m made, code string) bool { return slices.Contains(m.codes(), code) }

// roleToken is a token of the company for a role.
func (w *world) roleToken(t *testing.T, role auth.Role) string {
	t.Helper()
	token, err := app.Token(w.cfg, auth.Grant{Subject: "sample-" + strings.ToLower(string(role)), Tenants: []int64{tenant}, Role: role}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}
