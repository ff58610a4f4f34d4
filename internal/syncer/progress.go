package syncer

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"lazilabs.com/lazi/internal/domain"
)

const (
	// progressBeat is how often watchers are told.
	progressBeat = 500 * time.Millisecond
	// endedFor is for how long ended runs are among the moving ones: long enough for every watcher to see the end.
	endedFor = 20 * time.Second
)

// Progress sends each run of the kinds (all when empty) as it moves: the unfinished ones at first, then whichever starts,
// stores a page or ends. It closes the channel when the context ends. A watcher who is slow misses steps, never the end,
// unless he is slower than endedFor.
func (e *Engine) Progress(ctx context.Context, tenant domain.TenantID, kinds []*domain.Kind) (<-chan *domain.SyncRun, error) {
	wanted := map[string]bool{}
	for _, k := range kinds {
		wanted[k.Name] = true
	}
	runs, err := e.moving.of(ctx, tenant)
	if err != nil {
		return nil, err
	}
	told := map[int64]domain.SyncRun{}
	for _, r := range runs {
		if r.Status.Finished() {
			told[r.ID] = *r // it had ended before anybody looked
		}
	}
	out := make(chan *domain.SyncRun)
	go func() {
		defer close(out)
		_ = every(ctx, progressBeat, func() {
			runs, err := e.moving.of(ctx, tenant)
			if err != nil {
				e.warn(ctx, "progress could not be read", err)
			}
			for _, r := range runs {
				last, known := told[r.ID]
				if len(wanted) > 0 && !wanted[r.Kind] || known && !moved(last, *r) {
					continue
				}
				select {
				case out <- r:
					told[r.ID] = *r
				case <-ctx.Done():
					return
				}
			}
		})
	}()
	return out, nil
}

// moved tells whether a watcher would see a difference.
func moved(before, now domain.SyncRun) bool {
	return before.Status != now.Status || before.Pages != now.Pages || before.SyncCounts != now.SyncCounts ||
		(before.Problem == nil) != (now.Problem == nil)
}

// moving reads tenants' unfinished and just ended runs, once for all who watch a tenant.
type moving struct {
	desk  Desk
	now   func() time.Time
	asks  singleflight.Group
	mu    sync.Mutex
	known map[domain.TenantID]movingRuns
}

type movingRuns struct {
	runs   []*domain.SyncRun
	readAt time.Time
}

func newMoving(d Desk, now func() time.Time) *moving {
	return &moving{desk: d, now: now, known: map[domain.TenantID]movingRuns{}}
}

// of returns a tenant's runs as they were at most a beat ago.
func (m *moving) of(ctx context.Context, tenant domain.TenantID) ([]*domain.SyncRun, error) {
	m.mu.Lock()
	k, ok := m.known[tenant]
	m.mu.Unlock()
	if ok && m.now().Sub(k.readAt) < progressBeat*4/5 {
		return k.runs, nil
	}
	read, err, _ := m.asks.Do(itoa(int64(tenant)), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout) // it is asked for others too
		defer cancel()
		runs, err := m.desk.MovingRuns(ctx, tenant, endedFor)
		if err != nil {
			return nil, err
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.known[tenant] = movingRuns{runs, m.now()}
		return runs, nil
	})
	runs, _ := read.([]*domain.SyncRun)
	return runs, err
}
