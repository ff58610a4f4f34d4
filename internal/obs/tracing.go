package obs

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Tracing makes spans. The zero Tracing makes none and costs nothing. Spans hold no values of statements, no variables and no
// personal data.
type Tracing struct {
	provider trace.TracerProvider
	tracer   trace.Tracer
	stop     func(context.Context) error
}

// NewTracing sends spans to an OTLP collector by HTTP, such as http://localhost:4318. Without an endpoint there is no tracing.
// What else OpenTelemetry can be told (sampling, headers) comes from its own variables, OTEL_*.
func NewTracing(ctx context.Context, endpoint string) (Tracing, error) {
	if endpoint == "" {
		return Tracing{}, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint+"/v1/traces"))
	if err != nil {
		return Tracing{}, fmt.Errorf("obs: tracing: %w", err)
	}
	own, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(attribute.String("service.name", "lazi")), resource.WithFromEnv())
	if err != nil {
		return Tracing{}, fmt.Errorf("obs: tracing: %w", err)
	}
	return TracingTo(sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(own))), nil
}

// TracingTo makes spans with a provider, which Close shuts down.
func TracingTo(p *sdktrace.TracerProvider) Tracing {
	return Tracing{provider: p, tracer: p.Tracer("lazilabs.com/lazi"), stop: p.Shutdown}
}

// On tells whether spans are made.
func (t Tracing) On() bool { return t.tracer != nil }

// Provider gives libraries their tracers, whose spans keep no words of errors. It is nil where there is no tracing.
func (t Tracing) Provider() trace.TracerProvider {
	if t.provider == nil {
		return nil
	}
	return silentProvider{t.provider}
}

// Close sends what is left.
func (t Tracing) Close(ctx context.Context) error {
	if t.stop == nil {
		return nil
	}
	return t.stop(ctx)
}

// Start begins a span below the context's, and returns the context for what happens in it and what to call at its end.
func (t Tracing) Start(ctx context.Context, name string, attrs ...attribute.KeyValue) (inside context.Context, end func(failed bool)) {
	if t.tracer == nil {
		return ctx, func(bool) {}
	}
	ctx, span := t.tracer.Start(ctx, name, trace.WithAttributes(attrs...))
	return ctx, func(failed bool) {
		if failed {
			span.SetStatus(codes.Error, "") // words may hold what must not leave
		}
		span.End()
	}
}

// Requests makes a span of each request, below the caller's where the header traceparent names one.
func (t Tracing) Requests(next http.Handler) http.Handler {
	if t.tracer == nil {
		return next
	}
	return otelhttp.NewHandler(next, "request", otelhttp.WithTracerProvider(t.provider), otelhttp.WithPropagators(propagation.TraceContext{}),
		otelhttp.WithFilter(func(r *http.Request) bool { return r.URL.Path != healthRoute && r.URL.Path != readyRoute }))
}

// Calls makes a span of each call to ServiceTitan. The call itself does not carry it, and the span does not hold the call's
// address: its query may hold what a reader looks for, a customer's name or phone.
func (t Tracing) Calls(next http.RoundTripper) http.RoundTripper {
	if t.tracer == nil {
		return next
	}
	return tracedCalls{next, t}
}

type tracedCalls struct {
	next    http.RoundTripper
	tracing Tracing
}

// RoundTrip implements http.RoundTripper.
func (c tracedCalls) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, end := c.tracing.Start(r.Context(), "servicetitan "+module(r.URL.Path))
	resp, err := c.next.RoundTrip(r.WithContext(ctx))
	if err == nil {
		trace.SpanFromContext(ctx).SetAttributes(attribute.Int("http.response.status_code", resp.StatusCode))
	}
	end(err != nil || resp.StatusCode >= http.StatusBadRequest)
	return resp, err
}

// TraceAttrs returns what a log line says about the span that it is written in.
func TraceAttrs(ctx context.Context) []slog.Attr {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		return nil
	}
	return []slog.Attr{slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String())}
}
