package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"lazilabs.com/lazi/internal/domain"
)

// CopyStates returns how well each kind is mirrored for a tenant, by the kind's name; kinds never copied are absent.
func (s *Store) CopyStates(ctx context.Context, tenant domain.TenantID) (map[string]domain.CopyState, error) {
	rows, err := s.read(domain.AllRows(ctx), tenant, `SELECT entity_type, last_full_sync_at, coalesce(records_synced, 0)
 FROM raw.sync_state WHERE tenant_id = $1 AND last_full_sync_at IS NOT NULL ORDER BY entity_type`, tenant)
	if err != nil {
		return nil, fmt.Errorf("store: copy states: %w", clean(err))
	}
	out := map[string]domain.CopyState{}
	var kind string
	var st domain.CopyState
	_, err = pgx.ForEachRow(rows, []any{&kind, &st.CompleteAt, &st.Records}, func() error { out[kind] = st; return nil })
	if err != nil {
		return nil, fmt.Errorf("store: copy states: %w", clean(err))
	}
	return out, nil
}

// MarkComplete notes that every record of a kind was read by a crawl that began at the given time, and refreshes the
// planner's statistics.
func (s *Store) MarkComplete(ctx context.Context, tenant domain.TenantID, k *domain.Kind, began time.Time) error {
	if err := noteSuccess(ctx, s.pool, tenant, k, began, domain.SyncEnd{Whole: true}); err != nil {
		return fmt.Errorf("store: mark %s complete: %w", k.Plural(), clean(err))
	}
	return s.analyze(ctx, k)
}

// execer is a pool or a transaction.
type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// noteSuccess notes a reading that began at a moment and came to its end. The feed's place stays where none is given.
func noteSuccess(ctx context.Context, on execer, tenant domain.TenantID, k *domain.Kind, began time.Time, end domain.SyncEnd) error {
	_, err := on.Exec(ctx, `INSERT INTO raw.sync_state AS st (tenant_id, entity_type, last_sync_at, last_full_sync_at, last_sync_cursor, records_synced)
 VALUES ($1, $2, CASE WHEN NOT $6::bool THEN $3::timestamptz END, CASE WHEN $4::bool THEN $3::timestamptz END, nullif($5::text, ''), 
  CASE WHEN $4 THEN (SELECT count(*) FROM raw.`+k.Table+` WHERE tenant_id = $1 AND deleted_at IS NULL) ELSE 0 END)
 ON CONFLICT (tenant_id, entity_type) DO UPDATE SET last_sync_at = coalesce(excluded.last_sync_at, st.last_sync_at), sync_status = 'idle', error_message = NULL,
  last_full_sync_at = coalesce(excluded.last_full_sync_at, st.last_full_sync_at),
  last_sync_cursor = coalesce(excluded.last_sync_cursor, st.last_sync_cursor), 
  records_synced = CASE WHEN $4 THEN excluded.records_synced ELSE st.records_synced END`,
		tenant, k.Name, began, end.Whole, end.Cursor, end.Aside)
	return err
}

// noteFailure notes why a reading did not come to its end. The reason holds no data of the tenant's.
func noteFailure(ctx context.Context, on execer, tenant domain.TenantID, k *domain.Kind, reason string) error {
	_, err := on.Exec(ctx, `INSERT INTO raw.sync_state (tenant_id, entity_type, sync_status, error_message)
 VALUES ($1, $2, 'failed', $3)
 ON CONFLICT (tenant_id, entity_type) DO UPDATE SET sync_status = 'failed', error_message = $3`, tenant, k.Name, reason)
	return err
}

// analyze refreshes the planner's statistics: until autovacuum comes by, it knows nothing of new rows and picks the wrong
// indexes.
func (s *Store) analyze(ctx context.Context, k *domain.Kind) error {
	if _, err := s.pool.Exec(ctx, "ANALYZE raw."+k.Table); err != nil {
		return fmt.Errorf("store: analyze %s: %w", k.Plural(), clean(err))
	}
	return nil
}
