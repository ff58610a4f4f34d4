package reads

import (
	"context"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers"
	"lazilabs.com/lazi/internal/table"
)

// maxAlong is how many rows a question has at most, or keys to begin with, for all below it to go along: one statement for the object
// that a screen shows, or for a short list. What goes along saves round trips, and its rows cost more than they do by themselves:
// with ten customers and what they have, all in all 230 rows, it is worth it, with twenty no longer (decision 3). One more is read
// where it is shown whether there are more.
const maxAlong = 10 + 1

// begins tells whether those below a question go along. A list with conditions stands alone: Postgres plans it anew for what
// they ask for, and planning takes the longer the more goes along.
func begins(a *table.Ask) bool {
	switch {
	case a.Count:
		return false
	case a.ByID, a.Link != nil:
		return a.Keys.Len() <= maxAlong
	}
	return 0 < a.Query.Limit && a.Query.Limit <= maxAlong && plain(a.Query.Where)
}

// plain tells that conditions are no more than the flags that every list has.
func plain(conditions []domain.Condition) bool {
	for _, c := range conditions {
		if _, flag := c.Value.(bool); !flag || c.Op != domain.OpIs {
			return false
		}
	}
	return true
}

// along adds to a question all below it that the same provider answers. The others are asked in their turn.
func (r *run) along(ctx context.Context, f *fetch, who providers.Answerer) error {
	a := &r.asks[f.number]
	a.Below = a.Below[:0]
	for _, below := range f.next {
		if below.keys[0].names {
			continue
		}
		answerer, err := r.sources.Answerer(ctx, r.tenant, below.kind.Domain)
		if err != nil {
			return err
		}
		if answerer != who {
			continue
		}
		if err := r.prepare(below); err != nil {
			return err
		}
		b := &r.asks[below.number]
		for _, k := range below.keys {
			b.Above = append(b.Above, k.column)
		}
		a.Below = append(a.Below, b)
		if err := r.along(ctx, below, who); err != nil {
			return err
		}
	}
	return nil
}
