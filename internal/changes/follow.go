package changes

import (
	"context"
	"iter"

	"lazilabs.com/lazi/internal/domain"
)

// replayPage is how many entries are read at once for a subscriber who comes back; each may hold thousands of ids.
const replayPage = 20

// Follow returns what happens to a tenant's records of kinds from now on, and before that, where since is given, what has
// happened behind that place: each event once, in order. The events end with the context, or with the error that kept them
// from going on: domain.ErrSlowConsumer for who does not keep up, domain.ErrUnavailable, or domain.ErrResumeExpired, which
// Follow itself returns when since is too old already. They can be ranged over once.
func (h *Hub) Follow(ctx context.Context, tenant domain.TenantID, kinds []*domain.Kind, since *domain.Place) (iter.Seq2[Event, error], error) {
	f := &following{hub: h, tenant: tenant}
	for _, k := range kinds {
		f.kinds = append(f.kinds, k.Name)
		f.topics = append(f.topics, topic{tenant, k.Name})
	}
	_, f.limited = domain.OwnRowsOf(ctx)
	if err := f.join(ctx); err != nil {
		return nil, err
	}
	if since != nil {
		f.place, f.behind = *since, true
		if err := f.readOn(ctx); err != nil {
			f.leave()
			return nil, err
		}
	}
	return func(yield func(Event, error) bool) {
		defer f.leave()
		if err := f.each(ctx, func(e Event) bool { return yield(e, nil) }); err != nil {
			yield(Event{}, err)
		}
	}, nil
}

// following is one subscription. What happened before it was asked for is read from the log, page by page, without a subscriber
// whose buffer would overflow meanwhile. The last page is read with one, so that it overlaps with what is handed out.
type following struct {
	hub        *Hub
	tenant     domain.TenantID
	kinds      []string
	topics     []topic
	limited    bool        // its caller does not see all rows
	subscriber *subscriber // nil while there is more to be read

	behind bool         // there may be more to be read
	place  domain.Place // up to where the log was read
	page   []domain.Change
}

func (f *following) join(ctx context.Context) (err error) {
	f.subscriber, err = f.hub.join(ctx, f.topics)
	return err
}

func (f *following) leave() {
	if f.subscriber != nil {
		f.hub.leave(f.subscriber)
		f.subscriber = nil
	}
}

// readOn reads a page. One that is read with a subscriber and not full is the last.
func (f *following) readOn(ctx context.Context) error {
	page, more, err := f.hub.cfg.Log.ReadTenantChanges(ctx, f.tenant, f.kinds, f.place, replayPage)
	if err != nil {
		return err
	}
	f.page = page
	if len(page) > 0 {
		f.place = page[len(page)-1].Place
	}
	switch {
	case more:
		f.leave()
	case f.subscriber != nil:
		f.behind = false
	default:
		return f.join(ctx)
	}
	return nil
}

// each calls tell for each event until it returns false, the context ends, or something is in the way.
func (f *following) each(ctx context.Context, tell func(Event) bool) error {
	for {
		for _, c := range f.page {
			for _, l := range f.hub.lots(c) {
				if ctx.Err() != nil || !f.events(l, true, tell) {
					return nil
				}
			}
		}
		if f.page = nil; !f.behind {
			return f.live(ctx, tell)
		}
		if err := f.readOn(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}

// live is each for what is handed out, without what was read.
func (f *following) live(ctx context.Context, tell func(Event) bool) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case l, ok := <-f.subscriber.lots:
			switch {
			case !ok:
				return f.subscriber.err
			case l.Place.Compare(f.place) > 0 && !f.events(l, false, tell):
				return nil
			}
		}
	}
}

// events tells the events of a lot.
func (f *following) events(l *lot, replayed bool, tell func(Event) bool) bool {
	seen := &l.all
	if f.limited {
		seen = &view{}
	}
	for i := range l.IDs {
		if !tell(Event{Replayed: replayed, lot: l, index: i, view: seen}) {
			return false
		}
	}
	return true
}
