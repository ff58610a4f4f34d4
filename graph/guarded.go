package graph

import (
	"context"
	"fmt"

	"lazilabs.com/lazi/graph/access"
	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers"
	"lazilabs.com/lazi/internal/table"
)

// guarded hides the areas that the caller's role may not read. Operations that name a field of one are refused before they
// start; what is left are rows that are named by nothing but their id, as by `node` and `_entities`, which are not found.
type guarded struct {
	loaders.Sources
	rules *access.Rules
	kinds map[domain.Area]string // a kind of each: those of one area take the same permission
}

func guard(s loaders.Sources, rules *access.Rules) guarded {
	g := guarded{s, rules, map[domain.Area]string{}}
	for _, k := range domain.Kinds() {
		g.kinds[k.Domain] = k.Name
	}
	return g
}

func (g guarded) hides(ctx context.Context, area domain.Area) bool {
	id, ok := auth.FromContext(ctx)
	return !ok || !g.rules.MayRead(id.Role, g.kinds[area])
}

// Reader implements loaders.Sources.
func (g guarded) Reader(ctx context.Context, tenant domain.TenantID, area domain.Area) (providers.Reader, error) {
	if g.hides(ctx, area) {
		return hidden{}, nil
	}
	return g.Sources.Reader(ctx, tenant, area)
}

// Answerer implements loaders.Sources.
func (g guarded) Answerer(ctx context.Context, tenant domain.TenantID, area domain.Area) (providers.Answerer, error) {
	if g.hides(ctx, area) {
		return hidden{}, nil
	}
	return g.Sources.Answerer(ctx, tenant, area)
}

// hidden is an area without rows. Nobody should get to ask it for anything but rows by id.
type hidden struct{}

func forbidden(what string) error { return fmt.Errorf("graph: %s: %w", what, domain.ErrForbidden) }

// ByIDs finds nothing.
func (hidden) ByIDs(context.Context, domain.TenantID, *domain.Kind, []int64) ([]domain.Entity, error) {
	return nil, nil
}

// List refuses.
func (hidden) List(_ context.Context, _ domain.TenantID, k *domain.Kind, _ domain.Query) ([]domain.Entity, error) {
	return nil, forbidden(k.Name)
}

// Count refuses.
func (hidden) Count(_ context.Context, _ domain.TenantID, k *domain.Kind, _ domain.Query) (int64, error) {
	return 0, forbidden(k.Name)
}

// Linked refuses.
func (hidden) Linked(_ context.Context, _ domain.TenantID, l *domain.Link, _ []any, _ domain.Query) (map[any][]domain.Entity, error) {
	return nil, forbidden(l.Name())
}

// CountLinked refuses.
func (hidden) CountLinked(_ context.Context, _ domain.TenantID, l *domain.Link, _ []any, _ domain.Query) (map[any]int64, error) {
	return nil, forbidden(l.Name())
}

// Answer finds nothing by id and refuses the rest.
func (hidden) Answer(_ context.Context, _ domain.TenantID, asks []*table.Ask) error {
	for _, a := range asks {
		if !a.ByID {
			return forbidden(a.Kind.Name)
		}
		a.Reset()
	}
	return nil
}
