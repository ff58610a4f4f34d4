package graph_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers"
)

// timed notes the deadlines of those who ask it: plans first, resolvers when that has failed.
type timed struct {
	sources
	plan, resolvers chan time.Time
}

func (s timed) Answerer(ctx context.Context, _ domain.TenantID, _ domain.Area) (providers.Answerer, error) {
	until, _ := ctx.Deadline()
	s.plan <- until
	return nil, domain.ErrUnavailable
}

func (s timed) Reader(ctx context.Context, _ domain.TenantID, _ domain.Area) (providers.Reader, error) {
	until, _ := ctx.Deadline()
	s.resolvers <- until
	return nil, domain.ErrUnavailable
}

func TestQuery_hasOneDeadline(t *testing.T) {
	t.Parallel()
	asked := timed{plan: make(chan time.Time, 10), resolvers: make(chan time.Time, 10)}
	s := newServer(t, func(cfg *graph.Config) { cfg.Sources = asked })
	s.do(t, s.request(t, http.MethodPost, "", `{"query": "{ jobs(first: 1) { nodes { number } } }"}`))
	plan, resolvers := <-asked.plan, <-asked.resolvers
	if plan.IsZero() || resolvers.IsZero() || resolvers.After(plan) {
		t.Errorf("resolvers have until %s, the plan before them had until %s", resolvers, plan)
	}
}
