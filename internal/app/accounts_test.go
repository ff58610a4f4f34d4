package app_test

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"maps"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/store/storetest"
)

// credentialsKey is a key of one repeated byte, as CREDENTIALS_KEY holds it.
func credentialsKey(n byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{n}, 32))
}

// deployment is a server without an account in its environment, whose clock the test moves, and the variables that
// `lazi tenant` is run with beside it.
type deployment struct {
	*world
	vars   map[string]string
	passed atomic.Int64
}

func newDeployment(t *testing.T) *deployment {
	t.Helper()
	sim, err := simulator.New(simulator.Config{Seed: 1, Anchor: anchor, Tenants: []simulator.Tenant{{
		ID: tenant, ClientID: "cid.sample", ClientSecret: "cs1.sample", AppKey: "ak1.sample", Sizes: simulator.SmallSizes(),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(sim.Handler())
	t.Cleanup(upstream.Close)
	d := &deployment{vars: map[string]string{
		"DATABASE_URL": storetest.New(t), "CREDENTIALS_KEY": credentialsKey(1), "RATE_LIMIT": "60",
		"SERVICE_TITAN_API_URL": upstream.URL, "SERVICE_TITAN_AUTH_URL": upstream.URL,
	}}
	d.world = &world{sim: sim, log: &lockedBuffer{}, cfg: testConfig(t, d.vars)}
	d.App, err = app.New(t.Context(), d.cfg, app.Options{
		DSN: d.vars["DATABASE_URL"], Logger: slog.New(slog.NewTextHandler(d.log, nil)),
		Now: func() time.Time { return time.Now().Add(time.Duration(d.passed.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	d.server = httptest.NewServer(d.Handler())
	t.Cleanup(d.server.Close)
	return d
}

// with returns the deployment's variables with others.
func (d *deployment) with(t *testing.T, more map[string]string) map[string]string {
	t.Helper()
	vars := maps.Clone(d.vars)
	maps.Copy(vars, more)
	return vars
}

// add runs `lazi tenant add` with a client secret, under a key.
func (d *deployment) add(t *testing.T, clientSecret string, key byte) {
	t.Helper()
	cfg := testConfig(t, d.with(t, map[string]string{
		"SERVICE_TITAN_TENANT_ID": "1001", "SERVICE_TITAN_CLIENT_ID": "cid.sample", "SERVICE_TITAN_CLIENT_SECRET": clientSecret,
		"SERVICE_TITAN_APP_KEY": "ak1.sample", "CREDENTIALS_KEY": credentialsKey(key), "TENANT_TIME_ZONE": "America/Denver",
	}))
	var out strings.Builder
	if err := app.AddTenant(t.Context(), cfg, "", &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "1001") || strings.Contains(out.String(), clientSecret) {
		t.Errorf("output %q", out.String())
	}
}

func TestAccounts_aRowThatChangesIsNoticed(t *testing.T) {
	t.Parallel()
	d := newDeployment(t)
	jobs := d.sim.IDs(tenant, "Job")
	// readsJob asks for a job that was not asked for before, so that ServiceTitan must be.
	readsJob := func(code string) {
		t.Helper()
		job := jobs[0]
		jobs = jobs[1:]
		var want []string
		if code != "" {
			want = []string{code}
		}
		a := d.ask(t, `query($id: ID!) { job(id: $id) { number } }`, map[string]any{"id": global("Job", job)})
		if diff := cmp.Diff(want, a.codes()); diff != "" {
			t.Fatalf("codes (-want +got):\n%s%+v\n%s", diff, a.Errors, d.log.String())
		}
	}
	readsJob("UPSTREAM_UNAUTHORIZED") // no row
	d.add(t, "cs1.wrong", 1)
	d.passed.Add(int64(31 * time.Second))
	readsJob("UPSTREAM_UNAUTHORIZED") // ServiceTitan refuses it
	d.add(t, "cs1.sample", 1)
	d.passed.Add(int64(31 * time.Second))
	readsJob("")
	d.add(t, "cs1.wrong", 1)
	readsJob("") // not noticed yet: what is under way goes on
	d.passed.Add(int64(31 * time.Second))
	readsJob("UPSTREAM_UNAUTHORIZED")
	d.add(t, "cs1.sample", 2) // by a key that this server does not have
	d.passed.Add(int64(31 * time.Second))
	readsJob("UNAVAILABLE")
	if log := d.log.String(); !strings.Contains(log, "tenant's account cannot be opened") || strings.Contains(log, "cs1.") {
		t.Errorf("log:\n%s", log)
	}
	d.add(t, "cs1.sample", 1)
	d.passed.Add(int64(31 * time.Second))
	readsJob("")
}

func TestTenantCommands(t *testing.T) {
	t.Parallel()
	d := newDeployment(t)
	d.add(t, "cs1.sample", 1)
	list := func(vars map[string]string) string {
		t.Helper()
		var out strings.Builder
		if err := app.ListTenants(t.Context(), testConfig(t, vars), &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if got := list(d.vars); !strings.Contains(got, "1001    Tenant 1001  America/Denver  USD       of ") || strings.Contains(got, "sample") {
		t.Errorf("list:\n%s", got)
	}
	next := d.with(t, map[string]string{"CREDENTIALS_KEY": credentialsKey(2)})
	if got := list(next); !strings.Contains(got, "cannot be opened") {
		t.Errorf("list without the key:\n%s", got)
	}
	var out strings.Builder
	if err := app.RotateKey(t.Context(), testConfig(t, next), &out); err == nil || !strings.Contains(err.Error(), "1001") {
		t.Errorf("rotate without the old key: %v", err)
	}
	both := d.with(t, map[string]string{"CREDENTIALS_KEY": credentialsKey(2) + "," + credentialsKey(1)})
	if err := app.RotateKey(t.Context(), testConfig(t, both), &out); err != nil || !strings.HasSuffix(out.String(), "accounts encrypted anew, with the first key: 1\n") {
		t.Errorf("rotate: %q, %v", out.String(), err)
	}
	if got := list(next); strings.Contains(got, "cannot be opened") {
		t.Errorf("list with the new key alone:\n%s", got)
	}
}

func TestTenantAdd_keepsTheNameThatWasGiven(t *testing.T) {
	t.Parallel()
	d := newDeployment(t)
	account := map[string]string{
		"SERVICE_TITAN_TENANT_ID": "1001", "SERVICE_TITAN_CLIENT_ID": "cid.sample", "SERVICE_TITAN_CLIENT_SECRET": "cs1.sample", "SERVICE_TITAN_APP_KEY": "ak1.sample",
	}
	for _, name := range []string{"Sample Company", ""} {
		var out strings.Builder
		if err := app.AddTenant(t.Context(), testConfig(t, d.with(t, account)), name, &out); err != nil || !strings.Contains(out.String(), "(Sample Company)") {
			t.Errorf("name %q: %q, %v", name, out.String(), err)
		}
	}
}

func TestTenantCommands_sayWhatIsMissing(t *testing.T) {
	t.Parallel()
	d := newDeployment(t)
	account := map[string]string{
		"SERVICE_TITAN_TENANT_ID": "1001", "SERVICE_TITAN_CLIENT_ID": "cid.sample", "SERVICE_TITAN_CLIENT_SECRET": "cs1.sample", "SERVICE_TITAN_APP_KEY": "ak1.sample",
	}
	for name, vars := range map[string]map[string]string{
		"SERVICE_TITAN_CLIENT_ID": d.vars,
		"CREDENTIALS_KEY":         func() map[string]string { v := d.with(t, account); delete(v, "CREDENTIALS_KEY"); return v }(),
		"DATABASE_URL":            func() map[string]string { v := d.with(t, account); delete(v, "DATABASE_URL"); return v }(),
		"run `lazi migrate`":      d.with(t, map[string]string{"SERVICE_TITAN_TENANT_ID": "1001", "SERVICE_TITAN_CLIENT_ID": "a", "SERVICE_TITAN_CLIENT_SECRET": "b", "SERVICE_TITAN_APP_KEY": "c", "DATABASE_URL": storetest.NewEmpty(t)}),
	} {
		if err := app.AddTenant(t.Context(), testConfig(t, vars), "", t.Output()); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
