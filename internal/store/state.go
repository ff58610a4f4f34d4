package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// CopyStates returns how well each kind is mirrored for a tenant, by the kind's name; kinds never copied are absent.
func (s *Store) CopyStates(ctx context.Context, tenant domain.TenantID) (map[string]domain.CopyState, error) {
	rows, err := s.pool.Query(ctx, `SELECT entity_type, last_full_sync_at, coalesce(records_synced, 0)
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

// MarkComplete notes that every record of a kind was read in a copy that began at the given time, and refreshes the
// planner's statistics.
func (s *Store) MarkComplete(ctx context.Context, tenant domain.TenantID, k *domain.Kind, began time.Time, records int64) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO raw.sync_state (tenant_id, entity_type, last_sync_at, last_full_sync_at, sync_status, records_synced)
 VALUES ($1, $2, $5, $3, 'idle', $4)
 ON CONFLICT (tenant_id, entity_type) DO UPDATE SET last_sync_at = $5, last_full_sync_at = $3, sync_status = 'idle',
  error_message = NULL, records_synced = $4`, tenant, k.Name, began, records, s.now())
	if err == nil {
		// Until autovacuum comes by, the planner knows nothing of the new rows and picks the wrong indexes.
		_, err = s.pool.Exec(ctx, "ANALYZE raw."+k.Table)
	}
	if err != nil {
		return fmt.Errorf("store: mark %s complete: %w", k.Plural(), clean(err))
	}
	return nil
}

// MarkFailed notes why a copy did not come to its end. The reason must hold no data of the tenant's.
func (s *Store) MarkFailed(ctx context.Context, tenant domain.TenantID, k *domain.Kind, reason string) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO raw.sync_state (tenant_id, entity_type, sync_status, error_message)
 VALUES ($1, $2, 'failed', $3)
 ON CONFLICT (tenant_id, entity_type) DO UPDATE SET sync_status = 'failed', error_message = $3`, tenant, k.Name, reason)
	if err != nil {
		return fmt.Errorf("store: mark %s failed: %w", k.Plural(), clean(err))
	}
	return nil
}
