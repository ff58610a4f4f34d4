package loaders

import (
	"context"
	"fmt"
	"strings"

	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// MaxNodes is how many objects `nodes` may ask for, and MaxEntities how many `_entities`.
const (
	MaxNodes    = 100
	MaxEntities = 500
)

// List returns a page of a whole kind. Nothing is read before the page's members are asked for.
func List[T any](ctx context.Context, k domain.Of[T], args paging.Args) (*paging.Connection[T], error) {
	l, err := from(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := paging.NewPlan(k.Kind, k.Name, args)
	if err != nil {
		return nil, err
	}
	return paging.NewConnection[T](plan, func() ([]domain.Entity, error) {
		r, err := l.reader(ctx, k.Kind)
		if err != nil {
			return nil, err
		}
		rows, err := r.List(ctx, l.tenant, k.Kind, plan.Query)
		page, _ := plan.Page(rows)
		l.together(page)
		return rows, err
	}, func() (int64, error) {
		r, err := l.reader(ctx, k.Kind)
		if err != nil {
			return 0, err
		}
		return r.Count(ctx, l.tenant, k.Kind, plan.Query)
	}), nil
}

// First returns the first row of a list, nil when it is empty.
func First[T any](ctx context.Context, k domain.Of[T], args paging.Args) (*T, error) {
	args.First = new(1)
	c, err := List(ctx, k, args)
	if err != nil {
		return nil, err
	}
	nodes, err := c.Nodes(ctx)
	if len(nodes) == 0 {
		return nil, err
	}
	return nodes[0], nil
}

// Get returns the row with a global id, nil when there is none. An id of another kind is bad input.
func Get[T any](ctx context.Context, k domain.Of[T], id domain.GlobalID) (*T, error) {
	if id.Kind != k.Name {
		return nil, domain.Invalid("id", "this is the id of a %s, not of a %s", id.Kind, k.Name)
	}
	row, err := Node(ctx, id)
	if row == nil {
		return nil, err
	}
	return any(row).(*T), nil
}

// Node returns the row with a global id, nil when there is none.
func Node(ctx context.Context, id domain.GlobalID) (domain.Entity, error) {
	rows, err := Nodes(ctx, []domain.GlobalID{id})
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// Nodes returns the rows with global ids in the order of the ids, nil where there is none: one call for each kind.
func Nodes(ctx context.Context, ids []domain.GlobalID) ([]domain.Entity, error) {
	l, err := from(ctx)
	if err != nil {
		return nil, err
	}
	if len(ids) > MaxNodes {
		return nil, domain.Invalid("ids", "%d ids, at most %d may be given", len(ids), MaxNodes)
	}
	keys := map[string][]any{}
	for _, id := range ids {
		keys[id.Kind] = append(keys[id.Kind], id.ID)
	}
	found := map[domain.GlobalID]domain.Entity{}
	for name, ids := range keys {
		k, ok := domain.KindByName(name)
		if !ok {
			return nil, fmt.Errorf("loaders: no kind %q: %w", name, domain.ErrInvalid)
		}
		rows, err := l.byID(ctx, k, ids)
		if err != nil && len(rows) < len(ids) {
			return nil, err
		}
		for _, row := range rows {
			found[row[0].Base().ID()] = row[0]
		}
	}
	out := make([]domain.Entity, len(ids))
	for i, id := range ids {
		out[i] = found[id]
	}
	return out, nil
}

// Entities resolves federation's representations, each named by a global id or by ServiceTitan's id, in order, nil
// where there is none: one call.
func Entities[T any](ctx context.Context, k domain.Of[T], n int, key func(i int) (*domain.GlobalID, *domain.BigInt)) ([]*T, error) {
	l, err := from(ctx)
	if err != nil {
		return nil, err
	}
	if n > MaxEntities {
		return nil, domain.Invalid("representations", "%d objects, at most %d may be asked for", n, MaxEntities)
	}
	ids := make([]int64, n)
	var keys []any
	for i := range n {
		switch global, external := key(i); {
		case global != nil && global.Kind != k.Name:
			return nil, domain.Invalid(fmt.Sprintf("representations[%d].id", i), "this is the id of a %s, not of a %s", global.Kind, k.Name)
		case global != nil:
			ids[i] = global.ID
		case external != nil:
			ids[i] = int64(*external)
		default:
			return nil, domain.Invalid(fmt.Sprintf("representations[%d]", i), "neither id nor externalId is given")
		}
		keys = append(keys, ids[i])
	}
	rows, err := l.byID(ctx, k.Kind, keys)
	out := make([]*T, n)
	for i, id := range ids {
		if row, ok := rows[id]; ok {
			out[i] = any(row[0]).(*T)
		} else if err != nil {
			return nil, err // this one may exist
		}
	}
	return out, nil
}

// SearchCustomers finds customers by a part of their name, phones or e-mail addresses, best match first.
func SearchCustomers(ctx context.Context, text string, first int) ([]*domain.CustomerMatch, error) {
	l, err := from(ctx)
	if err != nil {
		return nil, err
	}
	if first < 1 || first > domain.MaxPage {
		return nil, domain.Invalid("first", "%d is not between 1 and %d", first, domain.MaxPage)
	}
	if len([]rune(text)) < 2 || len(text) > 200 || strings.ContainsRune(text, 0) {
		return nil, domain.Invalid("query", "give 2 to 200 characters")
	}
	s, err := l.sources.CustomerSearcher(ctx, l.tenant)
	if err != nil {
		return nil, err
	}
	found, err := s.SearchCustomers(ctx, l.tenant, text, first)
	if err != nil {
		return nil, err
	}
	rows, out := make([]domain.Entity, len(found)), make([]*domain.CustomerMatch, len(found))
	for i := range found {
		rows[i], out[i] = found[i].Customer, &found[i]
	}
	l.together(rows)
	return out, nil
}

// mostWhole is how many rows a list may have that is read whole: a large company's fortnight.
const mostWhole = 50_000

// Whole returns all rows of a kind that a filter chooses, in the kind's own order: what a plan is made of.
func Whole[T any](ctx context.Context, k domain.Of[T], filter any) ([]*T, error) {
	l, err := from(ctx)
	if err != nil {
		return nil, err
	}
	where, err := domain.Conditions(filter)
	if err != nil {
		return nil, err
	}
	r, err := l.reader(ctx, k.Kind)
	if err != nil {
		return nil, err
	}
	rows, err := r.List(ctx, l.tenant, k.Kind, domain.Query{Where: where, Order: k.DefaultOrder, Limit: mostWhole + 1})
	if err != nil {
		return nil, err
	}
	if len(rows) > mostWhole {
		return nil, domain.Invalid("within", "more than %d %s: choose a shorter time", mostWhole, k.Plural())
	}
	l.together(rows)
	out := make([]*T, len(rows))
	for i, row := range rows {
		out[i] = any(row).(*T)
	}
	return out, nil
}

// Rows returns rows by id, by their ids.
func Rows[T any](ctx context.Context, k domain.Of[T], ids []int64) (map[int64]*T, error) {
	l, err := from(ctx)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	keys := make([]any, len(ids))
	for i, id := range ids {
		keys[i] = id
	}
	found, err := l.byID(ctx, k.Kind, keys)
	out := make(map[int64]*T, len(found))
	for id, rows := range found {
		out[id.(int64)] = any(rows[0]).(*T)
	}
	return out, err
}

// Shown is Rows for rows that are only shown. Who shows them himself gets rows that hold nothing but their ids.
func Shown[T any](ctx context.Context, k domain.Of[T], ids []int64) (map[int64]*T, error) {
	if l, err := from(ctx); err != nil || !l.onlyIDs {
		return Rows(ctx, k, ids)
	}
	out := make(map[int64]*T, len(ids))
	for _, id := range ids {
		row := k.New()
		row.Base().STID = id
		out[id] = any(row).(*T)
	}
	return out, nil
}

// Values returns columns of rows by id, in no order, behind the id: for who needs little of many rows.
func Values(ctx context.Context, k *domain.Kind, ids []int64, columns ...table.Column) (*table.Rows, error) {
	l, err := from(ctx)
	if err != nil || len(ids) == 0 {
		return &table.Rows{}, err
	}
	who, err := l.sources.Answerer(ctx, l.tenant, k.Domain)
	if err != nil {
		return nil, err
	}
	id, _ := k.Column("st_id")
	ask := &table.Ask{Kind: k, ByID: true, Keys: table.Keys{IDs: ids}, Columns: append([]table.Column{{Column: id}}, columns...)}
	err = who.Answer(ctx, l.tenant, []*table.Ask{ask})
	return &ask.Answer, err
}
