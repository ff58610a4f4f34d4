package servicetitan

import (
	"context"
	"errors"
	"net/url"

	"lazilabs.com/lazi/internal/domain"
)

// ByIDs returns the rows with the given ids. Those that the mirror lacks are fetched, at most 50 a call, and stored.
// When ServiceTitan does not answer, the rows that are mirrored are returned together with the error.
func (p *Provider) ByIDs(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) ([]domain.Entity, error) {
	rows, err := p.mirror.ByIDs(ctx, tenant, k, ids)
	if err != nil {
		return nil, err
	}
	p.mark(tenant, nil, rows...)
	missing, err := p.unmirrored(ctx, tenant, k, lacking(ids, rows))
	if len(missing) == 0 || err != nil {
		return rows, err
	}
	if err := p.fetch(ctx, tenant, k, missing); err != nil {
		return rows, err
	}
	fetched, err := p.mirror.ByIDs(ctx, tenant, k, missing)
	for _, row := range fetched {
		row.Base().Source = domain.SourceLive
	}
	return append(rows, fetched...), errors.Join(err, p.noteAbsent(ctx, tenant, k, lacking(missing, fetched)))
}

// unmirrored returns those of the ids that no row was read for which ServiceTitan is to be asked for. What is mirrored and
// hidden from a technician is not asked for again.
func (p *Provider) unmirrored(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) ([]int64, error) {
	ids = p.absent.without(tenant, k, ids)
	if _, limited := domain.OwnRowsOf(ctx); !limited || len(ids) == 0 {
		return ids, nil
	}
	rows, err := p.mirror.ByIDs(domain.AllRows(ctx), tenant, k, ids)
	return lacking(ids, rows), err
}

// noteAbsent remembers ids that ServiceTitan was asked for and no row has. Rows that are hidden from a technician are not
// absent.
func (p *Provider) noteAbsent(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) error {
	ids, err := p.unmirrored(ctx, tenant, k, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		p.absent.note(flightKey{tenant: tenant, kind: k, id: id})
	}
	return nil
}

// List returns the rows that a query asks for.
func (p *Provider) List(ctx context.Context, tenant domain.TenantID, k *domain.Kind, q domain.Query) ([]domain.Entity, error) {
	stale, err := p.prepared(p.fillList(ctx, tenant, k, q.Where))
	if err != nil {
		return nil, err
	}
	rows, err := p.mirror.List(ctx, tenant, k, q)
	p.mark(tenant, stale, rows...)
	return rows, err
}

// Count returns how many rows a query's conditions hold for.
func (p *Provider) Count(ctx context.Context, tenant domain.TenantID, k *domain.Kind, q domain.Query) (int64, error) {
	if _, err := p.prepared(p.fillList(ctx, tenant, k, q.Where)); err != nil {
		return 0, err
	}
	return p.mirror.Count(ctx, tenant, k, q)
}

// Linked returns for each key the rows that a link leads to.
func (p *Provider) Linked(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any, q domain.Query) (map[any][]domain.Entity, error) {
	stale, err := p.prepared(p.fillLinked(ctx, tenant, l, keys))
	if err != nil {
		return nil, err
	}
	byKey, err := p.mirror.Linked(ctx, tenant, l, keys, q)
	for _, rows := range byKey {
		p.mark(tenant, stale, rows...)
	}
	return byKey, err
}

// CountLinked returns for each key how many rows a link leads to.
func (p *Provider) CountLinked(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any, q domain.Query) (map[any]int64, error) {
	if _, err := p.prepared(p.fillLinked(ctx, tenant, l, keys)); err != nil {
		return nil, err
	}
	return p.mirror.CountLinked(ctx, tenant, l, keys, q)
}

// prepared splits the outcome of a fill: an outage is no error for lists, the mirror answers and its rows are marked.
func (p *Provider) prepared(err error) (stale, fatal error) {
	if err != nil && outage(err) {
		p.cfg.Logger.Warn("answering from the mirror alone", "cause", err)
		return err, nil
	}
	return nil, err
}

// mark notes on rows how they were come by and when they were last confirmed.
func (p *Provider) mark(tenant domain.TenantID, stale error, rows ...domain.Entity) {
	for _, row := range rows {
		r := row.Base()
		if stale != nil {
			r.Source = domain.SourceFallback
			continue
		}
		if at := p.states.seen(tenant, r.Kind()).CompleteAt; at.After(r.FetchedAt) {
			r.FetchedAt = at // the last complete copy saw the row, and found it unchanged
		}
	}
}

// fetch brings records by id into the mirror, each with at most one request under way.
func (p *Provider) fetch(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) error {
	if !k.API.IDs && (!k.API.Get || len(ids) > 1) {
		if k.API.Since {
			return nil // contacts come with their owners, never by id
		}
		return p.fillLists(ctx, tenant, k, []url.Values{{}}) // small kinds without `ids` are read whole
	}
	keys := make([]flightKey, len(ids))
	for i, id := range ids {
		keys[i] = flightKey{tenant: tenant, kind: k, id: id}
	}
	return p.share(ctx, keys, func(ctx context.Context, mine []flightKey) {
		for len(mine) > 0 {
			n := min(len(mine), domain.MaxIDs)
			p.flights.land(mine[:n], p.fetchChunk(ctx, tenant, k, mine[:n]))
			mine = mine[n:]
		}
	})
}

func (p *Provider) fetchChunk(ctx context.Context, tenant domain.TenantID, k *domain.Kind, keys []flightKey) error {
	if !k.API.IDs {
		return p.fetchOne(ctx, tenant, k, keys[0].id)
	}
	q := url.Values{}
	ids := make([]any, len(keys))
	for i, key := range keys {
		ids[i] = key.id
	}
	q.Set("ids", joined(ids))
	return p.crawl(ctx, tenant, k, q)
}

// lacking returns the ids that no row has.
func lacking(ids []int64, rows []domain.Entity) []int64 {
	have := make(map[int64]bool, len(rows))
	for _, row := range rows {
		have[row.Base().STID] = true
	}
	var out []int64
	for _, id := range ids {
		if !have[id] {
			have[id] = true
			out = append(out, id)
		}
	}
	return out
}
