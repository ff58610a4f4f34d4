package app_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stclient"
	"lazilabs.com/lazi/internal/store/storetest"
)

// corpusSizes is a company of several pages of most kinds, none of which takes long to read.
func corpusSizes() simulator.Sizes {
	return simulator.Sizes{
		Customers: 90, LargestCustomer: 12, Locations: 130, Jobs: 200, Appointments: 260, Technicians: 12, Employees: 8,
		Services: 80, Materials: 60, Equipment: 20, Discounts: 10, Categories: 60, Roots: 4, Projects: 12, Campaigns: 6,
	}
}

// corpusWorld is a simulated ServiceTitan whose records hold what is hard to write, and what its readers share.
type corpusWorld struct {
	sim      *simulator.Simulator
	upstream string
	account  app.Account
	log      *lockedBuffer
	token    string
	clock    *steppedClock
}

// steppedClock stands still while an operation is answered twice, so that the ages in the answers agree, and moves
// between operations, so that budgets of calls fill up again.
type steppedClock struct{ nanoseconds atomic.Int64 }

func (c *steppedClock) now() time.Time { return time.Unix(0, c.nanoseconds.Load()).UTC() }

func (c *steppedClock) step() { c.nanoseconds.Add(int64(20 * time.Millisecond)) }

func newCorpusWorld(t *testing.T) *corpusWorld {
	t.Helper()
	w := &corpusWorld{log: &lockedBuffer{}, clock: &steppedClock{}, account: app.Account{
		Tenant:      domain.Tenant{ID: domain.TenantID(tenant), Name: `Sample "Company" <&>`, TimeZone: "America/Denver", Currency: "USD"},
		Credentials: stclient.Credentials{TenantID: tenant, ClientID: "cid.sample", ClientSecret: "cs1.sample", AppKey: "ak1.sample"},
	}}
	w.clock.nanoseconds.Store(time.Now().Add(90 * time.Minute).UnixNano())
	var err error
	w.sim, err = simulator.New(simulator.Config{Seed: 1, Anchor: anchor, Tenants: []simulator.Tenant{{
		ID: tenant, ClientID: w.account.Credentials.ClientID, ClientSecret: string(w.account.Credentials.ClientSecret),
		AppKey: string(w.account.Credentials.AppKey), Sizes: corpusSizes(),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	makeOdd(t, w.sim)
	upstream := httptest.NewServer(w.sim.Handler())
	t.Cleanup(upstream.Close)
	w.upstream = upstream.URL
	if w.token, err = app.Token(testConfig(t, nil), auth.Grant{Subject: "tester", Tenants: []int64{tenant}, Role: auth.Admin}, 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	return w
}

// open makes a server over a database, with compiled reads or without. OnRead, where set, is told what became of each read.
func (w *corpusWorld) open(t *testing.T, dsn string, compiled bool, now func() time.Time, onRead func(error), change ...func(*app.Options)) *app.App {
	t.Helper()
	vars := map[string]string{
		"SERVICE_TITAN_API_URL": w.upstream, "SERVICE_TITAN_AUTH_URL": w.upstream, "RATE_LIMIT": "60", "PAGE_SIZE": "5000",
		"COMPILED_READS": "false",
	}
	if compiled {
		vars["COMPILED_READS"] = "true"
	}
	opts := app.Options{
		DSN: dsn, Accounts: []app.Account{w.account}, Now: now, OnRead: onRead, Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	for _, f := range change {
		f(&opts)
	}
	a, err := app.New(t.Context(), testConfig(t, vars), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// database makes a database that knows the company and nothing of its records.
func (w *corpusWorld) database(t *testing.T) string {
	t.Helper()
	dsn := storetest.New(t)
	if err := w.open(t, dsn, false, time.Now, nil).PutTenant(t.Context(), w.account.Tenant); err != nil {
		t.Fatal(err)
	}
	return dsn
}

// copied makes a database with the whole company.
func (w *corpusWorld) copied(t *testing.T) string {
	t.Helper()
	dsn := w.database(t)
	copyWhole(t, w.open(t, dsn, false, time.Now, nil))
	return dsn
}

// reply is what a handler writes.
type reply struct {
	status      int
	contentType string
	body        []byte
}

// send gives an operation to a handler, without a network.
func (w *corpusWorld) send(t *testing.T, h http.Handler, op *operation) reply {
	t.Helper()
	body, err := json.Marshal(op.request())
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	if op.get {
		req = httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/graphql?"+op.parameters(t).Encode(), http.NoBody)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+w.token)
	if op.accept != "" {
		req.Header.Set("Accept", op.accept)
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, req)
	return reply{recorder.Code, recorder.Header().Get("Content-Type"), recorder.Body.Bytes()}
}

// request is the body of a POST.
func (op *operation) request() map[string]any {
	request := map[string]any{"query": op.query}
	if op.name != "" {
		request["operationName"] = op.name
	}
	if op.variables != nil {
		request["variables"] = op.variables
	}
	return request
}

// parameters are the query of a GET.
func (op *operation) parameters(t *testing.T) url.Values {
	t.Helper()
	q := url.Values{"query": {op.query}}
	if op.name != "" {
		q.Set("operationName", op.name)
	}
	if op.variables != nil {
		text, err := json.Marshal(op.variables)
		if err != nil {
			t.Fatal(err)
		}
		q.Set("variables", string(text))
	}
	return q
}
