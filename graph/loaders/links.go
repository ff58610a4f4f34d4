package loaders

import (
	"context"
	"fmt"

	"github.com/graph-gophers/dataloader/v7"

	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/domain"
)

// One follows a link to at most one row. It returns nil when the link leads nowhere.
func One[P, C any](ctx context.Context, link domain.ToOne[P, C], obj *P) (*C, error) {
	rows, err := follow[C](ctx, link.Link, any(obj).(domain.Entity))
	if len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// All follows a link to all its rows: for lists that are short by nature. Rows that a column lists by id come in the
// column's order, without those that do not exist.
func All[P, C any](ctx context.Context, link domain.ToMany[P, C], obj *P) ([]*C, error) {
	rows, err := follow[C](ctx, link.Link, any(obj).(domain.Entity))
	if rows == nil {
		rows = []*C{}
	}
	return rows, err
}

func follow[C any](ctx context.Context, link *domain.Link, row domain.Entity) ([]*C, error) {
	l, err := from(ctx)
	if err != nil {
		return nil, err
	}
	keys := link.Keys(row)
	if len(keys) == 0 {
		return nil, nil
	}
	found, err := l.rows(ctx, link, row, keys)
	out := make([]*C, len(found))
	for i, f := range found {
		out[i] = any(f).(*C)
	}
	return out, err
}

// rows loads the rows that keys lead to, for the whole group of the row that asks. Rows named by id are loaded for all
// columns that name rows of their kind, so that a level costs one statement for each kind, not for each field.
func (l *Loaders) rows(ctx context.Context, link *domain.Link, row domain.Entity, keys []any) ([]domain.Entity, error) {
	var load *dataloader.Loader[any, []domain.Entity]
	if link.ByID() {
		keysOf := func(row domain.Entity) []any { return domain.KeysOf(row, link.To) }
		load = loader(ctx, l.groupOf(row), link.To, keysOf, func(ctx context.Context, keys []any) (map[any][]domain.Entity, error) {
			return l.byID(ctx, link.To, keys)
		})
	} else {
		load = loader(ctx, l.groupOf(row), link, link.Keys, func(ctx context.Context, keys []any) (map[any][]domain.Entity, error) {
			return l.linked(ctx, link, keys, nil)
		})
	}
	var out []domain.Entity
	for _, key := range keys {
		found, err := load.Load(ctx, key)()
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// byID fetches rows by their ids and keeps them together.
func (l *Loaders) byID(ctx context.Context, k *domain.Kind, keys []any) (map[any][]domain.Entity, error) {
	r, err := l.reader(ctx, k)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(keys))
	for i, key := range keys {
		ids[i] = key.(int64)
	}
	rows, err := r.ByIDs(ctx, l.tenant, k, ids)
	l.together(rows)
	byKey := make(map[any][]domain.Entity, len(rows))
	for _, row := range rows {
		byKey[row.Base().STID] = []domain.Entity{row}
	}
	return byKey, err
}

// linked fetches the rows that keys lead to, all of them or a page for each key, and keeps them together.
func (l *Loaders) linked(ctx context.Context, link *domain.Link, keys []any, plan *paging.Plan) (map[any][]domain.Entity, error) {
	r, err := l.reader(ctx, link.To)
	if err != nil {
		return nil, err
	}
	var q domain.Query
	if plan != nil {
		q = plan.Query
	}
	byKey, err := r.Linked(ctx, l.tenant, link, keys, q)
	var all []domain.Entity
	for _, key := range keys {
		rows := byKey[key]
		if plan != nil {
			rows, _ = plan.Page(rows)
		}
		all = append(all, rows...)
	}
	l.together(all)
	return byKey, err
}

// pageName and countName tell a group's loaders apart: the same link with other arguments is another list.
type pageName struct {
	link *domain.Link
	plan string
}

type countName pageName

// Page follows a link to a page of its rows. Nothing is read before the page's members are asked for.
func Page[P, C any](ctx context.Context, link domain.ToMany[P, C], obj *P, args paging.Args) (*paging.Connection[C], error) {
	l, err := from(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := paging.NewPlan(link.To, link.Name(), args)
	if err != nil {
		return nil, err
	}
	row := any(obj).(domain.Entity)
	keys := link.Keys(row)
	if len(keys) == 0 { // a team without a name has no technicians
		return paging.NewConnection[C](plan, func() ([]domain.Entity, error) { return nil, nil }, func() (int64, error) { return 0, nil }), nil
	}
	name := pageName{link.Link, fmt.Sprintf("%x %+v", plan.Hash, page(plan.Query))}
	return paging.NewConnection[C](plan, func() ([]domain.Entity, error) {
		return loader(ctx, l.groupOf(row), name, link.Keys, func(ctx context.Context, keys []any) (map[any][]domain.Entity, error) {
			return l.linked(ctx, link.Link, keys, plan)
		}).Load(ctx, keys[0])()
	}, func() (int64, error) {
		return loader(ctx, l.groupOf(row), countName(name), link.Keys, func(ctx context.Context, keys []any) (map[any]int64, error) {
			r, err := l.reader(ctx, link.To)
			if err != nil {
				return nil, err
			}
			return r.CountLinked(ctx, l.tenant, link.Link, keys, plan.Query)
		}).Load(ctx, keys[0])()
	}), nil
}

// page names the part of a query that a plan's hash leaves out.
func page(q domain.Query) string {
	at := domain.Position{}
	if q.After != nil {
		at = *q.After
	}
	value := ""
	if at.Value != nil {
		value = *at.Value
	}
	return fmt.Sprint(q.Limit, q.Backward, at.ID, at.Value == nil, value)
}

// Beside loads what is kept beside rows, by their ids, for the whole group of the row that asks. The name tells one such thing
// from another.
func Beside[V any](ctx context.Context, row domain.Entity, name string, fetch func(ctx context.Context, tenant domain.TenantID, ids []int64) (map[int64]V, error)) (V, error) {
	var none V
	l, err := from(ctx)
	if err != nil {
		return none, err
	}
	idOf := func(row domain.Entity) []any { return []any{row.Base().STID} }
	load := loader(ctx, l.groupOf(row), name, idOf, func(ctx context.Context, keys []any) (map[any]V, error) {
		ids := make([]int64, len(keys))
		for i, key := range keys {
			ids[i] = key.(int64)
		}
		found, err := fetch(ctx, l.tenant, ids)
		byKey := make(map[any]V, len(found))
		for id, v := range found {
			byKey[id] = v
		}
		return byKey, err
	})
	return load.Load(ctx, row.Base().STID)()
}
