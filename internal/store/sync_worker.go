package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// KeepAlive says that a worker lives for another while, and returns the turns that it holds, by run. A turn that is not
// among them is over: its run was cancelled or has been given to another.
func (s *Store) KeepAlive(ctx context.Context, worker string, lease time.Duration) (map[int64]int64, error) {
	held := map[int64]int64{}
	_, err := s.pool.Exec(ctx, `INSERT INTO lazi.sync_workers (id, alive_until) VALUES ($1, now() + $2)
 ON CONFLICT (id) DO UPDATE SET alive_until = now() + $2`, worker, lease)
	if err != nil {
		return nil, fmt.Errorf("store: keep alive: %w", clean(err))
	}
	rows, err := s.pool.Query(ctx, "SELECT id, turn FROM lazi.sync_runs WHERE worker = $1 AND status = 'RUNNING'", worker)
	if err != nil {
		return nil, fmt.Errorf("store: keep alive: %w", clean(err))
	}
	var run, turn int64
	if _, err = pgx.ForEachRow(rows, []any{&run, &turn}, func() error { held[run] = turn; return nil }); err != nil {
		return nil, fmt.Errorf("store: keep alive: %w", clean(err))
	}
	return held, nil
}

// Leave takes a worker off the list; runs that it still holds are given to others at once.
func (s *Store) Leave(ctx context.Context, worker string) error {
	if _, err := s.pool.Exec(ctx, "DELETE FROM lazi.sync_workers WHERE id = $1", worker); err != nil {
		return fmt.Errorf("store: leave: %w", clean(err))
	}
	return nil
}

// orphaned are running runs whose worker no longer lives, and waiting ones that no job will wake soon: those that have rested,
// those whose job a worker took along into death before it took the run, and those whose job failed, which waits for River's
// leader.
const orphaned = `SELECT r.id AS run, r.retry_at IS NULL AS abandoned
 FROM lazi.sync_runs r LEFT JOIN lazi.sync_workers w ON w.id = r.worker AND w.alive_until > now()
 WHERE r.status = 'RUNNING' AND w.id IS NULL
 OR r.status = 'QUEUED' AND coalesce(r.retry_at <= now(), true) AND NOT EXISTS (SELECT FROM ` + riverSchema + `.river_job j
  WHERE j.kind = 'sync_turn' AND j.args @> jsonb_build_object('run', r.id, 'turn', r.turn)
  AND (j.state = 'available' OR j.state = 'running' AND j.attempted_at > now() - interval '3 seconds'))
 ORDER BY r.id LIMIT 100 FOR NO KEY UPDATE OF r SKIP LOCKED`

// ReviveRuns puts runs on the queue that a worker has abandoned, or that have rested for as long as they should. It returns how
// many were abandoned.
func (s *Store) ReviveRuns(ctx context.Context) (int, error) {
	var abandoned int
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		abandoned = 0
		rows, err := tx.Query(ctx, `WITH orphans AS (`+orphaned+`)
 UPDATE lazi.sync_runs SET status = 'QUEUED', worker = NULL, retry_at = NULL, turn = turn + 1
 FROM orphans WHERE id = run RETURNING abandoned, turn, `+runColumns)
		if err != nil {
			return err
		}
		type orphan struct {
			run       domain.SyncRun
			turn      int64
			abandoned bool
		}
		orphans, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o orphan, err error) {
			return o, row.Scan(append([]any{&o.abandoned, &o.turn}, runFields(&o.run)...)...)
		})
		if err != nil {
			return err
		}
		for _, o := range orphans {
			if err := s.enqueue(ctx, tx, &o.run, o.turn); err != nil {
				return err
			}
			if o.abandoned {
				abandoned++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("store: revive runs: %w", clean(err))
	}
	return abandoned, nil
}
