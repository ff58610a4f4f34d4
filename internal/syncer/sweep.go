package syncer

import (
	"context"
	"fmt"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

const (
	// dropShare is how large a part of a kind's records may vanish between two reconciles before it looks like a mistake of
	// ServiceTitan's, or of ours, and dropFloor how many records that always may.
	dropShare = 0.2
	dropFloor = 10
	// sweepBatch is how many records are confirmed and marked at a time.
	sweepBatch = 500
)

// again begins a reconcile a second time when records were not seen that cannot be asked for by id. A list that lost a record
// and won another between two pages has its old length, and hides the record that moved up from one page to the other; it
// does not hide the same one twice.
func (e *Engine) again(ctx context.Context, t *domain.SyncTurn, k *domain.Kind) (bool, error) {
	if t.Run.Mode != domain.SyncReconcile || t.Place.Again || k.API.IDs || k.API.Get {
		return false, nil
	}
	live, vanished, err := e.store.Vanished(ctx, t, k)
	if err != nil || vanished == 0 || vanished > allowed(live) {
		return false, err
	}
	t.Place = &domain.SyncPlace{Page: 1, Size: t.Place.Size, Again: true}
	return true, nil
}

// allowed is how many of a kind's live records may vanish between two reconciles.
func allowed(live int64) int64 { return max(dropFloor, int64(dropShare*float64(live))) }

// sweep marks the records deleted that the run has not seen and that ServiceTitan does not have when asked for by id. It
// marks none when too many are missing, and says so.
func (e *Engine) sweep(ctx context.Context, t *domain.SyncTurn, k *domain.Kind, until time.Time) (problem string, more bool, err error) {
	if !t.Place.Sweep {
		live, vanished, err := e.store.Vanished(ctx, t, k)
		if err != nil {
			return "", true, err
		}
		if allowed := allowed(live); vanished > allowed && !t.Run.AcceptDrop {
			return fmt.Sprintf("%d of %d records are missing in ServiceTitan, more than the %d that may vanish at a time: none was marked deleted (acceptDrop does it all the same)",
				vanished, live, allowed), false, nil
		}
		t.Place.Sweep = true
	}
	asking, cancel := e.untilStop(ctx)
	defer cancel()
	for {
		ids, err := e.store.NextVanished(ctx, t, k, t.Place.Swept, sweepBatch)
		if err != nil || len(ids) == 0 {
			return "", false, err
		}
		found, gone, err := e.source.Confirm(asking, t.Run.Tenant, k, ids)
		if err != nil {
			return "", true, err
		}
		found.Next = *t.Place
		found.Next.Swept = ids[len(ids)-1]
		if err := e.store.StoreSweep(ctx, t, k, found, gone); err != nil {
			return "", true, err
		}
		*t.Place = found.Next
		if e.turnOver(until) {
			return "", true, nil
		}
	}
}
