package store

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// What is read for a tenant is read as a role that owns nothing, which row-level security shows the rows of one tenant, or of
// one of its technicians (migration 22). Role and tenant are settings of the transaction that a pipeline is: they take no
// round trip, and nothing of them is left on the connection, whoever uses it next.
const (
	enter          = "SELECT set_config('role', $1, true), set_config('lazi.tenant_id', $2, true), set_config('lazi.technician_id', $3, true)"
	tenantRole     = "lazi_tenant"
	technicianRole = "lazi_technician"
)

// pipeline starts a pipeline of statements that see the rows that the context's caller may see of a tenant.
func pipeline(ctx context.Context, tenant domain.TenantID) *pgx.Batch {
	role, technician := tenantRole, ""
	if id, limited := domain.OwnRowsOf(ctx); limited {
		role, technician = technicianRole, strconv.FormatInt(id, 10)
	}
	var b pgx.Batch
	b.Queue(enter, role, strconv.FormatInt(int64(tenant), 10), technician)
	return &b
}

// send sends a pipeline. Its results begin with the first statement behind pipeline's own.
func (s *Store) send(ctx context.Context, b *pgx.Batch) (pgx.BatchResults, error) {
	if s.rewrite != nil {
		for _, q := range b.QueuedQueries[1:] {
			q.SQL = s.rewrite(q.SQL)
		}
	}
	results := s.pool.SendBatch(ctx, b)
	if _, err := results.Exec(); err != nil {
		_ = results.Close() // it repeats the error
		return nil, err
	}
	return results, nil
}

// read sends one statement that sees the rows that the context's caller may see of a tenant.
func (s *Store) read(ctx context.Context, tenant domain.TenantID, sql string, args ...any) (pgx.Rows, error) {
	b := pipeline(ctx, tenant)
	b.Queue(sql, args...)
	results, err := s.send(ctx, b)
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		_ = results.Close() // it repeats the error
		return nil, err
	}
	return lastRows{rows, results}, nil
}

// readRow is read for a statement that returns one row. The error is pgx.ErrNoRows when there is none.
func (s *Store) readRow(ctx context.Context, tenant domain.TenantID, into []any, sql string, args ...any) error {
	rows, err := s.read(ctx, tenant, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		rows.Close()
		if err := rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := rows.Scan(into...); err != nil {
		return err
	}
	rows.Close()
	return rows.Err()
}

// lastRows are the rows of a pipeline's last statement: with them, it ends.
type lastRows struct {
	pgx.Rows
	results pgx.BatchResults
}

// Close ends the pipeline.
func (r lastRows) Close() {
	r.Rows.Close()
	_ = r.results.Close() // the rows have the error
}

// Next ends the pipeline behind the last row.
func (r lastRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// named names the tenant of a transaction that stores rows: others are refused (migration 22).
func named(ctx context.Context, tx pgx.Tx, tenant domain.TenantID) error {
	_, err := tx.Exec(ctx, "SELECT set_config('lazi.tenant_id', $1, true)", strconv.FormatInt(int64(tenant), 10))
	return err
}
