package app_test

import (
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/obs"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/store/storetest"
)

// traced is a second server of a world, whose spans are kept.
func traced(t *testing.T, w *world, variables ...string) *tracetest.InMemoryExporter {
	t.Helper()
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	vars := map[string]string{"SERVICE_TITAN_API_URL": w.cfg.ServiceTitan.APIURL, "SERVICE_TITAN_AUTH_URL": w.cfg.ServiceTitan.AuthURL, "RATE_LIMIT": "60"}
	for i := 0; i+1 < len(variables); i += 2 {
		vars[variables[i]] = variables[i+1]
	}
	a, err := app.New(t.Context(), testConfig(t, vars), app.Options{
		DSN: storetest.New(t), Accounts: w.accounts, Tracing: obs.TracingTo(provider), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	if err := a.PutTenant(t.Context(), w.accounts[0].Tenant); err != nil {
		t.Fatal(err)
	}
	w.App, w.server = a, httptest.NewServer(a.Handler())
	t.Cleanup(w.server.Close)
	return spans
}

// way is the names of a span and of those that it stands in, the outermost first, without what nobody names by hand.
func way(all tracetest.SpanStubs, s tracetest.SpanStub) []string {
	names := []string{s.Name}
	for _, parent := range all {
		if parent.SpanContext.SpanID() == s.Parent.SpanID() && parent.SpanContext.TraceID() == s.SpanContext.TraceID() {
			return append(way(all, parent), names...)
		}
	}
	return names
}

func ways(spans *tracetest.InMemoryExporter) []string {
	var out []string
	all := spans.GetSpans()
	for _, s := range all {
		out = append(out, strings.Join(way(all, s), " > "))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func wantWays(t *testing.T, spans *tracetest.InMemoryExporter, want ...string) {
	t.Helper()
	got := ways(spans)
	for _, w := range want {
		if !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, w) }) {
			t.Errorf("no span %s among\n%s", w, strings.Join(got, "\n"))
		}
	}
	for _, s := range spans.GetSpans() {
		for _, a := range s.Attributes {
			for _, secret := range []string{"Sample", "tester", "cid.", "ak1.", "cs1.", "Bearer"} {
				if strings.Contains(a.Value.String(), secret) {
					t.Errorf("span %s tells %q: %s", s.Name, secret, a.Value.String())
				}
			}
		}
	}
}

func TestTraces_leadFromTheRequestToTheDatabaseAndServiceTitan(t *testing.T) {
	t.Parallel()
	for name, compiled := range map[string]string{"compiled": "true", "resolvers": "false"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.SmallSizes())
			spans := traced(t, w, "COMPILED_READS", compiled)
			id := global("Customer", w.sim.IDs(tenant, "Customer")[0])
			if a := w.ask(t, `query($id: ID!) { customer(id: $id) { name } }`, map[string]any{"id": id}); len(a.Errors) > 0 {
				t.Fatal(a.Errors)
			}
			wantWays(t, spans,
				"POST /graphql > graphql query > ask customers > SELECT",
				"POST /graphql > graphql query > ask customers > servicetitan crm")
		})
	}
}

func TestTraces_ofASync(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.SmallSizes())
	spans := traced(t, w)
	runs, err := w.Syncs().Start(t.Context(), domain.TenantID(tenant), []domain.NewRun{{Kind: domain.JobTypes.Kind, Mode: domain.SyncFull, Trigger: domain.TriggerCommand}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Syncs().Finish(t.Context(), domain.TenantID(tenant), runs, 1); err != nil {
		t.Fatal(err)
	}
	wantWays(t, spans, "sync turn > servicetitan jpm", "sync turn > sync page > ")
}
