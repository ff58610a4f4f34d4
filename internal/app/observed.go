package app

import (
	"context"

	"go.opentelemetry.io/otel/attribute"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/obs"
	"lazilabs.com/lazi/internal/providers/servicetitan"
	"lazilabs.com/lazi/internal/table"
)

// observed counts and traces the questions that loaders and plans ask a provider.
type observed struct {
	*servicetitan.Provider
	metrics *obs.Metrics
	tracing obs.Tracing
}

// ask begins the span of a question.
func (o *observed) ask(ctx context.Context, what string, keys int) (context.Context, func(bool)) {
	if !o.tracing.On() {
		return ctx, func(bool) {}
	}
	return o.tracing.Start(ctx, "ask "+what, attribute.Int("lazi.keys", keys))
}

// Answer implements providers.Answerer.
func (o *observed) Answer(ctx context.Context, tenant domain.TenantID, asks []*table.Ask) error {
	ctx, end := o.ask(ctx, asks[0].Kind.Plural(), asks[0].Keys.Len())
	err := o.Provider.Answer(ctx, tenant, asks)
	end(err != nil)
	for _, a := range asks {
		o.note(a, a.Keys.Len(), err)
	}
	return err
}

// note counts a question and what has come along with it, whose keys are the rows above.
func (o *observed) note(a *table.Ask, keys int, err error) {
	if a.ByID || a.Link != nil {
		o.metrics.Asked(a.Kind.Name, keys)
	}
	if err != nil {
		return
	}
	if !a.Count {
		o.metrics.Rows(a.Kind.Name, string(a.Answer.Source), a.Answer.Live)
		o.metrics.Rows(a.Kind.Name, string(domain.SourceLive), a.Answer.Len()-a.Answer.Live)
	}
	for _, b := range a.Below {
		if b.Along {
			o.note(b, a.Answer.Len(), nil)
		}
	}
}

// ByIDs implements providers.Reader.
func (o *observed) ByIDs(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) ([]domain.Entity, error) {
	ctx, end := o.ask(ctx, k.Plural(), len(ids))
	rows, err := o.Provider.ByIDs(ctx, tenant, k, ids)
	end(err != nil)
	o.metrics.Asked(k.Name, len(ids))
	o.count(k, rows)
	return rows, err
}

// List implements providers.Reader.
func (o *observed) List(ctx context.Context, tenant domain.TenantID, k *domain.Kind, q domain.Query) ([]domain.Entity, error) {
	ctx, end := o.ask(ctx, k.Plural(), 0)
	rows, err := o.Provider.List(ctx, tenant, k, q)
	end(err != nil)
	o.count(k, rows)
	return rows, err
}

// Linked implements providers.Reader.
func (o *observed) Linked(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any, q domain.Query) (map[any][]domain.Entity, error) {
	ctx, end := o.ask(ctx, l.Name(), len(keys))
	byKey, err := o.Provider.Linked(ctx, tenant, l, keys, q)
	end(err != nil)
	o.metrics.Asked(l.To.Name, len(keys))
	for _, rows := range byKey {
		o.count(l.To, rows)
	}
	return byKey, err
}

// CountLinked implements providers.Reader.
func (o *observed) CountLinked(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any, q domain.Query) (map[any]int64, error) {
	ctx, end := o.ask(ctx, "count "+l.Name(), len(keys))
	counts, err := o.Provider.CountLinked(ctx, tenant, l, keys, q)
	end(err != nil)
	o.metrics.Asked(l.To.Name, len(keys))
	return counts, err
}

func (o *observed) count(k *domain.Kind, rows []domain.Entity) {
	bySource := map[domain.Source]int{}
	for _, row := range rows {
		bySource[row.Base().Source]++
	}
	for source, n := range bySource {
		o.metrics.Rows(k.Name, string(source), n)
	}
}
