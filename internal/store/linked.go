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
	var st statement
	col, desc := order(l.To, q)
	tenantArg, err := st.keys(tenant, l, keys, q.Descendants)
	if err != nil {
		return nil, err
	}
	st.write("SELECT p.key, c.* FROM p CROSS JOIN LATERAL (SELECT " + s.columns.of(l.To) + " FROM raw." + l.To.Table + " t WHERE ")
	if err := st.linked(tenantArg, l, q); err != nil {
		return nil, err
	}
	st.afterWithNulls(col, desc, q.After)
	st.write(" ORDER BY ")
	st.orderBy("t", col, desc)
	st.limit(q.Limit)
	st.write(") c ORDER BY p.ord, ")
	st.orderBy("c", col, desc)
	out, err := s.collect(ctx, l, &st)
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
	var st statement
	tenantArg, err := st.keys(tenant, l, keys, q.Descendants)
	if err != nil {
		return nil, err
	}
	st.write("SELECT p.key, (SELECT count(*) FROM raw." + l.To.Table + " t WHERE ")
	if err := st.linked(tenantArg, l, q); err != nil {
		return nil, err
	}
	st.write(") FROM p ORDER BY p.ord")
	rows, err := s.pool.Query(ctx, st.text.String(), st.args...)
	if err != nil {
		return nil, fmt.Errorf("store: count %s: %w", l.Name(), clean(err))
	}
	out := make(map[any]int64, len(keys))
	var key any
	var n int64
	if _, err := pgx.ForEachRow(rows, []any{&key, &n}, func() error { out[key] = n; return nil }); err != nil {
		return nil, fmt.Errorf("store: count %s: %w", l.Name(), clean(err))
	}
	return out, nil
}

// keys writes p(key, ord), one row for each key; with descendants also p.ids, the key and all below it in the tree.
func (s *statement) keys(tenant domain.TenantID, l *domain.Link, keys []any, descendants bool) (tenantArg string, err error) {
	tenantArg = s.bind(tenant)
	array, arrayType, err := keyArray(keys)
	if err != nil {
		return "", fmt.Errorf("store: %s: %w", l.Name(), err)
	}
	u := "SELECT * FROM unnest(?::" + arrayType + ") WITH ORDINALITY AS u(key, ord)"
	if !descendants {
		s.write("WITH p AS ("+u+") ", array)
		return tenantArg, nil
	}
	if l.Tree == nil {
		return "", domain.Invalid("includeDescendants", "%s form no tree", l.From.Plural())
	}
	s.write(`WITH RECURSIVE u AS (`+u+`),
 tree(key, ord, id) AS (SELECT key, ord, key FROM u UNION SELECT tree.key, tree.ord, d.st_id FROM tree JOIN raw.`+l.Tree.Kind.Table+
		` d ON d.tenant_id = `+tenantArg+` AND d.deleted_at IS NULL AND d.`+l.Tree.Parent+` = tree.id),
 p AS (SELECT key, ord, array_agg(id) AS ids FROM tree GROUP BY key, ord) `, array)
	return tenantArg, nil
}

// linked writes the conditions on the rows t that p.key leads to.
func (s *statement) linked(tenantArg string, l *domain.Link, q domain.Query) error {
	if err := s.where(l.To, tenantArg, q.Where); err != nil {
		return err
	}
	to, _ := l.To.Column(l.ToColumn)
	switch {
	case q.Descendants:
		s.write(" AND t." + l.ToColumn + " && p.ids")
	case l.Via != nil:
		s.write(" AND t.st_id IN (SELECT v." + l.Via.ToColumn + " FROM raw." + l.Via.Kind.Table + " v WHERE v.tenant_id = " + tenantArg +
			" AND v.deleted_at IS NULL AND v.active AND v." + l.Via.FromColumn + " = p.key)")
	case to.Array():
		s.write(" AND t." + l.ToColumn + " @> ARRAY[p.key]")
	default:
		s.write(" AND t." + l.ToColumn + " = p.key")
	}
	return nil
}

// collect groups rows by the key in their first column.
func (s *Store) collect(ctx context.Context, l *domain.Link, st *statement) (map[any][]domain.Entity, error) {
	rows, err := s.pool.Query(ctx, st.text.String(), st.args...)
	if err != nil {
		return nil, clean(err)
	}
	defer rows.Close()
	out := map[any][]domain.Entity{}
	for rows.Next() {
		row := l.To.New()
		row.Base().Source = domain.SourceCache
		var key any
		if err := rows.Scan(l.To.Fields(row, []any{&key})...); err != nil {
			return nil, clean(err)
		}
		out[key] = append(out[key], row)
	}
	return out, clean(rows.Err())
}

// keyArray turns keys of one type into the slice that pgx sends as an array, and names the array's type.
func keyArray(keys []any) (array any, arrayType string, err error) {
	if len(keys) == 0 {
		return []int64{}, "bigint[]", nil
	}
	switch keys[0].(type) {
	case int64:
		array, err = typed[int64](keys)
		return array, "bigint[]", err
	case string:
		array, err = typed[string](keys)
		return array, "text[]", err
	}
	return nil, "", fmt.Errorf("keys of type %T", keys[0])
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
