package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"lazilabs.com/lazi/internal/simulator"
)

// scrape returns what operators are shown.
func (w *world) scrape(t *testing.T) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	w.OpsHandler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	if recorder.Code != http.StatusOK {
		t.Fatalf("status %d: %.300s", recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}

func newBusyWorld(t *testing.T) *world {
	t.Helper()
	w := newCopiedWorld(t, simulator.SmallSizes())
	w.ask(t, `{ customers(first: 3) { nodes { name locations { nodes { name } } } } }`, nil)
	w.ask(t, `{ searchCustomers(query: "Sample") { score } }`, nil)
	w.ask(t, `{ customer(id: "x") { name } }`, nil)
	w.ask(t, `{ nothing }`, nil)
	return w
}

func TestMetrics_countWhatHappens(t *testing.T) {
	t.Parallel()
	w := newBusyWorld(t)
	shown := w.scrape(t)
	for _, want := range []string{
		`lazi_graphql_operation_seconds_count{outcome="ok",type="query"} 2`,
		`lazi_graphql_operation_seconds_count{outcome="error",type="query"} 1`,
		`lazi_graphql_refused_total 1`,
		`lazi_graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED"} 1`,
		`lazi_graphql_reads_total{path="compiled"} 1`,
		`lazi_rows_read_total{kind="Customer",source="CACHE"} 3`,
		`lazi_batch_keys_sum{kind="Location"} 3`,
		`lazi_sync_runs{status="SUCCEEDED"} 27`,
		"\nlazi_sync_queue_depth ",
		`lazi_graphql_streams 0`,
		`lazi_pool_connections_max{pool="reads"}`,
		`lazi_sync_lag_seconds{kind="Job",tenant="1001"}`,
		`lazi_upstream_call_seconds_count{module="crm",status="2xx"}`,
		`lazi_upstream_wait_seconds_count`,
		`lazi_sync_records_total{kind="Customer"}`,
		`go_goroutines`,
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, secret := range []string{"Sample", "tester", "cid.", "ak1."} {
		if strings.Contains(shown, secret) {
			t.Errorf("the metrics tell %q", secret)
		}
	}
}

// metricName finds the names of our metrics in a query.
var metricName = regexp.MustCompile(`\blazi_[a-z_]+`)

// The dashboard and the alerts speak of metrics that there are.
func TestMetrics_dashboardAndAlertsNameThem(t *testing.T) {
	t.Parallel()
	shown := newBusyWorld(t).scrape(t)
	for _, file := range []string{"grafana-dashboard.json", "prometheus-alerts.yaml"} {
		text, err := os.ReadFile("../../deploy/observability/" + file)
		if err != nil {
			t.Fatal(err)
		}
		var parsed any
		if strings.HasSuffix(file, ".json") {
			err = json.Unmarshal(text, &parsed)
		} else {
			err = yaml.UnmarshalWithOptions(text, &parsed, yaml.Strict())
		}
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		names := metricName.FindAllString(string(text), -1)
		if len(names) < 8 {
			t.Errorf("%s names only %v", file, names)
		}
		for _, name := range names {
			if !strings.Contains(shown, "\n"+name+"{") && !strings.Contains(shown, "\n"+name+" ") {
				t.Errorf("%s: there is no metric %s", file, name)
			}
		}
	}
}
