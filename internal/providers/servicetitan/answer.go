package servicetitan

import (
	"context"

	"golang.org/x/sync/errgroup"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// Answer answers the questions of one level of a compiled read: it makes sure that the mirror can answer them, asks the
// mirror for all at once and fetches what was named by id and is missing. It answers in full or not at all. What is below them comes
// along where the mirror can answer it without more ado.
func (p *Provider) Answer(ctx context.Context, tenant domain.TenantID, asks []*table.Ask) error {
	stale, err := p.fillAsks(ctx, tenant, asks)
	if err != nil {
		return err
	}
	for _, a := range asks {
		if err := p.keepReady(ctx, tenant, a); err != nil {
			return err
		}
	}
	if err := p.mirror.Answer(ctx, tenant, asks); err != nil {
		return err
	}
	for i, a := range asks {
		for b := range a.Tree() {
			p.markAnswer(tenant, b, b == a && i < len(stale) && stale[i] != nil)
		}
		if !a.ByID || a.Answer.Len() == a.Keys.Len() {
			continue
		}
		if err := p.complement(ctx, tenant, a); err != nil {
			return err
		}
	}
	return nil
}

// keepReady leaves below a question only what the mirror can answer as it is.
func (p *Provider) keepReady(ctx context.Context, tenant domain.TenantID, a *table.Ask) error {
	kept := a.Below[:0]
	for _, b := range a.Below {
		ready, err := p.ready(ctx, tenant, b)
		if err == nil && ready {
			kept = append(kept, b)
			err = p.keepReady(ctx, tenant, b)
		}
		if err != nil {
			return err
		}
	}
	a.Below = kept
	return nil
}

// fillAsks makes sure that the mirror can answer. It returns for each question why the mirror may not be up to date; nil
// when it is for all of them, which costs nothing to find out.
func (p *Provider) fillAsks(ctx context.Context, tenant domain.TenantID, asks []*table.Ask) (stale []error, err error) {
	for _, a := range asks {
		ready, err := p.ready(ctx, tenant, a)
		if err != nil {
			return nil, err
		}
		if !ready {
			return p.fillTogether(ctx, tenant, asks)
		}
	}
	return nil, nil
}

func (p *Provider) fillTogether(ctx context.Context, tenant domain.TenantID, asks []*table.Ask) (stale []error, err error) {
	stale = make([]error, len(asks))
	var g errgroup.Group
	for i, a := range asks {
		if a.ByID {
			continue
		}
		g.Go(func() (err error) {
			stale[i], err = p.prepared(p.fillAsk(ctx, tenant, a))
			return err
		})
	}
	return stale, g.Wait()
}

// ready tells whether every kind that a question touches is mirrored whole. By id, the mirror is asked first.
func (p *Provider) ready(ctx context.Context, tenant domain.TenantID, a *table.Ask) (bool, error) {
	if a.ByID {
		return true, nil
	}
	if a.Link != nil && a.Link.Via != nil {
		if whole, err := p.complete(ctx, tenant, a.Link.Via.Kind); !whole || err != nil {
			return false, err
		}
	}
	for _, c := range a.Query.Where {
		if c.Via == nil {
			continue
		}
		if whole, err := p.complete(ctx, tenant, c.Via.Kind); !whole || err != nil {
			return false, err
		}
	}
	return p.complete(ctx, tenant, a.Kind)
}

func (p *Provider) fillAsk(ctx context.Context, tenant domain.TenantID, a *table.Ask) error {
	if a.Link != nil {
		return p.fillLinked(ctx, tenant, a.Link, a.Keys.Any())
	}
	return p.fillList(ctx, tenant, a.Kind, a.Query.Where)
}

// markAnswer notes on an answer how it was come by and when it was last confirmed.
func (p *Provider) markAnswer(tenant domain.TenantID, a *table.Ask, stale bool) {
	a.Answer.Source, a.Answer.Live = domain.SourceCache, a.Answer.Len()
	if stale {
		a.Answer.Source = domain.SourceFallback
		return
	}
	a.Answer.Confirmed = p.states.seen(tenant, a.Kind).CompleteAt
}

// complement fetches the rows named by id that the mirror lacks and adds those that exist.
func (p *Provider) complement(ctx context.Context, tenant domain.TenantID, a *table.Ask) error {
	missing, err := p.unmirrored(ctx, tenant, a.Kind, lackingIDs(a))
	if len(missing) == 0 || err != nil {
		return err
	}
	if err := p.fetch(ctx, tenant, a.Kind, missing); err != nil {
		return err
	}
	again := &table.Ask{Kind: a.Kind, ByID: true, Keys: table.Keys{IDs: missing}, Columns: a.Columns}
	if err := p.mirror.Answer(ctx, tenant, []*table.Ask{again}); err != nil {
		return err
	}
	if again.Answer.Len() > 0 {
		a.Answer.Append(&again.Answer)
		for _, b := range a.Below { // it knows nothing of these rows
			b.Reset()
		}
	}
	return p.noteAbsent(ctx, tenant, a.Kind, lackingIDs(again))
}

// lackingIDs returns the ids for which there is no row in the answer.
func lackingIDs(a *table.Ask) []int64 {
	have := make(map[int64]bool, a.Answer.Len())
	for row := range a.Answer.Len() {
		have[a.Answer.ID(row)] = true
	}
	var out []int64
	for _, id := range a.Keys.IDs {
		if !have[id] {
			out = append(out, id)
		}
	}
	return out
}
