package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// runColumns are what scanRun reads.
const runColumns = `id, tenant_id, entity_type, mode, trigger, status, since, accept_drop, queued_at, started_at, finished_at,
 page_at, pages, rows, total, retry_at, problem, inserted, updated, unchanged, deleted, quarantined`

func runFields(r *domain.SyncRun) []any {
	return []any{
		&r.ID, &r.Tenant, &r.Kind, &r.Mode, &r.Trigger, &r.Status, &r.Since, &r.AcceptDrop, &r.QueuedAt, &r.StartedAt, &r.FinishedAt,
		&r.PageAt, &r.Pages, &r.Rows, &r.Total, &r.RetryAt, &r.Problem, &r.Inserted, &r.Updated, &r.Unchanged, &r.Deleted, &r.Quarantined,
	}
}

func scanRun(row pgx.CollectableRow) (*domain.SyncRun, error) {
	r := &domain.SyncRun{}
	return r, row.Scan(runFields(r)...)
}

// StartRuns asks for runs, one for each wish, in order. A kind that has an unfinished run gets that one. The runs are on the
// queue when StartRuns returns.
func (s *Store) StartRuns(ctx context.Context, tenant domain.TenantID, wishes []domain.NewRun) ([]*domain.SyncRun, error) {
	var runs []*domain.SyncRun
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		runs = runs[:0]
		for _, w := range wishes {
			r, err := s.startRun(ctx, tx, tenant, w)
			if err != nil {
				return err
			}
			runs = append(runs, r)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: start %d runs: %w", len(wishes), clean(err))
	}
	return runs, nil
}

// startRun makes a run, or finds the unfinished one without waiting for its worker.
func (s *Store) startRun(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, w domain.NewRun) (*domain.SyncRun, error) {
	for {
		rows, err := tx.Query(ctx, `INSERT INTO lazi.sync_runs (tenant_id, entity_type, mode, trigger, since, accept_drop)
 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, entity_type) WHERE status IN ('QUEUED', 'RUNNING') DO NOTHING
 RETURNING `+runColumns, tenant, w.Kind.Name, w.Mode, w.Trigger, w.Since, w.AcceptDrop)
		if err != nil {
			return nil, err
		}
		r, err := pgx.CollectExactlyOneRow(rows, scanRun)
		if err == nil {
			return r, s.enqueue(ctx, tx, r, 0)
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return nil, err
		}
		rows, err = tx.Query(ctx, "SELECT "+runColumns+` FROM lazi.sync_runs
 WHERE tenant_id = $1 AND entity_type = $2 AND status IN ('QUEUED', 'RUNNING')`, tenant, w.Kind.Name)
		if err != nil {
			return nil, err
		}
		r, err = pgx.CollectExactlyOneRow(rows, scanRun)
		if !errors.Is(err, pgx.ErrNoRows) { // else it has ended between the two statements
			return r, err
		}
	}
}

// TakeRun gives a worker a run that is waiting at the given turn. The error is domain.ErrLost when it is not to be had.
func (s *Store) TakeRun(ctx context.Context, run, turn int64, worker string) (*domain.SyncTurn, error) {
	t := &domain.SyncTurn{}
	var place []byte
	err := s.pool.QueryRow(ctx, `WITH taken AS (
 UPDATE lazi.sync_runs SET status = 'RUNNING', worker = $3, turn = turn + 1, retry_at = NULL, started_at = coalesce(started_at, now())
  WHERE id = $1 AND turn = $2 AND status = 'QUEUED' RETURNING *
), noted AS (
 INSERT INTO raw.sync_state (tenant_id, entity_type, sync_status) SELECT tenant_id, entity_type, 'running' FROM taken
  ON CONFLICT (tenant_id, entity_type) DO UPDATE SET sync_status = 'running'
) SELECT turn, checkpoint, setbacks, `+runColumns+" FROM taken", run, turn, worker).
		Scan(append([]any{&t.Turn, &place, &t.Setbacks}, runFields(&t.Run)...)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("store: take run %d: %w", run, domain.ErrLost)
	}
	if err == nil && place != nil {
		err = json.Unmarshal(place, &t.Place)
	}
	if err != nil {
		return nil, fmt.Errorf("store: take run %d: %w", run, clean(err))
	}
	return t, nil
}

// hold locks the run of a turn until the transaction ends. The error is domain.ErrLost when the turn is over.
func hold(ctx context.Context, tx pgx.Tx, t *domain.SyncTurn) error {
	tag, err := tx.Exec(ctx, "SELECT FROM lazi.sync_runs WHERE id = $1 AND turn = $2 AND status = 'RUNNING' FOR NO KEY UPDATE", t.Run.ID, t.Turn)
	if err == nil && tag.RowsAffected() == 0 {
		return domain.ErrLost
	}
	return err
}

// StorePage stores a page's records, what became of them and the place behind the page, all or nothing. The error is
// domain.ErrLost when the turn is over.
func (s *Store) StorePage(ctx context.Context, t *domain.SyncTurn, k *domain.Kind, p domain.SyncPage) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if err := hold(ctx, tx, t); err != nil {
			return err
		}
		w, err := s.write(ctx, tx, t.Run.Tenant, k, p.Documents, t.Run.ID)
		if err != nil {
			return err
		}
		if err := s.quarantine(ctx, tx, t.Run.Tenant, k, p.Rejected, t.Run.ID); err != nil {
			return err
		}
		if t.Run.Mode == domain.SyncReconcile {
			if err := see(ctx, tx, t, p); err != nil {
				return err
			}
		}
		return progress(ctx, tx, t, p.Next, domain.SyncCounts{
			Inserted: int64(w.Inserted), Updated: int64(w.Updated), Unchanged: int64(w.Unchanged), Deleted: int64(w.Deleted),
			Quarantined: int64(len(w.Rejected) + len(p.Rejected)),
		}, 1)
	})
	if err != nil {
		return fmt.Errorf("store: page of %s (%d documents): %w", k.Plural(), len(p.Documents), clean(err))
	}
	return nil
}

