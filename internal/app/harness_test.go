package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers/servicetitan"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stclient"
	"lazilabs.com/lazi/internal/store/storetest"
)

// anchor is the simulated company's day.
var anchor = time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)

const (
	secret       = "not-a-secret-but-long-enough-for-tests-0123456789"
	tenant int64 = 1001
	// unlinked has a token and settings but no ServiceTitan account.
	unlinked int64 = 1999
)

// world is a LAZI server over a database of its own and a simulated ServiceTitan.
type world struct {
	*app.App
	sim        *simulator.Simulator
	sent       *requests
	server     *httptest.Server
	cfg        config.Config
	accounts   []app.Account
	dsn        string
	statements *statements
	log        *lockedBuffer
}

// statements remembers the SQL that was sent.
type statements struct {
	mu  sync.Mutex
	sql []string
}

// observe leaves out what is asked for by itself every now and then: by the pages of the queue, in transactions, and by whoever
// looks after changes without an outcome.
func (s *statements) observe(sql string) {
	if strings.Contains(sql, "river") || strings.Contains(sql, "lazi.write_requests") || sql == "begin" || sql == "commit" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sql = append(s.sql, sql)
}

// take returns what was sent since the last look.
func (s *statements) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.sql
	s.sql = nil
	return taken
}

// lockedBuffer is a log that tests read while the server writes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newWorld makes a world whose mirror is empty. Variables come in pairs of name and value.
func newWorld(t *testing.T, sizes simulator.Sizes, variables ...string) *world {
	t.Helper()
	account := app.Account{
		Tenant:      domain.Tenant{ID: domain.TenantID(tenant), Name: "Sample Company", TimeZone: "America/Denver", Currency: "USD"},
		Credentials: stclient.Credentials{TenantID: tenant, ClientID: "cid.sample", ClientSecret: "cs1.sample", AppKey: "ak1.sample"},
	}
	sim, err := simulator.New(simulator.Config{Seed: 1, Anchor: anchor, Tenants: []simulator.Tenant{{
		ID: tenant, ClientID: account.Credentials.ClientID, ClientSecret: string(account.Credentials.ClientSecret),
		AppKey: string(account.Credentials.AppKey), Sizes: sizes,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	sent := &requests{next: sim.Handler()}
	upstream := httptest.NewServer(sent)
	t.Cleanup(upstream.Close)
	vars := map[string]string{
		"SERVICE_TITAN_API_URL": upstream.URL, "SERVICE_TITAN_AUTH_URL": upstream.URL, "RATE_LIMIT": "60", "PAGE_SIZE": "5000",
	}
	for i := 0; i+1 < len(variables); i += 2 {
		vars[variables[i]] = variables[i+1]
	}
	w := &world{sim: sim, sent: sent, statements: &statements{}, log: &lockedBuffer{}, cfg: testConfig(t, vars), accounts: []app.Account{account}, dsn: storetest.New(t)}
	w.App, err = app.New(t.Context(), w.cfg, app.Options{
		DSN: w.dsn, Accounts: []app.Account{account}, Observe: w.statements.observe, TuneProvider: impatient,
		Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	for _, id := range []int64{tenant, unlinked} {
		settings := account.Tenant
		settings.ID = domain.TenantID(id)
		if err := w.PutTenant(t.Context(), settings); err != nil {
			t.Fatal(err)
		}
	}
	w.server = httptest.NewServer(w.Handler())
	t.Cleanup(w.server.Close)
	return w
}

// impatient waits for ServiceTitan no longer than the simulator takes.
func impatient(c *servicetitan.Config) {
	c.Patience, c.SendTimeout = 1200*time.Millisecond, 2*time.Second
}

// copyWhole reads every kind of the company whole, as far as ServiceTitan lets it.
func copyWhole(t *testing.T, a *app.App) {
	t.Helper()
	var wishes []domain.NewRun
	for _, k := range domain.Kinds() {
		wishes = append(wishes, domain.NewRun{Kind: k, Mode: domain.SyncFull, Trigger: domain.TriggerCommand})
	}
	runs, err := a.Syncs().Start(t.Context(), domain.TenantID(tenant), wishes)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Syncs().Finish(t.Context(), domain.TenantID(tenant), runs, 6); err != nil {
		t.Fatal(err)
	}
}

// newCopiedWorld makes a world whose mirror holds the whole company.
func newCopiedWorld(t *testing.T, sizes simulator.Sizes) *world {
	t.Helper()
	w := newWorld(t, sizes)
	copyWhole(t, w.App)
	w.statements.take()
	return w
}

func testConfig(t *testing.T, vars map[string]string) config.Config {
	t.Helper()
	cfg, err := config.Load(func(name string) (string, bool) {
		v, ok := vars[name]
		switch {
		case ok:
			return v, true
		case name == "LAZI_ENV":
			return "development", true
		case name == "JWT_SECRET":
			return secret, true
		case name == "QUERY_COST_PER_MINUTE", name == "TENANT_COST_PER_MINUTE":
			return "0", true // tests ask for more than anybody
		}
		return "", false
	})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// token returns a token for a tenant.
func (w *world) token(t *testing.T, tenant int64) string {
	t.Helper()
	token, err := app.Token(w.cfg, auth.Grant{Subject: "tester", Tenants: []int64{tenant}, Role: auth.Admin}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// answer is what GraphQL sends back.
type answer struct {
	Status int
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Path       []any
		Extensions struct{ Code, Field string }
	}
}

// codes are the codes of the answer's errors.
func (a answer) codes() []string {
	var out []string
	for _, e := range a.Errors {
		out = append(out, e.Extensions.Code)
	}
	return out
}

// decode reads the data into dst and fails the test if there was an error.
func (a answer) decode(t *testing.T, dst any) {
	t.Helper()
	if len(a.Errors) > 0 {
		t.Fatalf("errors %+v", a.Errors)
	}
	if err := json.Unmarshal(a.Data, dst); err != nil {
		t.Fatal(err)
	}
}

// ask sends a document as the company's admin.
func (w *world) ask(t *testing.T, query string, variables any) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	return w.post(t, "Bearer "+w.token(t, tenant), string(body))
}

// post sends a body with an Authorization header.
func (w *world) post(t *testing.T, authorization, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := w.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{Status: resp.StatusCode}
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatalf("status %d, body %.200s: %v", resp.StatusCode, text, err)
	}
	return a
}
