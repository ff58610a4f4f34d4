package servicetitan

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/stclient"
)

// Pages reads a kind from a place on, page by page: its export feed, or its list. It stores nothing. The error ends the
// reading and is a *domain.UpstreamError, or the context's.
func (p *Provider) Pages(ctx context.Context, tenant domain.TenantID, k *domain.Kind, at domain.SyncPlace) iter.Seq2[domain.SyncPage, error] {
	return func(yield func(domain.SyncPage, error) bool) {
		account, err := p.accounts(ctx, tenant)
		if err != nil {
			yield(domain.SyncPage{}, unlinked(err))
			return
		}
		r := &reading{p: p, account: account, kind: k, at: at}
		for {
			page, err := r.next(ctx)
			if err != nil {
				yield(domain.SyncPage{}, upstream(err))
				return
			}
			if !yield(page, nil) || !page.More {
				return
			}
		}
	}
}

// reading is a walk through a list or a feed.
type reading struct {
	p       *Provider
	account *stclient.Tenant
	kind    *domain.Kind
	at      domain.SyncPlace
	narrow  url.Values
}

// next reads the page at which the reading stands and moves it on.
func (r *reading) next(ctx context.Context) (domain.SyncPage, error) {
	if !r.at.Feed {
		return r.listPage(ctx)
	}
	page, err := r.feedPage(ctx)
	switch date := r.at.Since.UTC().Format(time.RFC3339); {
	case stclient.CodeOf(err) == stclient.CodeInvalid && r.at.From != date:
		r.at.From = date // the token is no longer known
		return r.feedPage(ctx)
	case stclient.CodeOf(err) == stclient.CodeNoSuchOperation:
		r.at = ListPlace(r.kind, r.at.Since) // this account has no such feed
		return r.listPage(ctx)
	}
	return page, err
}

// ListPlace is where the list of what changed since a moment begins. The list of a tree tells of changes at its roots alone,
// so it is read whole.
func ListPlace(k *domain.Kind, since *time.Time) domain.SyncPlace {
	if k.API.Tree != "" {
		since = nil
	}
	return domain.SyncPlace{Page: 1, Since: since}
}

// listPage reads a page of the list. Where the list has shrunk since the page before, its records have moved up, some of
// them onto pages that are read already: it goes back by as many pages.
func (r *reading) listPage(ctx context.Context) (domain.SyncPage, error) {
	if r.at.Size == 0 {
		r.at.Size = r.p.cfg.PageSize
	}
	page, err := r.account.Page(ctx, resource(r.kind), r.listQuery(), r.at.Page)
	if err != nil {
		return domain.SyncPage{}, err
	}
	out := domain.SyncPage{More: page.HasMore}
	out.Documents, out.Rejected = documents(r.kind, page.Items)
	lost := shrunk(r.at.Total, page.Total)
	r.at.Total = page.Total
	if back := (lost + r.at.Size - 1) / r.at.Size; back > 0 && r.at.Page > 1 {
		r.at.Page, out.More = max(1, r.at.Page-back), true
	} else {
		r.at.Page++
	}
	out.Next = r.at
	return out, nil
}

func (r *reading) listQuery() url.Values {
	q := r.p.everything(r.kind)
	if !r.narrow.Has("ids") { // records that are named do not move
		q.Set("includeTotal", "true")
	}
	q.Set("pageSize", strconv.Itoa(r.at.Size))
	maps.Copy(q, r.narrow)
	switch {
	case r.at.Since != nil:
		q.Set("modifiedOnOrAfter", r.at.Since.UTC().Format(time.RFC3339))
	case r.kind.API.Since && !bounded(r.kind, r.narrow):
		q.Set("modifiedOnOrAfter", longAgo)
	}
	return q
}

// shrunk is by how much a list has shrunk.
func shrunk(before, now *int64) int {
	if before == nil || now == nil {
		return 0
	}
	return int(max(0, *before-*now))
}

// feedPage reads a page of the export feed, what is not settled yet included: that comes again with the next run.
func (r *reading) feedPage(ctx context.Context) (domain.SyncPage, error) {
	q, err := url.ParseQuery(r.kind.API.ExportAll)
	if err != nil {
		panic("servicetitan: " + r.kind.Name + ": " + err.Error()) // a constant of ours
	}
	q.Set("includeRecentChanges", "true")
	for page, err := range r.account.Export(ctx, resource(r.kind), r.at.From, q) {
		if err != nil {
			return domain.SyncPage{}, err
		}
		out := domain.SyncPage{More: page.HasMore}
		out.Documents, out.Rejected = documents(r.kind, page.Items)
		if err := r.complete(ctx, out.Documents); err != nil {
			return domain.SyncPage{}, err
		}
		r.at.From = page.ContinueFrom
		out.Next = r.at
		return out, nil
	}
	return domain.SyncPage{}, errors.New("servicetitan: a feed without a page") // Export yields a page or an error
}

// Confirm asks for records by id. It returns those that are there and the ids of those that are not. Records of kinds that
// cannot be asked for by id all count as gone.
func (p *Provider) Confirm(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) (found domain.SyncPage, gone []int64, err error) {
	account, err := p.accounts(ctx, tenant)
	if err != nil {
		return found, nil, unlinked(err)
	}
	docs, err := p.named(ctx, account, k, ids)
	if err != nil {
		return found, nil, upstream(err)
	}
	for _, id := range ids {
		if d, ok := docs[id]; ok {
			found.Documents = append(found.Documents, d)
		} else {
			gone = append(gone, id)
		}
	}
	return found, gone, nil
}

// named reads records by id, as far as the API can.
func (p *Provider) named(ctx context.Context, account *stclient.Tenant, k *domain.Kind, ids []int64) (map[int64]domain.Document, error) {
	byID := map[int64]domain.Document{}
	switch {
	case len(ids) == 0:
	case k.API.IDs:
		q := p.everything(k)
		q.Del("pageSize")
		for page, err := range account.ByIDs(ctx, resource(k), ids, q) {
			if err != nil {
				return nil, err
			}
			docs, _ := documents(k, page.Items)
			for _, d := range docs {
				byID[d.ID] = d
			}
		}
	case k.API.Get:
		for _, id := range ids {
			item, err := account.Get(ctx, resource(k), id)
			if notFound(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
			byID[id] = domain.Document{ID: id, JSON: item, Partial: k.API.Tree != ""}
		}
	}
	return byID, nil
}