// progress adds to a run's counts and moves its place. The caller holds the run.
func progress(ctx context.Context, tx pgx.Tx, t *domain.SyncTurn, at domain.SyncPlace, c domain.SyncCounts, pages int) error {
	place, err := json.Marshal(at)
	if err != nil {
		return err
	}
	rows := c.Inserted + c.Updated + c.Unchanged + c.Deleted + c.Quarantined
	if at.Sweep {
		rows = 0 // they were counted when they were read
	}
	row := tx.QueryRow(ctx, `UPDATE lazi.sync_runs SET checkpoint = $2, page_at = now(), setbacks = 0, problem = NULL, total = coalesce($3, total),
 pages = pages + $4, rows = rows + $5, inserted = inserted + $6, updated = updated + $7, unchanged = unchanged + $8,
 deleted = deleted + $9, quarantined = quarantined + $10 WHERE id = $1 RETURNING `+runColumns,
		t.Run.ID, place, at.Total, pages, rows, c.Inserted, c.Updated, c.Unchanged, c.Deleted, c.Quarantined)
	return row.Scan(runFields(&t.Run)...)
}

// EndTurn gives a run back to the queue, or ends it and notes what it has brought. The error is domain.ErrLost when the turn
// is over already.
func (s *Store) EndTurn(ctx context.Context, t *domain.SyncTurn, k *domain.Kind, end domain.SyncEnd) error {
	turn := t.Turn
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		t.Turn = turn // where this is the second try
		if err := hold(ctx, tx, t); err != nil {
			return err
		}
		if !end.Status.Finished() {
			return s.requeue(ctx, tx, t, end)
		}
		return finish(ctx, tx, t, k, end)
	})
	if err != nil {
		return fmt.Errorf("store: end turn of run %d: %w", t.Run.ID, clean(err))
	}
	if end.Whole && end.Status.Finished() {
		_ = s.analyze(ctx, k) // the run has ended all the same, and autovacuum comes by
	}
	return nil
}

func (s *Store) requeue(ctx context.Context, tx pgx.Tx, t *domain.SyncTurn, end domain.SyncEnd) error {
	err := tx.QueryRow(ctx, `UPDATE lazi.sync_runs SET status = 'QUEUED', worker = NULL, turn = turn + 1, problem = $2,
 setbacks = setbacks + $3::bool::int, retry_at = CASE WHEN $4::interval > '0' THEN now() + $4 END
 WHERE id = $1 RETURNING turn, `+runColumns, t.Run.ID, textOrNull(end.Problem), end.Setback, end.Wait).
		Scan(append([]any{&t.Turn}, runFields(&t.Run)...)...)
	if err != nil {
		return err
	}
	if t.Run.RetryAt != nil {
		return nil // River's own timer needs a leader, of which there is none for some time after one dies: see ReviveRuns
	}
	return s.enqueue(ctx, tx, &t.Run, t.Turn)
}

func finish(ctx context.Context, tx pgx.Tx, t *domain.SyncTurn, k *domain.Kind, end domain.SyncEnd) error {
	row := tx.QueryRow(ctx, `UPDATE lazi.sync_runs SET status = $2, worker = NULL, turn = turn + 1, finished_at = now(), retry_at = NULL,
 problem = $3 WHERE id = $1 RETURNING `+runColumns, t.Run.ID, end.Status, textOrNull(end.Problem))
	if err := row.Scan(runFields(&t.Run)...); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM lazi.sync_seen WHERE run_id = $1", t.Run.ID); err != nil {
		return err
	}
	if end.Status == domain.SyncFailed {
		return noteFailure(ctx, tx, t.Run.Tenant, k, end.Problem)
	}
	return noteSuccess(ctx, tx, t.Run.Tenant, k, *t.Run.StartedAt, end)
}

// CancelRun ends a tenant's unfinished run; a finished one stays as it is. Its worker stops at the next page. The error is
// domain.ErrNotFound for a run that is not the tenant's.
func (s *Store) CancelRun(ctx context.Context, tenant domain.TenantID, run int64) (*domain.SyncRun, error) {
	_, err := s.pool.Exec(ctx, `WITH cancelled AS (
 UPDATE lazi.sync_runs SET status = 'CANCELLED', worker = NULL, turn = turn + 1, finished_at = now(), retry_at = NULL
  WHERE id = $1 AND tenant_id = $2 AND status IN ('QUEUED', 'RUNNING') RETURNING *
), gone AS (
 DELETE FROM lazi.sync_seen s USING cancelled c WHERE s.run_id = c.id
) UPDATE raw.sync_state st SET sync_status = 'idle' FROM cancelled c WHERE st.tenant_id = c.tenant_id AND st.entity_type = c.entity_type`, run, tenant)
	if err != nil {
		return nil, fmt.Errorf("store: cancel run %d: %w", run, clean(err))
	}
	r, _, err := s.SyncRun(ctx, tenant, run)
	return r, err
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
