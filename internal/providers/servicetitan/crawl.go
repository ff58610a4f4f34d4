package servicetitan

import (
	"context"
	"encoding/json"
	"net/url"

	"lazilabs.com/lazi/internal/domain"
)

// crawl reads every page of a kind's list that a query narrows and stores it page by page, so memory does not grow
// with the data. A crawl that nothing narrows marks the kind complete.
func (p *Provider) crawl(ctx context.Context, tenant domain.TenantID, k *domain.Kind, narrow url.Values) error {
	account, err := p.accounts(ctx, tenant)
	if err != nil {
		return err
	}
	began := p.cfg.Now()
	r := &reading{p: p, account: account, kind: k, at: ListPlace(k, nil), narrow: narrow}
	for more := true; more; {
		page, err := r.next(ctx)
		if err != nil {
			return translate(k, err)
		}
		if err := p.save(ctx, tenant, k, page.Documents, page.Rejected); err != nil {
			return err
		}
		more = page.More
	}
	if len(narrow) > 0 {
		return nil
	}
	err = p.mirror.MarkComplete(ctx, tenant, k, began)
	p.states.forget(tenant)
	return err
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
	docs, rejected := documents(k, []json.RawMessage{doc})
	return p.save(ctx, tenant, k, docs, rejected)
}

// save stores records and tells of those that could not be read.
func (p *Provider) save(ctx context.Context, tenant domain.TenantID, k *domain.Kind, docs []domain.Document, unnamed []domain.Rejected) error {
	w, err := p.mirror.Upsert(ctx, tenant, k, docs)
	for _, r := range append(unnamed, w.Rejected...) {
		p.cfg.Logger.Warn("document rejected", "tenant", tenant, "kind", k.Name, "id", r.ID, "reason", r.Reason)
	}
	return err
}
