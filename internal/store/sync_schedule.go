package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// EnsureSchedule makes the rows of the schedule that are missing, for all tenants. New ones are spread over the first
// interval, and their reconciles over the hours from one to five of the tenant's night.
func (s *Store) EnsureSchedule(ctx context.Context, rules domain.ScheduleRules) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO lazi.sync_schedule (tenant_id, entity_type, next_at, next_reconcile_at)
 SELECT t.id, k, now() + random() * $2::interval, `+tonight+`
 FROM lazi.tenants t CROSS JOIN unnest($1::text[]) k
 ON CONFLICT (tenant_id, entity_type) DO NOTHING`, kindNames(rules.Kinds), rules.Every)
	if err != nil {
		return fmt.Errorf("store: ensure schedule: %w", clean(err))
	}
	return nil
}

// tonight is a moment in the next night of tenant t, between one and five o'clock.
const tonight = `(date_trunc('day', now() AT TIME ZONE t.time_zone) + interval '25 hours' + random() * interval '4 hours') AT TIME ZONE t.time_zone`

// StartDue starts the runs that are due and returns how many. A reconcile that is due takes the place of an incremental run.
// Processes that ask at the same time share what is due.
func (s *Store) StartDue(ctx context.Context, rules domain.ScheduleRules, limit int) (int, error) {
	started := 0
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `UPDATE lazi.sync_schedule s SET
 next_at = now() + coalesce(s.every, $2::interval) * (0.9 + 0.2 * random()),
 next_reconcile_at = CASE WHEN s.next_reconcile_at <= now() THEN `+tonight+` ELSE s.next_reconcile_at END
 FROM (SELECT tenant_id, entity_type, next_reconcile_at <= now() AS reconcile FROM lazi.sync_schedule
  WHERE next_at <= now() AND NOT paused AND entity_type = ANY ($1) ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED) due, lazi.tenants t
 WHERE s.tenant_id = due.tenant_id AND s.entity_type = due.entity_type AND t.id = s.tenant_id
 RETURNING s.tenant_id, s.entity_type, due.reconcile`, kindNames(rules.Kinds), rules.Every, limit)
		if err != nil {
			return err
		}
		type due struct {
			Tenant    domain.TenantID
			Kind      string
			Reconcile bool
		}
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[due])
		if err != nil {
			return err
		}
		for _, d := range all {
			k, _ := domain.KindByName(d.Kind) // one of rules.Kinds
			mode := domain.SyncIncremental
			if d.Reconcile {
				mode = domain.SyncReconcile
			}
			r, err := s.startRun(ctx, tx, d.Tenant, domain.NewRun{Kind: k, Mode: mode, Trigger: domain.TriggerSchedule})
			if err != nil {
				return err
			}
			if d.Reconcile && r.Mode != domain.SyncReconcile { // another run is unfinished: the reconcile stays due
				_, err = tx.Exec(ctx, "UPDATE lazi.sync_schedule SET next_reconcile_at = now() WHERE tenant_id = $1 AND entity_type = $2", d.Tenant, d.Kind)
			}
			if err != nil {
				return err
			}
		}
		started = len(all)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("store: start due runs: %w", clean(err))
	}
	return started, nil
}

// SetPaused holds the scheduled runs of a tenant's kinds, or lets them start again.
func (s *Store) SetPaused(ctx context.Context, tenant domain.TenantID, kinds []*domain.Kind, paused bool) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO lazi.sync_schedule (tenant_id, entity_type, paused, next_reconcile_at)
 SELECT t.id, k, $3, `+tonight+` FROM lazi.tenants t CROSS JOIN unnest($2::text[]) k WHERE t.id = $1
 ON CONFLICT (tenant_id, entity_type) DO UPDATE SET paused = $3`, tenant, kindNames(kinds), paused)
	if err != nil {
		return fmt.Errorf("store: pause schedule: %w", clean(err))
	}
	return nil
}

// PruneSync removes runs that ended before a moment, and workers that are long gone. It returns how many runs it removed.
func (s *Store) PruneSync(ctx context.Context, before time.Time) (int64, error) {
	tag, err := s.pool.Exec(ctx, "DELETE FROM lazi.sync_runs WHERE finished_at < $1", before)
	if err == nil {
		_, err = s.pool.Exec(ctx, "DELETE FROM lazi.sync_workers WHERE alive_until < now() - interval '1 hour'")
	}
	if err != nil {
		return 0, fmt.Errorf("store: prune runs: %w", clean(err))
	}
	return tag.RowsAffected(), nil
}

func kindNames(kinds []*domain.Kind) []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return names
}
