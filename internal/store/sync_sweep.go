package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// see notes which records a page of a reconcile held.
func see(ctx context.Context, tx pgx.Tx, t *domain.SyncTurn, p domain.SyncPage) error {
	ids := make([]int64, len(p.Documents), len(p.Documents)+len(p.Rejected))
	for i, d := range p.Documents {
		ids[i] = d.ID
	}
	for _, r := range p.Rejected {
		ids = append(ids, r.ID) // it cannot be read, but it is there
	}
	_, err := tx.Exec(ctx, "INSERT INTO lazi.sync_seen (run_id, page, ids) VALUES ($1, $2, $3)", t.Run.ID, t.Run.Pages, ids)
	return err
}

// unseen are the live records that a reconcile has not seen, but for those that were fetched after it began.
func unseen(k *domain.Kind) string {
	return ` FROM raw.` + k.Table + ` t WHERE t.tenant_id = $1 AND t.deleted_at IS NULL AND t.fetched_at < $3
 AND NOT EXISTS (SELECT FROM (SELECT unnest(ids) AS id FROM lazi.sync_seen WHERE run_id = $2) s WHERE s.id = t.st_id)`
}

// Vanished counts the live records of a kind, and those among them that a reconcile has not seen.
func (s *Store) Vanished(ctx context.Context, t *domain.SyncTurn, k *domain.Kind) (live, vanished int64, err error) {
	err = s.readRow(ctx, t.Run.Tenant, []any{&live, &vanished}, `SELECT (SELECT count(*) FROM raw.`+k.Table+` WHERE tenant_id = $1 AND deleted_at IS NULL),
 (SELECT count(*)`+unseen(k)+`)`, t.Run.Tenant, t.Run.ID, t.Run.StartedAt)
	if err != nil {
		return 0, 0, fmt.Errorf("store: vanished %s: %w", k.Plural(), clean(err))
	}
	return live, vanished, nil
}

// NextVanished returns ids of records that a reconcile has not seen, the lowest above a given one.
func (s *Store) NextVanished(ctx context.Context, t *domain.SyncTurn, k *domain.Kind, above int64, limit int) ([]int64, error) {
	rows, err := s.read(ctx, t.Run.Tenant, "SELECT t.st_id"+unseen(k)+" AND t.st_id > $4 ORDER BY t.st_id LIMIT $5",
		t.Run.Tenant, t.Run.ID, t.Run.StartedAt, above, limit)
	if err != nil {
		return nil, fmt.Errorf("store: vanished %s: %w", k.Plural(), clean(err))
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("store: vanished %s: %w", k.Plural(), clean(err))
	}
	return ids, nil
}

// StoreSweep stores records that were missed and are there after all, marks those deleted that are not, and moves the run's
// place, all or nothing. The error is domain.ErrLost when the turn is over.
func (s *Store) StoreSweep(ctx context.Context, t *domain.SyncTurn, k *domain.Kind, found domain.SyncPage, gone []int64) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if err := hold(ctx, tx, t); err != nil {
			return err
		}
		w, err := s.write(ctx, tx, t.Run.Tenant, k, found.Documents, t.Run.ID)
		if err != nil {
			return err
		}
		deleted, err := s.remove(ctx, tx, t.Run.Tenant, k, gone)
		return errors.Join(err, progress(ctx, tx, t, found.Next, domain.SyncCounts{
			Inserted: int64(w.Inserted), Updated: int64(w.Updated), Unchanged: int64(w.Unchanged),
			Deleted: int64(deleted + w.Deleted), Quarantined: int64(len(w.Rejected)),
		}, 0))
	})
	if err != nil {
		return fmt.Errorf("store: sweep of %s (%d records): %w", k.Plural(), len(gone), clean(err))
	}
	return nil
}
