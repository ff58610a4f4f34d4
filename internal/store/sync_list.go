package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// SyncRuns returns a tenant's runs, the newest first.
func (s *Store) SyncRuns(ctx context.Context, tenant domain.TenantID, f domain.RunFilter) ([]*domain.SyncRun, error) {
	rows, err := s.read(ctx, tenant, "SELECT "+runColumns+` FROM lazi.sync_runs
 WHERE tenant_id = $1 AND (cardinality($2::text[]) = 0 OR entity_type = ANY ($2)) AND (cardinality($3::text[]) = 0 OR status = ANY ($3))
 AND ($4 = 0 OR id < $4) ORDER BY id DESC LIMIT $5`, tenant, orEmpty(f.Kinds), orEmpty(f.Statuses), f.Before, f.Limit)
	if err != nil {
		return nil, fmt.Errorf("store: sync runs: %w", clean(err))
	}
	runs, err := pgx.CollectRows(rows, scanRun)
	if err != nil {
		return nil, fmt.Errorf("store: sync runs: %w", clean(err))
	}
	return runs, nil
}

// SyncRun returns one of a tenant's runs and its turn. The error is domain.ErrNotFound for a run that is not the tenant's.
func (s *Store) SyncRun(ctx context.Context, tenant domain.TenantID, run int64) (*domain.SyncRun, int64, error) {
	r := &domain.SyncRun{}
	var turn int64
	err := s.readRow(ctx, tenant, append([]any{&turn}, runFields(r)...),
		"SELECT turn, "+runColumns+" FROM lazi.sync_runs WHERE id = $1 AND tenant_id = $2", run, tenant)
	if errors.Is(err, pgx.ErrNoRows) {
		err = domain.ErrNotFound
	}
	if err != nil {
		return nil, 0, fmt.Errorf("store: run %d: %w", run, clean(err))
	}
	return r, turn, nil
}

// MovingRuns returns a tenant's runs that are unfinished or have ended within some time, the oldest first.
func (s *Store) MovingRuns(ctx context.Context, tenant domain.TenantID, ended time.Duration) ([]*domain.SyncRun, error) {
	rows, err := s.read(ctx, tenant, "SELECT "+runColumns+` FROM lazi.sync_runs WHERE tenant_id = $1
 AND (status IN ('QUEUED', 'RUNNING') OR finished_at > now() - $2::interval) ORDER BY id`, tenant, ended)
	if err != nil {
		return nil, fmt.Errorf("store: moving runs: %w", clean(err))
	}
	runs, err := pgx.CollectRows(rows, scanRun)
	if err != nil {
		return nil, fmt.Errorf("store: moving runs: %w", clean(err))
	}
	return runs, nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// SyncStates tells how well each kind is mirrored for a tenant, in the order of domain.Kinds.
func (s *Store) SyncStates(ctx context.Context, tenant domain.TenantID) ([]*domain.SyncState, error) {
	states, byKind, err := s.syncStates(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("store: sync states: %w", clean(err))
	}
	runs, err := s.lastRuns(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("store: sync states: %w", clean(err))
	}
	for _, r := range runs {
		if st, ok := byKind[r.Kind]; ok {
			st.Run = r
		}
	}
	return states, nil
}

func (s *Store) syncStates(ctx context.Context, tenant domain.TenantID) ([]*domain.SyncState, map[string]*domain.SyncState, error) {
	rows, err := s.read(ctx, tenant, `SELECT k.name, st.last_sync_at, st.last_full_sync_at, coalesce(st.last_sync_cursor, ''), st.error_message,
 n.live, coalesce(q.n, 0), sch.tenant_id IS NOT NULL, coalesce(sch.paused, false), sch.next_at, sch.next_reconcile_at
 FROM unnest($2::text[]) WITH ORDINALITY k(name, place)
 JOIN (`+liveCounts()+`) n ON n.kind = k.name
 LEFT JOIN raw.sync_state st ON st.tenant_id = $1 AND st.entity_type = k.name
 LEFT JOIN lazi.sync_schedule sch ON sch.tenant_id = $1 AND sch.entity_type = k.name
 LEFT JOIN (SELECT kind, count(*) AS n FROM lazi.quarantine WHERE tenant_id = $1 GROUP BY kind) q ON q.kind = k.name
 ORDER BY k.place`, tenant, kindNames(domain.Kinds()))
	if err != nil {
		return nil, nil, err
	}
	var states []*domain.SyncState
	byKind := map[string]*domain.SyncState{}
	st := domain.SyncState{}
	_, err = pgx.ForEachRow(rows, []any{
		&st.Kind, &st.LastSyncAt, &st.LastFullSyncAt, &st.Cursor, &st.Problem,
		&st.Records, &st.Quarantined, &st.Scheduled, &st.Paused, &st.NextSyncAt, &st.NextReconcileAt,
	}, func() error {
		c := st
		states, byKind[c.Kind] = append(states, &c), &c
		return nil
	})
	return states, byKind, err
}

// liveCounts counts each kind's live records of tenant $1.
func liveCounts() string {
	var parts []string
	for _, k := range domain.Kinds() {
		parts = append(parts, "SELECT '"+k.Name+"' AS kind, count(*) AS live FROM raw."+k.Table+" WHERE tenant_id = $1 AND deleted_at IS NULL")
	}
	return strings.Join(parts, " UNION ALL ")
}

// lastRuns returns each kind's newest run.
func (s *Store) lastRuns(ctx context.Context, tenant domain.TenantID) ([]*domain.SyncRun, error) {
	rows, err := s.read(ctx, tenant, `SELECT r.* FROM unnest($2::text[]) k(name) CROSS JOIN LATERAL (
 SELECT `+runColumns+` FROM lazi.sync_runs WHERE tenant_id = $1 AND entity_type = k.name ORDER BY id DESC LIMIT 1) r`,
		tenant, kindNames(domain.Kinds()))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanRun)
}

// SyncHistory tells what earlier runs of a kind have left.
func (s *Store) SyncHistory(ctx context.Context, tenant domain.TenantID, k *domain.Kind) (domain.SyncHistory, error) {
	var h domain.SyncHistory
	err := s.readRow(ctx, tenant, []any{&h.Complete, &h.LastSyncAt, &h.Cursor, &h.NewestAt}, `SELECT last_full_sync_at IS NOT NULL, last_sync_at, coalesce(last_sync_cursor, ''),
 (SELECT max(modified_on) FROM raw.`+k.Table+` WHERE tenant_id = $1)
 FROM raw.sync_state WHERE tenant_id = $1 AND entity_type = $2`, tenant, k.Name)
	if errors.Is(err, pgx.ErrNoRows) {
		return domain.SyncHistory{}, nil
	}
	if err != nil {
		return h, fmt.Errorf("store: history of %s: %w", k.Plural(), clean(err))
	}
	return h, nil
}
