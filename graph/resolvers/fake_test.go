package resolvers_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers"
)

// fake holds rows of every kind and notes the queries it is asked. A link leads to all rows of its kind.
type fake struct {
	rows map[string][]domain.Entity

	mu      sync.Mutex
	queries []string
}

func (f *fake) note(what string, q domain.Query) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range q.Where {
		what += fmt.Sprintf(" %s %s %v", c.Column, c.Op, c.Value)
	}
	if q.Order != "" {
		what += " by " + q.Order
	}
	if q.Desc {
		what += " desc"
	}
	if q.Descendants {
		what += " with descendants"
	}
	f.queries = append(f.queries, what)
}

func (f *fake) Reader(context.Context, domain.TenantID, domain.Area) (providers.Reader, error) {
	return f, nil
}

func (*fake) Answerer(context.Context, domain.TenantID, domain.Area) (providers.Answerer, error) {
	return nil, errors.New("nobody asks")
}

func (f *fake) CustomerSearcher(context.Context, domain.TenantID) (providers.CustomerSearcher, error) {
	return f, nil
}

func (f *fake) Tenant(_ context.Context, id domain.TenantID) (domain.Tenant, error) {
	return domain.Tenant{ID: id, Currency: "USD"}, nil
}

func (f *fake) ByIDs(_ context.Context, _ domain.TenantID, k *domain.Kind, ids []int64) ([]domain.Entity, error) {
	var out []domain.Entity
	for _, row := range f.rows[k.Name] {
		for _, id := range ids {
			if row.Base().STID == id {
				out = append(out, row)
			}
		}
	}
	return out, nil
}

func (f *fake) List(_ context.Context, _ domain.TenantID, k *domain.Kind, q domain.Query) ([]domain.Entity, error) {
	f.note(k.Name, q)
	return f.rows[k.Name], nil
}

func (f *fake) Count(_ context.Context, _ domain.TenantID, k *domain.Kind, q domain.Query) (int64, error) {
	f.note("count "+k.Name, q)
	return int64(len(f.rows[k.Name])), nil
}

func (f *fake) Linked(
	_ context.Context, _ domain.TenantID, l *domain.Link, keys []any, q domain.Query,
) (map[any][]domain.Entity, error) {
	f.note(l.Name(), q)
	out := map[any][]domain.Entity{}
	for _, key := range keys {
		out[key] = f.rows[l.To.Name]
	}
	return out, nil
}

func (f *fake) CountLinked(
	_ context.Context, _ domain.TenantID, l *domain.Link, keys []any, q domain.Query,
) (map[any]int64, error) {
	f.note("count "+l.Name(), q)
	out := map[any]int64{}
	for _, key := range keys {
		out[key] = int64(len(f.rows[l.To.Name]))
	}
	return out, nil
}

func (f *fake) SearchCustomers(
	_ context.Context, _ domain.TenantID, text string, limit int,
) ([]domain.CustomerMatch, error) {
	f.note(fmt.Sprintf("search %s %d", text, limit), domain.Query{})
	found := f.rows["Customer"][0].(*domain.Customer)
	return []domain.CustomerMatch{{Customer: found, Field: "NAME", Score: 0.5}}, nil
}

// add stores a row and lets the caller fill it.
func add[T any](f *fake, k domain.Of[T], id int64, fill func(*T)) {
	row := k.New()
	row.Base().STID, row.Base().Active = id, true
	row.Base().FetchedAt, row.Base().Source = now.Add(-90e9), domain.SourceCache
	if fill != nil {
		fill(any(row).(*T))
	}
	f.rows[k.Name] = append(f.rows[k.Name], row)
}
