package app_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/store/storetest"
)

// TestSync_command runs the whole command, without any server, against a database and a simulated ServiceTitan.
func TestSync_command(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{Seed: 1, Anchor: anchor, Tenants: []simulator.Tenant{{
		ID: tenant, ClientID: "cid.sample", ClientSecret: "cs1.sample", AppKey: "ak1.sample", Sizes: simulator.SmallSizes(),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(sim.Handler())
	t.Cleanup(upstream.Close)
	cfg := testConfig(t, map[string]string{
		"DATABASE_URL": storetest.New(t), "SERVICE_TITAN_API_URL": upstream.URL, "SERVICE_TITAN_AUTH_URL": upstream.URL, "RATE_LIMIT": "60",
		"SERVICE_TITAN_CLIENT_ID": "cid.sample", "SERVICE_TITAN_CLIENT_SECRET": "cs1.sample", "SERVICE_TITAN_APP_KEY": "ak1.sample",
		"SERVICE_TITAN_TENANT_ID": "1001",
	})
	run := func(opts app.SyncOptions) (string, error) {
		out, err := os.Create(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		result := app.Sync(t.Context(), cfg, opts, out, out)
		text, err := os.ReadFile(out.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text), result
	}

	text, err := run(app.SyncOptions{Entities: []string{"teams", "CUSTOMERS"}, Mode: "full"})
	if err != nil || !strings.Contains(text, "\ncustomers: succeeded") || !strings.Contains(text, "teams: starts: run ") {
		t.Errorf("error %v, output:\n%s", err, text)
	}
	if strings.Contains(text, "not configured here") {
		t.Errorf("the command has left the work to others:\n%s", text)
	}
	text, err = run(app.SyncOptions{Entities: []string{"customers"}, Mode: "full", Tenant: tenant})
	if err != nil || !strings.Contains(text, " 0 new, 0 changed, ") {
		t.Errorf("error %v, output of a second run:\n%s", err, text)
	}
	if _, err := run(app.SyncOptions{Mode: "full", Tenant: 1999}); err == nil || err.Error() != "--tenant must be one of: 1001" {
		t.Errorf("another tenant gives %v", err)
	}

	sim.Faults().Set(simulator.Settings{LostScopes: []string{"Team"}})
	text, err = run(app.SyncOptions{Entities: []string{"teams"}, Mode: "full"})
	if app.ExitCode(err) != 1 || err.Error() != "1 of 1 runs did not succeed: teams failed" || !strings.Contains(text, "; the app lacks ServiceTitan's scope for this entity\n") {
		t.Errorf("error %v, output without the scope:\n%s", err, text)
	}
}
