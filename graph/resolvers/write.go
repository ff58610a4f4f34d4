package resolvers

import (
	"context"
	"crypto/rand"
	"maps"
	"time"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// longestKey is how many bytes an idempotency key may have, and longestReason a reason.
const (
	longestKey    = 255
	longestReason = 1000
)

// write makes the change that a mutation asks for, and shows the records as they are afterwards.
func write[T any](ctx context.Context, r *Resolver, act *domain.Act, input map[string]any) (*model.Payload[T], error) {
	tenant, err := tenantOf(ctx)
	if err != nil {
		return nil, err
	}
	wish, wrong := r.wish(ctx, act, input)
	if len(wrong) > 0 {
		return &model.Payload[T]{UserErrors: wrong}, nil
	}
	changer, err := r.Writes.Changer(ctx, tenant, act.Of().Domain)
	if err != nil {
		return nil, err
	}
	outcome, err := changer.Change(ctx, tenant, wish)
	if err != nil {
		return nil, err
	}
	p := &model.Payload[T]{UserErrors: []*model.UserError{}}
	for _, problem := range outcome.Problems {
		p.UserErrors = append(p.UserErrors, problemOf(problem))
	}
	if act.Removes && outcome.Done() && !wish.DryRun {
		return p, nil
	}
	for _, id := range outcome.IDs {
		row, err := loaders.Get(ctx, domain.Of[T]{Kind: act.Of()}, id)
		if err != nil {
			return p, err
		}
		if row != nil {
			p.Rows = append(p.Rows, row)
		}
	}
	return p, nil
}

func problemOf(p domain.Problem) *model.UserError {
	e := &model.UserError{Code: string(p.Code), Message: p.Message, Field: []string{"input"}}
	if p.Field != "" {
		e.Field = append(e.Field, p.Field)
	}
	return e
}

// wish takes what says how the change is to be made out of an input; the rest is what is to be changed.
func (r *Resolver) wish(ctx context.Context, act *domain.Act, input map[string]any) (domain.Request, []*model.UserError) {
	id, _ := auth.FromContext(ctx) // operations without one are refused
	c := domain.Request{Act: act, Input: maps.Clone(input), Subject: id.Subject, Role: string(id.Role), Key: rand.Text()}
	if key, given := take[string](c.Input, "idempotencyKey"); given {
		if key == "" || len(key) > longestKey {
			return c, []*model.UserError{userError(codeInvalid, "idempotencyKey", "a key has 1 to %d bytes", longestKey)}
		}
		c.Key = key
	}
	if version, given := take[time.Time](c.Input, "expectedVersion"); given {
		c.ExpectedVersion = &version
	}
	c.DryRun, _ = take[bool](c.Input, "dryRun")
	c.AllowConflict, _ = take[bool](c.Input, "allowConflict")
	c.Note, _ = take[string](c.Input, "reason")
	switch {
	case len(c.Note) > longestReason:
		return c, []*model.UserError{userError(codeInvalid, "reason", "a reason has at most %d bytes", longestReason)}
	case c.AllowConflict && !id.Role.Can(auth.AppointmentsOverbook):
		return c, []*model.UserError{userError(codeForbidden, "allowConflict", "it takes the permission %s", auth.AppointmentsOverbook)}
	case c.AllowConflict && c.Note == "":
		return c, []*model.UserError{userError(codeRequired, "reason", "say why technicians are booked who are busy")}
	}
	return c, nil
}

// take takes a member out of an input. One that is null counts as left out.
func take[T any](input map[string]any, name string) (v T, given bool) {
	raw := input[name]
	delete(input, name)
	switch x := raw.(type) {
	case *T:
		if x != nil {
			return *x, true
		}
	case T:
		return x, true
	}
	return v, false
}
