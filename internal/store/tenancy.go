package store

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"lazilabs.com/lazi/internal/domain"
)

// What is read for a tenant is read over connections of their own, as a role that owns nothing and that row-level security
// shows the rows of one tenant, or of one of its technicians (migration 22). Whose rows a connection shows is a setting, which
// goes along with the next statement when it changes: it takes no round trip. Behind a pooler in transaction mode, where
// connections change hands, it is a setting of the transaction, and goes along each time.
const (
	enter = "SELECT set_config('role', $1, $4), set_config('lazi.tenant_id', $2, $4), set_config('lazi.technician_id', $3, $4)"

	tenantRole     = "lazi_tenant"
	technicianRole = "lazi_technician"
)

// Postgres' codes for a role that a user may not take, and for one that does not exist.
const (
	refusedRole = "42501"
	noRole      = "22023"
)

// forReads returns the configuration of the connections that tenants' rows are read over. They show nobody's at first; behind
// a pooler, whose connections are everybody's, that cannot be.
func forReads(cfg *pgxpool.Config) *pgxpool.Config {
	cfg = cfg.Copy()
	if cfg.ConnConfig.DefaultQueryExecMode != pgx.QueryExecModeCacheDescribe {
		cfg.ConnConfig.RuntimeParams["role"] = tenantRole
	}
	return cfg
}

// scope is whose rows a connection shows. The zero scope is nobody's.
type scope struct {
	role               string
	tenant, technician int64
}

// scopeOf is whose rows the context's caller may see.
func scopeOf(ctx context.Context, tenant domain.TenantID) scope {
	if technician, limited := domain.OwnRowsOf(ctx); limited {
		return scope{technicianRole, int64(tenant), technician}
	}
	return scope{role: tenantRole, tenant: int64(tenant)}
}

// scopeKey is where a connection keeps its scope.
const scopeKey = "lazi.scope"

// scopedConn is a connection that shows, or is about to show, the rows of a scope.
type scopedConn struct {
	*pgxpool.Conn
	scope scope
	local bool // to the transaction
	known bool // the connection shows them already
}

// showing takes a connection for what the context's caller may see of a tenant.
func (s *Store) showing(ctx context.Context, tenant domain.TenantID) (*scopedConn, error) {
	conn, err := s.reads.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	c := &scopedConn{Conn: conn, scope: scopeOf(ctx, tenant), local: s.pooled}
	if data := conn.Conn().PgConn().CustomData(); data[scopeKey] == c.scope {
		c.known = true
	} else {
		delete(data, scopeKey) // a transaction that fails takes the setting back
	}
	return c, nil
}

// sent is a statement that is ready to be sent.
type sent struct {
	sql  string
	args []any
}

// ready returns a statement as it is sent.
func (s *Store) ready(sql string, args []any) sent {
	if s.rewrite != nil {
		sql = s.rewrite(sql)
	}
	return sent{sql, args}
}

// send sends statements in a pipeline, behind the setting where it is needed.
func (c *scopedConn) send(ctx context.Context, statements ...sent) (pgx.BatchResults, error) {
	var b pgx.Batch
	if !c.known {
		b.Queue(enter, c.scope.role, strconv.FormatInt(c.scope.tenant, 10), strconv.FormatInt(c.scope.technician, 10), c.local)
	}
	for _, st := range statements {
		b.Queue(st.sql, st.args...)
	}
	results := &scopedResults{c.SendBatch(ctx, &b), c}
	if !c.known {
		if _, err := results.Exec(); err != nil {
			_ = results.Close() // it repeats the error
			return nil, err
		}
	}
	return results, nil
}

// scopedResults give their connection back at the end.
type scopedResults struct {
	pgx.BatchResults
	conn *scopedConn
}

// Close implements pgx.BatchResults.
func (r *scopedResults) Close() error {
	if r.conn == nil {
		return nil
	}
	err := r.BatchResults.Close()
	if err == nil && !r.conn.local {
		r.conn.Conn.Conn().PgConn().CustomData()[scopeKey] = r.conn.scope
	}
	r.conn.Release()
	r.conn = nil
	return err
}

// read sends one statement that sees the rows that the context's caller may see of a tenant.
func (s *Store) read(ctx context.Context, tenant domain.TenantID, sql string, args ...any) (pgx.Rows, error) {
	st := s.ready(sql, args)
	conn, err := s.showing(ctx, tenant)
	if err != nil {
		return nil, err
	}
	if conn.known {
		rows, err := conn.Query(ctx, st.sql, st.args...)
		if err != nil {
			conn.Release()
			return nil, err
		}
		return &lastRows{rows, conn.Release}, nil
	}
	results, err := conn.send(ctx, st)
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		_ = results.Close() // it repeats the error
		return nil, err
	}
	return &lastRows{rows, func() { _ = results.Close() }}, nil // the rows have the error
}

// readRow is read for a statement that returns one row. The error is pgx.ErrNoRows when there is none.
func (s *Store) readRow(ctx context.Context, tenant domain.TenantID, into []any, sql string, args ...any) error {
	rows, err := s.read(ctx, tenant, sql, args...)
	if err != nil {
		return err
	}
	_, err = pgx.CollectExactlyOneRow(rows, func(r pgx.CollectableRow) (struct{}, error) { return struct{}{}, r.Scan(into...) })
	return err
}

// lastRows are the last that their connection is held for.
type lastRows struct {
	pgx.Rows
	release func()
}

// Close gives the connection back.
func (r *lastRows) Close() {
	r.Rows.Close()
	if r.release != nil {
		r.release()
		r.release = nil
	}
}

// Next gives the connection back behind the last row.
func (r *lastRows) Next() bool {
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
