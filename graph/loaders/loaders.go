// Package loaders batches what the fields of one operation ask for, so that each level of a nested query costs one call
// to a provider whatever its fan-out.
//
// Rows that were read together stay together: they form a group. The first field that follows a link from one row of a
// group loads the link for all rows of the group in one batch, because GraphQL will ask every one of them for the same
// field. So a batch is complete without waiting for a timer, and the number of statements does not depend on how
// goroutines are scheduled. The batching, caching and handing out by key is dataloader's.
package loaders

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers"
)

// Sources is where loaders get rows from.
type Sources interface {
	// Reader returns the provider of an area for a tenant.
	Reader(ctx context.Context, tenant domain.TenantID, area domain.Area) (providers.Reader, error)
	// Answerer returns the provider of an area for a tenant, for questions about columns.
	Answerer(ctx context.Context, tenant domain.TenantID, area domain.Area) (providers.Answerer, error)
	// CustomerSearcher returns who searches customers for a tenant.
	CustomerSearcher(ctx context.Context, tenant domain.TenantID) (providers.CustomerSearcher, error)
	// Tenant returns a company's settings.
	Tenant(ctx context.Context, id domain.TenantID) (domain.Tenant, error)
}

// Loaders serve one operation of one tenant. They cache, so they must not live longer.
type Loaders struct {
	sources Sources
	tenant  domain.TenantID
	now     time.Time
	// onlyIDs tells that it is enough to name rows that are shown.
	onlyIDs bool

	mu     sync.Mutex
	groups map[domain.Entity]*group
}

// New makes the loaders of one operation that began at the given time.
func New(sources Sources, tenant domain.TenantID, now time.Time) *Loaders {
	return &Loaders{sources: sources, tenant: tenant, now: now, groups: map[domain.Entity]*group{}}
}

// OnlyIDs makes loaders for who shows rows himself.
func (l *Loaders) OnlyIDs() *Loaders {
	l.onlyIDs = true
	return l
}

type contextKey struct{}

// With returns a context that carries the operation's loaders.
func With(ctx context.Context, l *Loaders) context.Context {
	return context.WithValue(ctx, contextKey{}, l)
}

// errNoLoaders is a mistake in the wiring: every operation has loaders.
var errNoLoaders = errors.New("loaders: the operation has none")

func from(ctx context.Context) (*Loaders, error) {
	l, ok := ctx.Value(contextKey{}).(*Loaders)
	if !ok {
		return nil, errNoLoaders
	}
	return l, nil
}

// Now is when the operation began: ages in one answer agree.
func Now(ctx context.Context) time.Time {
	l, err := from(ctx)
	if err != nil {
		return time.Time{}
	}
	return l.now
}

// Tenant returns the settings of the operation's company.
func Tenant(ctx context.Context) (domain.Tenant, error) {
	l, err := from(ctx)
	if err != nil {
		return domain.Tenant{}, err
	}
	return l.sources.Tenant(ctx, l.tenant)
}

func (l *Loaders) reader(ctx context.Context, k *domain.Kind) (providers.Reader, error) {
	return l.sources.Reader(ctx, l.tenant, k.Domain)
}

// group is a set of rows of one kind that were read together.
type group struct {
	rows []domain.Entity

	mu      sync.Mutex
	loaders map[any]any
}

// together makes a group of rows that were just read.
func (l *Loaders) together(rows []domain.Entity) {
	g := &group{rows: rows, loaders: map[any]any{}}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, row := range rows {
		l.groups[row] = g
	}
}

func (l *Loaders) groupOf(row domain.Entity) *group {
	l.mu.Lock()
	defer l.mu.Unlock()
	g, ok := l.groups[row]
	if !ok { // a row that came alone, such as the object of a mutation
		g = &group{rows: []domain.Entity{row}, loaders: map[any]any{}}
		l.groups[row] = g
	}
	return g
}

// straggle is how long a batch waits for keys that do not come. A group asks for all its keys at once and its batch
// leaves when the last one is in, so this only bounds the damage of a mistake.
const straggle = time.Second

// batch fetches values for keys, in one call. A key that is absent from the result has the zero value.
type batch[V any] func(ctx context.Context, keys []any) (map[any]V, error)

// loader returns the group's loader with the given name. It is made when the first row asks, and then loads for all
// rows of the group at once.
func loader[V any](ctx context.Context, g *group, name any, keysOf func(domain.Entity) []any, fetch batch[V]) *dataloader.Loader[any, V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l, ok := g.loaders[name]; ok {
		return l.(*dataloader.Loader[any, V])
	}
	keys := distinct(g.rows, keysOf)
	l := dataloader.NewBatchedLoader(places(fetch), dataloader.WithBatchCapacity[any, V](max(len(keys), 1)),
		dataloader.WithWait[any, V](straggle))
	for _, k := range keys {
		l.Load(ctx, k)
	}
	g.loaders[name] = l
	return l
}

func distinct(rows []domain.Entity, keysOf func(domain.Entity) []any) []any {
	seen := map[any]bool{}
	var keys []any
	for _, row := range rows {
		for _, k := range keysOf(row) {
			if !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// places puts values and errors where their keys stand. A key that has a value has no error, even when another of the
// batch has.
func places[V any](fetch batch[V]) dataloader.BatchFunc[any, V] {
	return func(ctx context.Context, keys []any) []*dataloader.Result[V] {
		values, err := fetch(ctx, keys)
		out := make([]*dataloader.Result[V], len(keys))
		for i, k := range keys {
			v, ok := values[k]
			out[i] = &dataloader.Result[V]{Data: v}
			if !ok {
				out[i].Error = err
			}
		}
		return out
	}
}
