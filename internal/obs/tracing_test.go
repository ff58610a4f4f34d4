package obs_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"lazilabs.com/lazi/internal/obs"
)

// TestTracing_callsHoldNoQuery looks for what a reader searched for in the span of the call that it became.
func TestTracing_callsHoldNoQuery(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(upstream.Close)
	spans := tracetest.NewInMemoryExporter()
	tracing := obs.TracingTo(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, upstream.URL+"/crm/v2/customers?phone=555-0100", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := tracing.Calls(http.DefaultTransport).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	got := spans.GetSpans()
	if len(got) != 1 || got[0].Name != "servicetitan crm" {
		t.Fatalf("spans %v", got)
	}
	told := fmt.Sprint(got[0].Attributes, got[0].Status, got[0].Events)
	if strings.Contains(told, "555") || !strings.Contains(told, "404") {
		t.Errorf("the span tells %s", told)
	}
}

// TestTracing_librariesTellNoWords fails as a database does whose error quotes a value.
func TestTracing_librariesTellNoWords(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewInMemoryExporter()
	tracing := obs.TracingTo(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)))
	ctx, _ := tracing.Provider().Tracer("sample").Start(t.Context(), "query")
	span := trace.SpanFromContext(ctx)
	span.RecordError(errors.New("555-0100"))
	span.SetStatus(codes.Error, "555-0100")
	span.End()
	got := spans.GetSpans()
	if len(got) != 1 || got[0].Status.Code != codes.Error || got[0].Status.Description != "" || len(got[0].Events) > 0 {
		t.Errorf("spans %v", got)
	}
}
