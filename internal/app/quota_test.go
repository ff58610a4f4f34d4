package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/graph/manifest"
	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/store/storetest"
)

// Two servers on one database give one budget together.
func TestQuota_processesShareABudget(t *testing.T) {
	t.Parallel()
	const perMinute = 20_000
	dsn := storetest.New(t)
	cfg := testConfig(t, map[string]string{"QUERY_COST_PER_MINUTE": "20000"})
	token, err := app.Token(cfg, auth.Grant{Subject: "sample.person@example.test", Tenants: []int64{tenant}, Role: auth.Admin}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var servers []*httptest.Server
	for range 2 {
		a, err := app.New(t.Context(), cfg, app.Options{DSN: dsn, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(a.Close)
		s := httptest.NewServer(a.Handler())
		t.Cleanup(s.Close)
		servers = append(servers, s)
	}
	const cost = 501 * 2 // of the page and its rows, each with its address
	const body = `{"query":"{ customers(first: 500) { nodes { address { city } } } }"}`
	start := time.Now()
	passed := 0
	var last *http.Response
	for refusals := 0; refusals < 2 && passed < 100; { // until each refuses
		refusals = 0
		for _, s := range servers {
			if last = ask(t, s, token, body); last.StatusCode == http.StatusTooManyRequests {
				refusals++
			} else {
				passed++
			}
		}
	}
	refilled := int(time.Since(start).Seconds()*perMinute/60)/cost + 1
	if most := perMinute/cost + refilled; passed > most || passed < perMinute/cost-3 {
		t.Errorf("%d operations passed, want %d to %d", passed, perMinute/cost-3, most)
	}
	if last.Header.Get("Retry-After") == "" {
		t.Errorf("headers %v", last.Header)
	}
}

// ask sends a request and returns its answer, whose body is read and closed.
func ask(t *testing.T, s *httptest.Server, token, body string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp
}

// What `lazi documents` makes of the screens is what a server takes.
func TestDocuments_manifestOfTheScreens(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := app.Documents([]string{"../../docs/queries"}, &out); err != nil {
		t.Fatal(err)
	}
	all, err := manifest.Read(out.Bytes())
	if err != nil || len(all) < 12 {
		t.Fatalf("%d documents, %v", len(all), err)
	}
	file := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(t, map[string]string{"TRUSTED_DOCUMENTS": file})
	a, err := app.New(t.Context(), cfg, app.Options{DSN: storetest.New(t), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
}

func TestDocuments_namesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "wrong.graphql")
	if err := os.WriteFile(file, []byte("query Wrong { nothing }"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := app.Documents([]string{dir}, io.Discard); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v", err)
	}
	if err := app.Documents([]string{t.TempDir()}, io.Discard); err == nil {
		t.Error("a folder without documents makes a manifest")
	}
}

func TestTrustedDocuments_startIsRefused(t *testing.T) {
	t.Parallel()
	bad, err := json.Marshal(map[string]string{"sample-id": "query Wrong { nothing }"})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(file, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	dsn := storetest.New(t)
	for path, want := range map[string]string{file: "sample-id", file + ".missing": "TRUSTED_DOCUMENTS"} {
		cfg := testConfig(t, map[string]string{"TRUSTED_DOCUMENTS": path})
		_, err := app.New(t.Context(), cfg, app.Options{DSN: dsn, Logger: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one about %s", err, want)
		}
	}
}
