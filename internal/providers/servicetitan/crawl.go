package servicetitan

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"lazilabs.com/lazi/internal/domain"
)

// crawl reads every page of a kind's list that a query narrows and stores it page by page, so memory does not grow
// with the data. A crawl that nothing narrows marks the kind complete.
func (p *Provider) crawl(ctx context.Context, tenant domain.TenantID, k *domain.Kind, narrow url.Values) (domain.Written, error) {
	var sum domain.Written
	account, err := p.accounts(ctx, tenant)
	if err != nil {
		return sum, err
	}
	q := p.everything(k)
	maps.Copy(q, narrow)
	if k.API.Since && !bounded(k, narrow) {
		q.Set("modifiedOnOrAfter", longAgo)
	}
	began := p.cfg.Now()
	for page, err := range account.List(ctx, resource(k), q) {
		if err != nil {
			return sum, translate(k, err)
		}
		w, err := p.save(ctx, tenant, k, page.Items)
		sum.Add(w)
		if err != nil {
			return sum, err
		}
	}
	if len(narrow) > 0 {
		return sum, nil
	}
	err = p.mirror.MarkComplete(ctx, tenant, k, began, int64(sum.Records()))
	p.states.forget(tenant)
	return sum, err
}

// bounded tells whether a query has what a list demands that refuses a plain crawl: ids of owners or a modified range.
func bounded(k *domain.Kind, q url.Values) bool {
	if q.Has("modifiedOnOrAfter") || q.Has("modifiedBefore") {
		return true
	}
	for column := range k.API.Params {
		if param, _, _ := k.API.Param(column); q.Has(param) {
			return true
		}
	}
	return false
}

// fetchOne reads one record by its own path. A record that ServiceTitan does not know stores nothing.
func (p *Provider) fetchOne(ctx context.Context, tenant domain.TenantID, k *domain.Kind, id int64) error {
	account, err := p.accounts(ctx, tenant)
	if err != nil {
		return err
	}
	doc, err := account.Get(ctx, resource(k), id)
	if notFound(err) {
		return nil
	}
	if err != nil {
		return translate(k, err)
	}
	_, err = p.save(ctx, tenant, k, []json.RawMessage{doc})
	return err
}

// save stores the records of a page and tells of those that could not be read.
func (p *Provider) save(ctx context.Context, tenant domain.TenantID, k *domain.Kind, items []json.RawMessage) (domain.Written, error) {
	docs, unnamed := documents(k, items)
	w, err := p.mirror.Upsert(ctx, tenant, k, docs)
	w.Rejected = append(unnamed, w.Rejected...)
	for _, r := range w.Rejected {
		p.cfg.Logger.Warn("document rejected", "tenant", tenant, "kind", k.Name, "id", r.ID, "reason", r.Reason)
	}
	return w, err
}

// Progress tells how the copy of one kind ended.
type Progress struct {
	Kind    *domain.Kind
	Written domain.Written
	Took    time.Duration
	// Err is why the kind is not copied whole; the others are copied all the same.
	Err error
}

// CopyAll reads every kind whole, in the order of domain.Kinds and as wide as copies kinds at once. A kind that fails
// is reported and noted, and the rest goes on. It returns an error only when the context ends.
func (p *Provider) CopyAll(ctx context.Context, tenant domain.TenantID, wide int, report func(Progress)) error {
	var g errgroup.Group
	g.SetLimit(wide)
	var mu sync.Mutex
	for _, k := range domain.Kinds() {
		g.Go(func() error {
			start := p.cfg.Now()
			w, err := p.crawl(ctx, tenant, k, nil)
			if err != nil && ctx.Err() == nil {
				err = p.noteFailure(ctx, tenant, k, err)
			}
			mu.Lock()
			defer mu.Unlock()
			report(Progress{Kind: k, Written: w, Took: p.cfg.Now().Sub(start), Err: err})
			return ctx.Err()
		})
	}
	return g.Wait()
}

func (p *Provider) noteFailure(ctx context.Context, tenant domain.TenantID, k *domain.Kind, cause error) error {
	if err := p.mirror.MarkFailed(ctx, tenant, k, cause.Error()); err != nil {
		return fmt.Errorf("%w (and not noted: %w)", cause, err)
	}
	return cause
}
