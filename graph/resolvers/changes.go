package resolvers

import (
	"context"
	"iter"

	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/internal/changes"
	"lazilabs.com/lazi/internal/domain"
)

// follow begins a subscription to a tenant's kinds. Since is a client's token, nil for from now on.
func (r *Resolver) follow(ctx context.Context, since *string, kinds ...*domain.Kind) (iter.Seq2[changes.Event, error], error) {
	tenant, err := tenantOf(ctx)
	if err != nil {
		return nil, err
	}
	var after *domain.Place
	if since != nil {
		place, err := domain.ParsePlace(*since)
		if err != nil {
			return nil, err
		}
		after = &place
	}
	return r.Changes.Follow(ctx, tenant, kinds, after)
}

// send sends what tell makes of each event, until the context or the events end. Tell makes nil of what is not told.
func send[T any](ctx context.Context, events iter.Seq2[changes.Event, error], tell func(context.Context, changes.Event) (*T, error)) <-chan *T {
	out := make(chan *T)
	go func() {
		defer close(out)
		for e, err := range events {
			var told *T
			if err == nil {
				told, err = tell(ctx, e)
			}
			if err != nil {
				endWith(ctx, err)
				return
			}
			if told == nil {
				continue
			}
			select {
			case out <- told:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// sendRecords sends the events of a kind's records, of all when ids is nil.
func sendRecords[T any](ctx context.Context, r *Resolver, k *domain.Kind, ids []*domain.GlobalID, since *string,
	tell func(changes.Event, domain.Entity) *T,
) (<-chan *T, error) {
	wanted, err := idsOf(k, ids)
	if err != nil {
		return nil, err
	}
	events, err := r.follow(ctx, since, k)
	if err != nil {
		return nil, err
	}
	seen := newSight(ctx)
	return send(ctx, events, func(ctx context.Context, e changes.Event) (*T, error) {
		if wanted != nil && !wanted[e.ID()] {
			return nil, nil
		}
		row, err := e.Row(ctx)
		if err != nil || !seen.tells(e, row) {
			return nil, err
		}
		return tell(e, row), nil
	}), nil
}

// idsOf returns ServiceTitan's ids of a kind's global ids, nil for those that were left out. The error is domain.ErrInvalid for
// an empty list and for ids of another kind.
func idsOf(k *domain.Kind, ids []*domain.GlobalID) (map[int64]bool, error) {
	if ids == nil {
		return nil, nil
	}
	if len(ids) == 0 {
		return nil, domain.Invalid("ids", emptyList)
	}
	out := make(map[int64]bool, len(ids))
	for _, id := range ids {
		if id.Kind != k.Name {
			return nil, domain.Invalid("ids", "this is the id of a %s, not of a %s", id.Kind, k.Name)
		}
		out[id.ID] = true
	}
	return out, nil
}

// sight is what a caller who does not see all rows has seen in a subscription: of the end of others he is not told. It is nil
// for who sees all.
type sight map[int64]bool

func newSight(ctx context.Context) sight {
	if _, limited := domain.OwnRowsOf(ctx); limited {
		return sight{}
	}
	return nil
}

// tells tells whether the caller may know of an event, whose row is nil when it is gone or not his to see.
func (s sight) tells(e changes.Event, row domain.Entity) bool {
	if s == nil {
		return true
	}
	if row != nil {
		s[e.ID()] = true
	}
	return row != nil || e.Op() == domain.ChangeDelete && s[e.ID()]
}

func changeKind(op domain.ChangeOp) model.ChangeKind {
	switch op {
	case domain.ChangeInsert:
		return model.ChangeKindCreated
	case domain.ChangeDelete:
		return model.ChangeKindDeleted
	case domain.ChangeUpdate:
	}
	return model.ChangeKindUpdated
}

func globalID(e changes.Event) domain.GlobalID { return domain.GlobalID{Kind: e.Kind(), ID: e.ID()} }

func appointmentChange(e changes.Event, row domain.Entity) *model.AppointmentChange {
	appointment, _ := row.(*domain.Appointment)
	return &model.AppointmentChange{
		Kind: changeKind(e.Op()), ID: globalID(e), Appointment: appointment, ChangedFields: e.Fields(), At: e.At(), ResumeToken: e.Place().String(),
	}
}

func jobChange(e changes.Event, row domain.Entity) *model.JobChange {
	job, _ := row.(*domain.Job)
	return &model.JobChange{
		Kind: changeKind(e.Op()), ID: globalID(e), Job: job, ChangedFields: e.Fields(), At: e.At(), ResumeToken: e.Place().String(),
	}
}

func customerChange(e changes.Event, row domain.Entity) *model.CustomerChange {
	customer, _ := row.(*domain.Customer)
	return &model.CustomerChange{
		Kind: changeKind(e.Op()), ID: globalID(e), Customer: customer, ChangedFields: e.Fields(), At: e.At(), ResumeToken: e.Place().String(),
	}
}
