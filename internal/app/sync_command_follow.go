package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// lookEvery is how often the command looks where its runs stand.
const lookEvery = 500 * time.Millisecond

// followed are runs that are watched until they end. They are read again and again rather than subscribed to, so that
// nothing can be missed, whatever happens to the database in between.
type followed struct {
	syncs  Syncer
	tenant domain.TenantID
	runs   []*domain.SyncRun
}

// untilEnded calls show now and after each look, and returns when all runs have ended. While the database is away it waits.
func (f *followed) untilEnded(ctx context.Context, show func()) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		show()
		if len(f.unfinished()) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := f.look(ctx); err != nil && !errors.Is(err, domain.ErrUnavailable) {
			return err
		}
	}
}

func (f *followed) unfinished() []*domain.SyncRun {
	return slices.DeleteFunc(slices.Clone(f.runs), func(r *domain.SyncRun) bool { return r.Status.Finished() })
}

// look reads the unfinished runs again. The list of runs is read from the newest of them to the oldest.
func (f *followed) look(ctx context.Context) error {
	waiting := map[int64]bool{}
	q := domain.RunFilter{Limit: domain.MaxPage}
	for _, r := range f.unfinished() {
		waiting[r.ID] = true
		q.Kinds = append(q.Kinds, r.Kind)
		q.Before = max(q.Before, r.ID+1)
	}
	for len(waiting) > 0 {
		page, err := f.syncs.Runs(ctx, f.tenant, q)
		if err != nil {
			return err
		}
		for _, r := range page {
			if waiting[r.ID] {
				f.replace(r)
				delete(waiting, r.ID)
			}
		}
		if len(page) < q.Limit {
			return nil
		}
		q.Before = page[len(page)-1].ID
	}
	return nil
}

func (f *followed) replace(run *domain.SyncRun) {
	for i, r := range f.runs {
		if r.ID == run.ID {
			f.runs[i] = run
		}
	}
}
