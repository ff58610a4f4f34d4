package syncer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"lazilabs.com/lazi/internal/domain"
)

// Start asks for runs: see Desk.
func (e *Engine) Start(ctx context.Context, tenant domain.TenantID, wishes []domain.NewRun) ([]*domain.SyncRun, error) {
	return e.store.StartRuns(ctx, tenant, wishes)
}

// Cancel ends an unfinished run: see Desk.
func (e *Engine) Cancel(ctx context.Context, tenant domain.TenantID, run int64) (*domain.SyncRun, error) {
	return e.store.CancelRun(ctx, tenant, run)
}

// SetPaused holds scheduled runs, or lets them start again.
func (e *Engine) SetPaused(ctx context.Context, tenant domain.TenantID, kinds []*domain.Kind, paused bool) error {
	return e.store.SetPaused(ctx, tenant, kinds, paused)
}

// States tells how well each kind is mirrored. A kind that the configuration leaves out is not scheduled, whatever its row
// in the schedule says.
func (e *Engine) States(ctx context.Context, tenant domain.TenantID) ([]*domain.SyncState, error) {
	states, err := e.store.SyncStates(ctx, tenant)
	covered := map[string]bool{}
	for _, k := range e.cfg.Schedule.Kinds {
		covered[k.Name] = true
	}
	for _, s := range states {
		s.Scheduled = s.Scheduled && covered[s.Kind]
		if !s.Scheduled || s.Paused {
			s.NextSyncAt, s.NextReconcileAt = nil, nil
		}
	}
	return states, err
}

// Runs returns runs, the newest first.
func (e *Engine) Runs(ctx context.Context, tenant domain.TenantID, f domain.RunFilter) ([]*domain.SyncRun, error) {
	return e.store.SyncRuns(ctx, tenant, f)
}

// Quarantine returns records that could not be read, the latest first.
func (e *Engine) Quarantine(ctx context.Context, tenant domain.TenantID, f domain.QuarantineFilter) ([]*domain.Quarantined, error) {
	read, err := e.store.Quarantine(ctx, tenant, f)
	out := make([]*domain.Quarantined, len(read))
	for i := range read {
		out[i] = &read[i]
	}
	return out, err
}

// Finish works on runs until all have ended, wide of them side by side, without the queue. Runs that other workers hold are
// waited for.
func (e *Engine) Finish(ctx context.Context, tenant domain.TenantID, runs []*domain.SyncRun, wide int) error {
	var g errgroup.Group
	g.SetLimit(wide)
	for _, r := range runs {
		g.Go(func() error { return e.finishOne(ctx, tenant, r) })
	}
	return g.Wait()
}

// pollEvery is how often a run is looked at that another worker holds.
const pollEvery = 200 * time.Millisecond

func (e *Engine) finishOne(ctx context.Context, tenant domain.TenantID, r *domain.SyncRun) error {
	number := int64(0)
	for !r.Status.Finished() {
		wait := time.Duration(0)
		t, err := e.takeTurn(ctx, r.ID, number)
		switch {
		case errors.Is(err, domain.ErrLost):
			if number, err = e.look(ctx, tenant, r); err != nil {
				return err
			}
			wait = pollEvery
		case err != nil:
			return err
		default:
			*r, number = t.Run, t.Turn
			if r.RetryAt != nil {
				wait = r.RetryAt.Sub(e.cfg.Now())
			}
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
	return nil
}

// look reads where a run stands.
func (e *Engine) look(ctx context.Context, tenant domain.TenantID, r *domain.SyncRun) (turn int64, err error) {
	now, turn, err := e.store.SyncRun(ctx, tenant, r.ID)
	if err != nil {
		return 0, fmt.Errorf("syncer: run %d: %w", r.ID, err)
	}
	*r = *now
	return turn, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
