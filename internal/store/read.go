package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// ByIDs returns the rows with the given ids, in no order, without those that the mirror lacks.
func (s *Store) ByIDs(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) ([]domain.Entity, error) {
	st := about(tenant)
	st.byIDs(k, ids, s.columns.of(k))
	rows, err := s.query(ctx, tenant, k, st)
	if err != nil {
		return nil, fmt.Errorf("store: %s by id (%d keys): %w", k.Plural(), len(ids), err)
	}
	return rows, nil
}

// List returns the rows that a query asks for, in its order.
func (s *Store) List(ctx context.Context, tenant domain.TenantID, k *domain.Kind, q domain.Query) ([]domain.Entity, error) {
	col, desc := order(k, q)
	rows, err := s.list(ctx, tenant, k, q)
	if err == nil && nullsFollow(col, desc, q.After) && (q.Limit == 0 || len(rows) < q.Limit) {
		// The rows without a value stand last. Asked for in one statement with an OR, they would cost the index.
		q.After = &domain.Position{}
		q.Limit = max(q.Limit-len(rows), 0)
		var rest []domain.Entity
		rest, err = s.list(ctx, tenant, k, q)
		rows = append(rows, rest...)
	}
	if err != nil {
		return nil, fmt.Errorf("store: list %s: %w", k.Plural(), err)
	}
	if q.Backward {
		slices.Reverse(rows)
	}
	return rows, nil
}

func (s *Store) list(ctx context.Context, tenant domain.TenantID, k *domain.Kind, q domain.Query) ([]domain.Entity, error) {
	st := about(tenant)
	if err := st.list(k, q, s.columns.of(k)); err != nil {
		return nil, err
	}
	return s.query(ctx, tenant, k, st)
}

// byIDs writes the statement for rows with the given ids.
func (s *statement) byIDs(k *domain.Kind, ids any, columns string) {
	s.add("SELECT ", columns, " FROM raw.", k.Table, " t WHERE t.tenant_id = ", tenantArg, " AND t.deleted_at IS NULL AND t.st_id = ")
	if one, ok := ids.([]int64); ok && len(one) == 1 {
		s.keysAt = len(s.args)
		s.write("?", one[0])
		return
	}
	s.add("ANY(", s.keyArray(ids), "::bigint[])") // the cast makes an array of what would be rows
}

// keyArray returns the SQL of an array of keys: ids, names, or what stands above. The number of those that are bound is hidden from
// the planner by a subquery: seeing fewer than the ten that it expects of an array, it would plan at every execution, which costs
// more than the reading.
func (s *statement) keyArray(keys any) string {
	elements := "bigint"
	switch keys := keys.(type) {
	case keysSQL:
		return string(keys)
	case []string:
		elements = "text"
	}
	s.keysAt = len(s.args)
	return "(SELECT " + s.bind(keys) + "::" + elements + "[])"
}

// list writes the statement for a query's rows, but for those without a value in the order column that follow a position
// which has one.
func (s *statement) list(k *domain.Kind, q domain.Query, columns string) error {
	col, desc := order(k, q)
	s.add("SELECT ", columns, " FROM raw.", k.Table, " t WHERE ")
	if err := s.where(k, q.Where); err != nil {
		return err
	}
	s.after(col, desc, q.After)
	s.write(" ORDER BY ")
	s.orderBy(col, desc)
	s.limit(q.Limit)
	return nil
}

// count writes the statement that counts the rows that the conditions of a query hold for.
func (s *statement) count(k *domain.Kind, q domain.Query) error {
	s.write("SELECT count(*) FROM raw." + k.Table + " t WHERE ")
	return s.where(k, q.Where)
}

// Count returns how many rows the conditions of a query hold for.
func (s *Store) Count(ctx context.Context, tenant domain.TenantID, k *domain.Kind, q domain.Query) (int64, error) {
	st := about(tenant)
	if err := st.count(k, q); err != nil {
		return 0, err
	}
	var n int64
	if err := s.readRow(ctx, tenant, []any{&n}, st.text.String(), st.args...); err != nil {
		return 0, fmt.Errorf("store: count %s: %w", k.Plural(), clean(err))
	}
	return n, nil
}

// query runs a statement whose columns are the kind's.
func (s *Store) query(ctx context.Context, tenant domain.TenantID, k *domain.Kind, st *statement) ([]domain.Entity, error) {
	rows, err := s.read(ctx, tenant, st.text.String(), st.args...)
	if err != nil {
		return nil, clean(err)
	}
	out, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (domain.Entity, error) {
		row := k.New()
		row.Base().Source = domain.SourceCache
		return row, r.Scan(k.Fields(row, nil)...)
	})
	return out, clean(err)
}
