package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// Linked returns, for each key of a link, the rows that it leads to: one statement whatever the number of keys.
// The query's order, limit and position hold for each key's rows by themselves.
func (s *Store) Linked(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any, q domain.Query) (map[any][]domain.Entity, error) {
	st := about(tenant)
	array, err := typedKeys(keys)
	if err == nil {
		err = st.linked(l, array, q, s.columns.of(l.To))
	}
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", l.Name(), err)
	}
	out, err := s.collect(ctx, tenant, l, marked(keys), st)
	if err != nil {
		return nil, fmt.Errorf("store: %s (%d keys): %w", l.Name(), len(keys), err)
	}
	if q.Backward {
		for _, rows := range out {
			slices.Reverse(rows)
		}
	}
	return out, nil
}

// CountLinked returns, for each key of a link, how many rows it leads to.
func (s *Store) CountLinked(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any, q domain.Query) (map[any]int64, error) {
	st := about(tenant)
	array, err := typedKeys(keys)
	if err == nil {
		err = st.countLinked(l, array, q)
	}
	if err != nil {
		return nil, fmt.Errorf("store: count %s: %w", l.Name(), err)
	}
	rows, err := s.read(ctx, tenant, st.text.String(), st.args...)
	if err != nil {
		return nil, fmt.Errorf("store: count %s: %w", l.Name(), clean(err))
	}
	out, keyOf := make(map[any]int64, len(keys)), marked(keys)
	var mark, n int64
	if _, err := pgx.ForEachRow(rows, []any{&mark, &n}, func() error { out[keyOf(mark)] = n; return nil }); err != nil {
		return nil, fmt.Errorf("store: count %s: %w", l.Name(), clean(err))
	}
	return out, nil
}

// marked returns what turns a mark, see statement.keys, into the key.
func marked(keys []any) func(mark int64) any {
	if len(keys) > 0 {
		if _, names := keys[0].(string); names {
			return func(place int64) any { return keys[place] }
		}
	}
	return func(id int64) any { return id }
}

// linked writes the statement that follows a link from an array of keys. Its first column marks the row's key. Each key's rows come
// in order: a subquery with an order of its own is run as it stands, once for each key.
func (s *statement) linked(l *domain.Link, keys any, q domain.Query, columns string) error {
	col, desc := order(l.To, q)
	if joinsAll(l, q) {
		return s.throughAll(l, keys, q, columns)
	}
	if err := s.keys(l, keys, q.Descendants); err != nil {
		return err
	}
	s.add("SELECT p.mark, c.* FROM p CROSS JOIN LATERAL (SELECT ", columns, " FROM raw.", l.To.Table, " t WHERE ")
	if err := s.where(l.To, q.Where); err != nil {
		return err
	}
	s.joined(l, q.Descendants)
	s.afterWithNulls(col, desc, q.After)
	s.write(" ORDER BY ")
	s.orderBy(col, desc)
	s.limit(q.Limit)
	s.write(") c")
	return nil
}

// joinsAll tells that a link is followed to all rows over a table in between: by one join, where a subquery for each key
// would take half as long again. A row that is linked to a key twice then comes twice, one behind the other.
func joinsAll(l *domain.Link, q domain.Query) bool {
	return l.Via != nil && q.Limit == 0 && q.After == nil
}

func (s *statement) throughAll(l *domain.Link, keys any, q domain.Query, columns string) error {
	s.add("SELECT v.", l.Via.FromColumn, ", ", columns, " FROM raw.", l.Via.Kind.Table, " v JOIN raw.", l.To.Table, " t ON t.st_id = v.", l.Via.ToColumn,
		" WHERE v.tenant_id = ", tenantArg, " AND v.deleted_at IS NULL AND v.active AND v.", l.Via.FromColumn,
		" = ANY(", s.keyArray(keys), "::bigint[]) AND ")
	if err := s.where(l.To, q.Where); err != nil {
		return err
	}
	// Behind the key, for Postgres finds the rows by key: what is sorted nearly is sorted soon, and texts are compared within a key alone.
	s.write(" ORDER BY v." + l.Via.FromColumn + ", ")
	s.orderBy(order(l.To, q))
	return nil
}

