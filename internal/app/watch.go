package app

import (
	"context"
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"go.opentelemetry.io/otel/attribute"

	"lazilabs.com/lazi/internal/obs"
	"lazilabs.com/lazi/internal/stclient"
)

// watch counts and traces an operation. Events of a subscription are no operations: they last for as long as nothing happens.
func (a *App) watch(ctx context.Context, operation ast.Operation) (inside context.Context, answered func(codes []string)) {
	if operation == ast.Subscription {
		return ctx, a.metrics.Errors
	}
	began := time.Now()
	ctx, end := a.tracing.Start(ctx, "graphql "+string(operation))
	return ctx, func(codes []string) {
		end(len(codes) > 0)
		a.metrics.Operation(string(operation), time.Since(began), codes)
	}
}

func (a *App) onRefusal(_ context.Context, codes []string) { a.metrics.Refused(codes) }

// onRead counts who answers queries, and tells whoever the options name.
func (a *App) onRead(opts Options) func(error) {
	return func(err error) {
		a.metrics.Read(err == nil)
		if opts.OnRead != nil {
			opts.OnRead(err)
		}
	}
}

// traceSync traces a turn of a sync run, or a page.
func (a *App) traceSync(ctx context.Context, what, kind string) (inside context.Context, end func(failed bool)) {
	if !a.tracing.On() {
		return ctx, func(bool) {}
	}
	return a.tracing.Start(ctx, what, attribute.String("lazi.kind", kind))
}

// upstreamWatch counts and traces what is asked of ServiceTitan.
type upstreamWatch struct {
	metrics *obs.Metrics
	tracing obs.Tracing
	now     func() time.Time
}

func (a *App) watchUpstream(now func() time.Time) upstreamWatch {
	return upstreamWatch{a.metrics, a.tracing, now}
}

func (w upstreamWatch) around(next http.RoundTripper) http.RoundTripper {
	return w.tracing.Calls(w.metrics.Upstream(next, w.now))
}

func (w upstreamWatch) pacer(next stclient.Pacer) stclient.Pacer { return timedPacer{next, w.metrics} }

// timedPacer notes how long calls wait for their turn.
type timedPacer struct {
	stclient.Pacer
	metrics *obs.Metrics
}

// ReserveCall implements stclient.Pacer.
func (p timedPacer) ReserveCall(ctx context.Context, tenant int64, scope string, every time.Duration, burst int, atMost time.Duration) (time.Duration, error) {
	wait, err := p.Pacer.ReserveCall(ctx, tenant, scope, every, burst, atMost)
	if err == nil && wait <= atMost { // else the turn was not taken
		p.metrics.Waited(max(wait, 0))
	}
	return wait, err
}
