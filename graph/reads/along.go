package reads

import (
	"context"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers"
	"lazilabs.com/lazi/internal/table"
)

// What hangs on few rows goes along with them: one statement for the object that a screen shows, or for a short list. It saves round
// trips, and its rows cost more than they do by themselves: for ten customers and what they have, all in all 230 rows, it is worth it,
// for twenty no longer (decision 3).
const (
	// maxFirst is how many keys a question has at most that takes others along, or rows where it has none, one of them to show that
	// there are more.
	maxFirst = 10 + 1
	// maxAbove is how many rows there may be above a question that goes along, as far as can be guessed.
	maxAbove = 250
	// maxTree is how many questions go together at most: Postgres' work on a statement grows faster than their number.
	maxTree = 16
)

// guess returns how many rows a number of keys may lead to: two each where nobody asks for a larger page than the usual one.
func guess(a *table.Ask, keys int) int {
	switch {
	case a.ByID:
		return keys
	case a.Link == nil:
		return a.Query.Limit
	case a.Query.Limit > domain.DefaultPage+1:
		return keys * a.Query.Limit
	}
	return 2 * keys
}

// begins tells whether a question takes those below it along.
func begins(a *table.Ask) bool {
	if a.ByID || a.Link != nil {
		return goes(a) && a.Keys.Len() <= maxFirst && len(a.Keys.Names) == 0
	}
	return goes(a) && 0 < a.Query.Limit && a.Query.Limit <= maxFirst
}

// goes tells whether a question may stand in one statement with others. A list with more conditions than the flags that every list has
// may not: Postgres plans it anew for what they ask for, and planning takes the longer the more goes along.
func goes(a *table.Ask) bool { return a.Query.FlagsOnly() }

// along adds to a question those below it that the same provider answers, as long as few rows are expected above them and there is
// room. It returns how much room is left. The others are asked in their turn.
func (r *run) along(ctx context.Context, f *fetch, who providers.Answerer, keys, room int) (left int, err error) {
	a := &r.asks[f.number]
	a.Below = a.Below[:0]
	rows := guess(a, keys)
	if a.Count || rows > maxAbove {
		return room, nil
	}
	for _, below := range f.next {
		answerer, err := r.sources.Answerer(ctx, r.tenant, below.kind.Domain)
		if err != nil {
			return 0, err
		}
		if answerer != who || below.keys[0].names || room == 0 {
			continue
		}
		if err := r.prepare(below); err != nil {
			return 0, err
		}
		b := &r.asks[below.number]
		if !goes(b) {
			continue
		}
		for _, k := range below.keys {
			b.KeyColumns = append(b.KeyColumns, k.column)
		}
		a.Below = append(a.Below, b)
		if room, err = r.along(ctx, below, who, rows, room-1); err != nil {
			return 0, err
		}
	}
	return room, nil
}
