package servicetitan_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers/servicetitan"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stclient"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
	"lazilabs.com/lazi/internal/stspec"
)

const otherTenant = 8

// anchor is when the simulated companies live.
func anchor() time.Time { return time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC) }

// lawful lets through what the official documents allow, and tells the test of everything else.
type lawful struct{ t *testing.T }

func (l lawful) RoundTrip(r *http.Request) (*http.Response, error) {
	var err error
	switch {
	case r.URL.Path == "/connect/token":
	case r.Method == http.MethodGet:
		err = stspec.ValidateRequest(r.Method, r.URL)
	default:
		var body []byte
		if body, err = io.ReadAll(r.Body); err == nil {
			r.Body = io.NopCloser(bytes.NewReader(body))
			err = stspec.ValidateWrite(r.Method, r.URL.Path, body)
		}
	}
	if err != nil {
		l.t.Errorf("request: %v", err)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// world is a provider over an empty mirror, and a simulator of two companies with overlapping ids. The mirror's tenant
// otherTenant is the second; every other tenant of the mirror is the first, so a test may have many cold mirrors of it.
type world struct {
	*servicetitan.Provider
	sim   *simulator.Simulator
	store *store.Store
	db    *pgx.Conn
}

// simulated makes a world of companies a bit larger than small, so that there are more ids than fit a call or two.
func simulated(t *testing.T, pageSize int) *world {
	t.Helper()
	sizes := simulator.SmallSizes()
	sizes.Customers, sizes.Jobs, sizes.Appointments = 80, 150, 190
	sim, err := simulator.New(simulator.Config{Seed: 5, Anchor: anchor(), Tenants: []simulator.Tenant{
		{ID: tenant, ClientID: "cid.one", ClientSecret: "cs.one", AppKey: "ak1.sample", Sizes: sizes},
		{ID: otherTenant, ClientID: "cid.two", ClientSecret: "cs.two", AppKey: "ak1.sample", Sizes: sizes},
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	dsn := storetest.New(t)
	w := &world{sim: sim}
	if w.store, err = store.Open(t.Context(), dsn, store.Options{MaxConns: 4}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.store.Close)
	if w.db, err = pgx.Connect(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.db.Close(context.WithoutCancel(t.Context())) })
	w.Provider = servicetitan.New(w.store, accounts(t, server.URL), servicetitan.Config{PageSize: pageSize, Patience: time.Minute})
	t.Cleanup(w.Close)
	return w
}

// accounts opens both companies. The client's clock runs ahead with every look, so that its rate budget costs no time.
func accounts(t *testing.T, url string) servicetitan.Accounts {
	t.Helper()
	var looks atomic.Int64
	client, err := stclient.New(stclient.Config{
		APIBaseURL: url, AuthBaseURL: url, Transport: lawful{t}, RequestsPerSecond: 60,
		MaxAttempts: 15, Backoff: time.Millisecond, MaxBackoff: time.Millisecond, BreakerFailures: 1000,
		Now: func() time.Time { return anchor().Add(time.Duration(looks.Add(1)) * 20 * time.Millisecond) },
	})
	if err != nil {
		t.Fatal(err)
	}
	one := client.Tenant(stclient.Credentials{TenantID: tenant, ClientID: "cid.one", ClientSecret: "cs.one", AppKey: "ak1.sample"})
	two := client.Tenant(stclient.Credentials{TenantID: otherTenant, ClientID: "cid.two", ClientSecret: "cs.two", AppKey: "ak1.sample"})
	return func(_ context.Context, id domain.TenantID) (*stclient.Tenant, error) {
		if id == otherTenant {
			return two, nil
		}
		return one, nil
	}
}

// copyAll copies a tenant whole, without an error, and returns what was written.
func (w *world) copyAll(t *testing.T, id domain.TenantID) domain.Written {
	t.Helper()
	var sum domain.Written
	for _, k := range domain.Kinds() {
		sum.Add(w.copyKind(t, id, k))
	}
	if len(sum.Rejected) > 0 {
		t.Errorf("rejected: %v", sum.Rejected)
	}
	return sum
}

// copyKind copies a kind whole, as a full sync does.
func (w *world) copyKind(t *testing.T, id domain.TenantID, k *domain.Kind) domain.Written {
	t.Helper()
	var sum domain.Written
	began := time.Now()
	for page, err := range w.Pages(t.Context(), id, k, servicetitan.ListPlace(k, nil)) {
		if err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		written, err := w.store.Upsert(t.Context(), id, k, page.Documents)
		if err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		sum.Add(written)
	}
	if err := w.store.MarkComplete(t.Context(), id, k, began); err != nil {
		t.Fatal(err)
	}
	return sum
}

// wantMirror compares a tenant's mirror with a company: the ids of every kind, and every document.
func (w *world) wantMirror(t *testing.T, id domain.TenantID, company int64) {
	t.Helper()
	for _, k := range domain.Kinds() {
		want := map[int64]any{}
		for stID, doc := range w.sim.Each(company, k.API.Entity) {
			want[stID] = storetest.Document(t, doc, k.API.Tree)
		}
		if len(want) == 0 {
			t.Errorf("%s: the simulator has none", k.Name)
		}
		if diff := cmp.Diff(want, storetest.Documents(t, w.db, k.Table, int64(id), k.API.Tree)); diff != "" {
			t.Errorf("%s: documents (-want +got):\n%.2000s", k.Name, diff)
		}
		rows, err := w.store.List(t.Context(), id, k, domain.Query{Order: "st_id"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(w.sim.IDs(company, k.API.Entity), stIDs(rows)); diff != "" {
			t.Errorf("%s: ids (-want +got):\n%s", k.Name, diff)
		}
	}
}

// calls counts the calls since the last look, by path below the tenant.
func (w *world) calls() map[string]int {
	out := map[string]int{}
	for operation, n := range w.sim.Calls().Counts() {
		_, path, _ := strings.Cut(operation, "/tenant/{tenant}/")
		out[path] = n
	}
	w.sim.Calls().Reset()
	return out
}

func TestSimulator_copyAllMirrorsEverything(t *testing.T) {
	t.Parallel()
	for _, pageSize := range []int{20, 5000} {
		t.Run(fmt.Sprint(pageSize), func(t *testing.T) {
			t.Parallel()
			w := simulated(t, pageSize)
			first := w.copyAll(t, tenant)
			w.wantMirror(t, tenant, tenant)
			if first.Updated+first.Unchanged > 0 {
				t.Errorf("the first copy met records twice: %+v", first)
			}
			second := w.copyAll(t, tenant)
			if diff := cmp.Diff(domain.Written{Unchanged: first.Inserted}, second); diff != "" {
				t.Errorf("second copy (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSimulator_copyAllOutlastsFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		faults simulator.Settings
	}{
		{"503", simulator.Settings{Status: http.StatusServiceUnavailable, Probability: 0.2}},
		{"dropped connections", simulator.Settings{Drop: true, Probability: 0.2}},
		{"truncated bodies", simulator.Settings{Truncate: true, Probability: 0.2}},
		{"pages instead of JSON", simulator.Settings{HTML: true, Probability: 0.2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := simulated(t, 20)
			w.sim.Faults().Set(tt.faults)
			w.copyAll(t, tenant)
			w.sim.Faults().Set(simulator.Settings{})
			w.wantMirror(t, tenant, tenant)
			if again := w.copyAll(t, tenant); again.Inserted+again.Updated > 0 {
				t.Errorf("a copy without faults still wrote: %+v", again)
			}
		})
	}
}

func TestSimulator_copyAllOutlastsRevokedTokens(t *testing.T) {
	t.Parallel()
	w := simulated(t, 5000)
	for _, k := range domain.Kinds() {
		w.copyKind(t, tenant, k)
		w.sim.RevokeTokens()
	}
	w.wantMirror(t, tenant, tenant)
}

func TestSimulator_tenantsWithOverlappingIDsNeverMix(t *testing.T) {
	t.Parallel()
	w := simulated(t, 5000)
	shared := 0
	for _, k := range domain.Kinds() {
		for _, id := range w.sim.IDs(tenant, k.API.Entity) {
			if _, ok := w.sim.Document(otherTenant, k.API.Entity, id); ok {
				shared++
			}
		}
	}
	if shared == 0 {
		t.Fatal("the companies share no id")
	}
	jobs := w.sim.IDs(tenant, "Job")[:50]
	if _, err := w.ByIDs(t.Context(), tenant, domain.Jobs.Kind, jobs); err != nil {
		t.Fatal(err)
	}
	w.copyAll(t, otherTenant)
	if got := storetest.Documents(t, w.db, domain.Customers.Kind.Table, tenant); len(got) > 0 {
		t.Errorf("%d customers of the other tenant", len(got))
	}
	if diff := cmp.Diff(jobs, slices.Sorted(maps.Keys(storetest.Documents(t, w.db, domain.Jobs.Kind.Table, tenant)))); diff != "" {
		t.Errorf("jobs (-want +got):\n%s", diff)
	}
	w.copyAll(t, tenant)
	w.wantMirror(t, tenant, tenant)
	w.wantMirror(t, otherTenant, otherTenant)
}

func TestSimulator_byIDsAsksFiftyAtATime(t *testing.T) {
	t.Parallel()
	w := simulated(t, 5000)
	rows, err := w.ByIDs(t.Context(), tenant, domain.Jobs.Kind, w.sim.IDs(tenant, "Job")[:120])
	if err != nil || len(rows) != 120 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if diff := cmp.Diff(map[string]int{"jobs": 3}, w.calls()); diff != "" {
		t.Errorf("calls for 120 jobs (-want +got):\n%s", diff)
	}
}

func TestSimulator_byIDsOfEveryKind(t *testing.T) {
	t.Parallel()
	w := simulated(t, 5000)
	for _, k := range domain.Kinds() {
		ids := w.sim.IDs(tenant, k.API.Entity)
		rows, err := w.ByIDs(t.Context(), tenant, k, ids)
		if err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		want, most := ids, (len(ids)+domain.MaxIDs-1)/domain.MaxIDs
		if k.API.Since {
			want, most = []int64{}, 0 // contacts come with their owners
		}
		got := stIDs(rows)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: rows (-want +got):\n%s", k.Name, diff)
		}
		calls := w.calls()
		if calls[k.API.Path] > most || len(calls) > 1 {
			t.Errorf("%s: %v calls for %d ids, want at most %d", k.Name, calls, len(ids), most)
		}
	}
}

func TestSimulator_linksOfAColdMirror(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		link  *domain.Link
		from  int
		calls map[string]int
	}{
		{"contacts of customers", domain.CustomerContactsOf.Link, 60, map[string]int{"customers/contacts": 2}},
		{"contacts of locations", domain.LocationContactsOf.Link, 60, map[string]int{"locations/contacts": 2}},
		{"assignments of appointments", domain.AppointmentAssigned.Link, 120, map[string]int{"appointment-assignments": 3}},
		{"technicians of appointments", domain.AppointmentTechnicians.Link, 120, map[string]int{"appointment-assignments": 3, "technicians": 1}},
		{"locations of customers", domain.CustomerLocations.Link, 20, map[string]int{"locations": 1}},
		{"locations of a customer", domain.CustomerLocations.Link, 1, map[string]int{"locations": 1}},
		{"jobs of customers", domain.CustomerJobs.Link, 60, map[string]int{"jobs": 1}},
		{"jobs of a customer", domain.CustomerJobs.Link, 1, map[string]int{"jobs": 1}},
		{"jobs of locations", domain.LocationJobs.Link, 60, map[string]int{"jobs": 1}},
		{"visits of customers", domain.CustomerVisits.Link, 60, map[string]int{"appointments": 1}},
		{"visits of jobs", domain.JobAppointments.Link, 120, map[string]int{"appointments": 1}},
		{"assignments of jobs", domain.JobAssignments.Link, 120, map[string]int{"appointment-assignments": 1}},
		{"invoices of jobs", domain.JobInvoices.Link, 120, map[string]int{"invoices": 1}},
		{"estimates of jobs", domain.JobEstimates.Link, 120, map[string]int{"estimates": 1}},
		{"jobs of projects", domain.ProjectJobs.Link, 5, map[string]int{"jobs": 1}},
		{"payments of invoices", domain.InvoicePayments.Link, 60, map[string]int{"payments": 2}},
		{"equipment of locations", domain.LocationEquipment.Link, 60, map[string]int{"installed-equipment": 2}},
		{"invoices of customers", domain.CustomerInvoices.Link, 60, map[string]int{"invoices": 1}},
		{"children of categories", domain.CategoryChildren.Link, 30, map[string]int{"categories": 1}},
		{"services of categories", domain.CategoryServices.Link, 30, map[string]int{"services": 1}},
		{"technicians of zones", domain.ZoneTechnicians.Link, 2, map[string]int{"technicians": 1}},
		{"customers of tags", domain.TagTypeCustomers.Link, 3, map[string]int{"customers": 1}},
	}
	w := simulated(t, 5000)
	w.copyAll(t, tenant)
	w.calls()
	for i, tt := range tests {
		cold := domain.TenantID(100 + i)
		from := keys(w.sim.IDs(tenant, tt.link.From.API.Entity)[:tt.from]...)
		got, err := w.Linked(t.Context(), cold, tt.link, from, domain.Query{})
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.calls, w.calls()); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", tt.name, diff)
		}
		want, err := w.Linked(t.Context(), tenant, tt.link, from, domain.Query{})
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(linkedIDs(want), linkedIDs(got)); diff != "" {
			t.Errorf("%s: cold and warm differ (-warm +cold):\n%s", tt.name, diff)
		}
		if tt.from > 1 && len(linkedIDs(want)) == 0 {
			t.Errorf("%s: nothing is linked", tt.name)
		}
	}
}

// linkedIDs are the ids that keys lead to, keys that lead nowhere left out.
func linkedIDs(byKey map[any][]domain.Entity) map[any][]int64 {
	out := map[any][]int64{}
	for key, rows := range byKey {
		if len(rows) > 0 {
			ids := stIDs(rows)
			slices.Sort(ids)
			out[key] = ids
		}
	}
	return out
}

// What is pushed down to the API must bring all that the mirror then looks for.
func TestSimulator_filtersOfAColdMirrorLoseNothing(t *testing.T) {
	t.Parallel()
	w := simulated(t, 5000)
	w.copyAll(t, tenant)
	for i, k := range domain.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			for j, c := range w.conditions(t, k) {
				cold := domain.TenantID(1000*(i+1) + j)
				q := domain.Query{Where: []domain.Condition{c}, Order: "st_id"}
				want, err := w.List(t.Context(), tenant, k, q)
				if err != nil {
					t.Fatalf("%s: %v", c.Column, err)
				}
				got, err := w.List(t.Context(), cold, k, q)
				if err != nil {
					t.Errorf("%s %v: %v", c.Column, c.Value, err)
					continue
				}
				if diff := cmp.Diff(stIDs(want), stIDs(got)); diff != "" {
					t.Errorf("%s %v: cold and warm differ (-warm +cold):\n%s", c.Column, c.Value, diff)
				}
			}
		})
	}
}

// conditions tests every column that the API can be asked for, by a span of time or by values that the column has.
func (w *world) conditions(t *testing.T, k *domain.Kind) []domain.Condition {
	t.Helper()
	columns := []string{"created_on", "modified_on"}
	columns = append(columns, slices.Sorted(maps.Keys(k.API.Params))...)
	from, to := anchor().AddDate(0, -2, 0), anchor()
	var out []domain.Condition
	for _, column := range columns {
		if _, ok := k.Column(column); !ok {
			continue
		}
		if param, _, asked := k.API.Param(column); !asked || strings.Contains(param, "/") {
			out = append(out, domain.Condition{Column: column, Op: domain.OpRange, Value: domain.TimeRange{GTE: &from, LT: &to}})
			continue
		}
		keys := w.keysIn(t, k, column)
		for i := range keys {
			out = append(out, domain.Condition{Column: column, Op: domain.OpIn, Value: typed(keys[i : i+1])})
		}
		out = append(out, domain.Condition{Column: column, Op: domain.OpIn, Value: typed(keys)})
	}
	return out
}

// keysIn are the values that a column has: all of a short vocabulary, else two.
func (w *world) keysIn(t *testing.T, k *domain.Kind, column string) []any {
	t.Helper()
	rows, err := w.List(t.Context(), tenant, k, domain.Query{Order: "st_id"})
	if err != nil {
		t.Fatal(err)
	}
	var out []any
	reads := &domain.Link{From: k, FromColumn: column}
	for _, row := range rows {
		for _, key := range reads.Keys(row) {
			if key != "" && !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s has no value", column)
	}
	if len(out) > 7 {
		return out[:2]
	}
	return out
}

// typed turns keys into what a condition holds.
func typed(keys []any) any {
	var ids []int64
	var words []string
	for _, key := range keys {
		switch key := key.(type) {
		case int64:
			ids = append(ids, key)
		case string:
			words = append(words, key)
		}
	}
	if ids != nil {
		return ids
	}
	return words
}