// countLinked writes the statement that counts for each key, by its mark, the rows that a link leads to.
func (s *statement) countLinked(l *domain.Link, keys any, q domain.Query) error {
	if err := s.keys(l, keys, q.Descendants); err != nil {
		return err
	}
	s.write("SELECT p.mark, (SELECT count(*) FROM raw." + l.To.Table + " t WHERE ")
	if err := s.where(l.To, q.Where); err != nil {
		return err
	}
	s.joined(l, q.Descendants)
	s.write(") FROM p")
	return nil
}

// keys writes p(key, mark), one row for each key; with descendants also p.ids, the key and all below it in the tree. The mark of an id is
// the id, that of a name its place in the array.
func (s *statement) keys(l *domain.Link, keys any, descendants bool) error {
	u, array := "SELECT key, key AS mark FROM unnest(%s) AS u(key)", s.keyArray(keys)
	if _, names := keys.([]string); names {
		u = "SELECT key, ord - 1 AS mark FROM unnest(%s) WITH ORDINALITY AS u(key, ord)"
	}
	u = fmt.Sprintf(u, array)
	if !descendants {
		s.add("WITH p AS (", u, ") ")
		return nil
	}
	if l.Tree == nil {
		return domain.Invalid("includeDescendants", "%s form no tree", l.From.Plural())
	}
	s.add(`WITH RECURSIVE u AS (`, u, `),
 tree(key, mark, id) AS (SELECT key, mark, key FROM u UNION SELECT tree.key, tree.mark, d.st_id FROM tree JOIN raw.`, l.Tree.Kind.Table,
		` d ON d.tenant_id = `, tenantArg, ` AND d.deleted_at IS NULL AND d.`, l.Tree.Parent, ` = tree.id),
 p AS (SELECT key, mark, array_agg(id) AS ids FROM tree GROUP BY key, mark) `)
	return nil
}

// joined writes the condition on the rows t that p.key leads to.
func (s *statement) joined(l *domain.Link, descendants bool) {
	to, _ := l.To.Column(l.ToColumn)
	switch {
	case descendants:
		s.write(" AND t." + l.ToColumn + " && p.ids")
	case l.Via != nil:
		s.write(" AND t.st_id IN (SELECT v." + l.Via.ToColumn + " FROM raw." + l.Via.Kind.Table + " v WHERE v.tenant_id = " + tenantArg +
			" AND v.deleted_at IS NULL AND v.active AND v." + l.Via.FromColumn + " = p.key)")
	case to.Array():
		s.write(" AND t." + l.ToColumn + " @> ARRAY[p.key]")
	default:
		s.write(" AND t." + l.ToColumn + " = p.key")
	}
}

// collect groups rows by the key that their first column marks.
func (s *Store) collect(ctx context.Context, tenant domain.TenantID, l *domain.Link, keyOf func(int64) any, st *statement) (map[any][]domain.Entity, error) {
	rows, err := s.read(ctx, tenant, st.text.String(), st.args...)
	if err != nil {
		return nil, clean(err)
	}
	defer rows.Close()
	out := map[any][]domain.Entity{}
	for rows.Next() {
		row := l.To.New()
		row.Base().Source = domain.SourceCache
		var mark int64
		if err := rows.Scan(l.To.Fields(row, []any{&mark})...); err != nil {
			return nil, clean(err)
		}
		key := keyOf(mark)
		if known := out[key]; len(known) == 0 || known[len(known)-1].Base().STID != row.Base().STID {
			out[key] = append(known, row)
		}
	}
	return out, clean(rows.Err())
}

// typedKeys turns keys of one type into the slice that pgx sends as an array.
func typedKeys(keys []any) (any, error) {
	if len(keys) == 0 {
		return []int64{}, nil
	}
	switch keys[0].(type) {
	case int64:
		return typed[int64](keys)
	case string:
		return typed[string](keys)
	}
	return nil, fmt.Errorf("keys of type %T", keys[0])
}

func typed[T any](keys []any) ([]T, error) {
	out := make([]T, len(keys))
	for i, k := range keys {
		v, ok := k.(T)
		if !ok {
			return nil, fmt.Errorf("keys of mixed types")
		}
		out[i] = v
	}
	return out, nil
}
