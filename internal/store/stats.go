package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"lazilabs.com/lazi/internal/domain"
)

// SyncLag is how long ago a kind of a tenant was last read to its end.
type SyncLag struct {
	Tenant domain.TenantID
	Kind   string
	Lag    time.Duration
}

// SyncHealth is how syncing goes, of all tenants together.
type SyncHealth struct {
	Lags []SyncLag
	// Runs counts the runs of the last day by status, and those that are unfinished.
	Runs map[string]int64
	// Waiting is how many turns stand in the queue that could begin now, and Oldest since when the first of them could.
	Waiting int64
	Oldest  time.Duration
}

// SyncHealth finds out how syncing goes.
func (s *Store) SyncHealth(ctx context.Context) (SyncHealth, error) {
	h := SyncHealth{Runs: map[string]int64{}}
	rows, err := s.pool.Query(ctx, `SELECT tenant_id, entity_type, now() - greatest(last_sync_at, last_full_sync_at) FROM raw.sync_state
 WHERE last_sync_at IS NOT NULL OR last_full_sync_at IS NOT NULL ORDER BY 1, 2`)
	if err != nil {
		return h, fmt.Errorf("store: sync health: %w", clean(err))
	}
	if h.Lags, err = pgx.CollectRows(rows, pgx.RowToStructByPos[SyncLag]); err != nil {
		return h, fmt.Errorf("store: sync health: %w", clean(err))
	}
	rows, err = s.pool.Query(ctx, `SELECT status, count(*) FROM lazi.sync_runs WHERE finished_at IS NULL OR finished_at > now() - interval '1 day' GROUP BY 1`)
	if err != nil {
		return h, fmt.Errorf("store: sync health: %w", clean(err))
	}
	var status string
	var n int64
	if _, err := pgx.ForEachRow(rows, []any{&status, &n}, func() error { h.Runs[status] = n; return nil }); err != nil {
		return h, fmt.Errorf("store: sync health: %w", clean(err))
	}
	err = s.pool.QueryRow(ctx, `SELECT count(*), coalesce(now() - min(scheduled_at), '0'::interval) FROM river.river_job
 WHERE state = 'available' AND scheduled_at <= now()`).Scan(&h.Waiting, &h.Oldest)
	if err != nil {
		return h, fmt.Errorf("store: sync health: %w", clean(err))
	}
	return h, nil
}

// ReadsPool is the name of the connections that tenants' rows are read over.
const ReadsPool = "reads"

// Pools tells how the connections are used, by name: LAZI's own, and those that tenants' rows are read over.
func (s *Store) Pools() map[string]*pgxpool.Stat {
	return map[string]*pgxpool.Stat{"own": s.pool.Stat(), ReadsPool: s.reads.Stat()}
}

// ConvoyStats counts what has gone together since the start.
type ConvoyStats struct {
	// Questions have waited for others, and Convoys carried them.
	Questions, Convoys uint64
	// Jams is how often nothing came back for so long that others went past.
	Jams uint64
}

// Convoys tells how questions go together.
func (s *Store) Convoys() ConvoyStats {
	s.convoys.mu.Lock()
	defer s.convoys.mu.Unlock()
	return s.convoys.stats
}

// PipelineStats counts who has waited for a connection since the start, and has gone together with others who did.
type PipelineStats struct {
	// Questions have waited, for Waited in all, and Pipelines carried them.
	Questions, Pipelines uint64
	Waited               time.Duration
	// Again is how many questions were asked once more, alone, since their pipeline broke or was slow.
	Again uint64
}

// Pipelines tells how callers wait for connections.
func (s *Store) Pipelines() PipelineStats {
	s.pipelines.mu.Lock()
	defer s.pipelines.mu.Unlock()
	return s.pipelines.stats
}
