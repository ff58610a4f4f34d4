package syncer

import (
	"context"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// keepAlive gives signs of life and looks for runs whose worker gives none, until the context ends.
func (e *Engine) keepAlive(ctx context.Context) error {
	return every(ctx, e.cfg.Beat, func() {
		before := e.active.numbers()
		held, err := e.store.KeepAlive(ctx, e.worker, e.cfg.Lease)
		if err != nil {
			e.warn(ctx, "no sign of life could be given", err)
			return // whoever can will take over what we hold
		}
		e.settle(ctx, before, held)
		if n, err := e.store.ReviveRuns(ctx); err != nil {
			e.warn(ctx, "abandoned runs were not looked for", err)
		} else if n > 0 {
			e.cfg.Logger.InfoContext(ctx, "abandoned sync runs were put back on the queue", "runs", n)
		}
	})
}

// settle compares what this process worked on before it asked with what it holds: turns that it has lost are cut off, and
// runs that it holds without working on them are given back. The latter happens when the answer to TakeRun or EndTurn
// was lost with the connection.
func (e *Engine) settle(ctx context.Context, before, held map[int64]int64) {
	for run, number := range before {
		if number != 0 && held[run] != number {
			e.active.end(run, number)
		}
	}
	now := e.active.numbers()
	for run, number := range held {
		if _, working := before[run]; working {
			continue
		}
		if _, working := now[run]; working {
			continue
		}
		stray := &domain.SyncTurn{Run: domain.SyncRun{ID: run}, Turn: number}
		if err := e.store.EndTurn(ctx, stray, nil, domain.SyncEnd{Status: domain.SyncQueued}); err != nil {
			e.warn(ctx, "a stray run was not given back", err)
		}
	}
}

const (
	// scheduleBeat is how often the schedule is looked at, and dueAtOnce how many runs are started at a look.
	scheduleBeat = 2 * time.Second
	dueAtOnce    = 50
	// pruneBeat is how often old runs and changes are removed.
	pruneBeat = time.Hour
	// ensureEvery is how many looks pass between two searches for tenants that lack a schedule.
	ensureEvery = 30
)

// keepSchedule starts what is due, until the context ends.
func (e *Engine) keepSchedule(ctx context.Context) error {
	if len(e.cfg.Schedule.Kinds) == 0 {
		return nil
	}
	looks := 0
	return every(ctx, scheduleBeat, func() {
		if looks%ensureEvery == 0 {
			if err := e.store.EnsureSchedule(ctx, e.cfg.Schedule); err != nil {
				e.warn(ctx, "the schedule was not filled in", err)
				return
			}
		}
		looks++
		if _, err := e.store.StartDue(ctx, e.cfg.Schedule, dueAtOnce); err != nil {
			e.warn(ctx, "due sync runs were not started", err)
		}
	})
}

// prune removes what is too old, until the context ends.
func (e *Engine) prune(ctx context.Context) error {
	return every(ctx, pruneBeat, func() {
		before := e.cfg.Now().Add(-e.cfg.Keep)
		if _, err := e.store.PruneSync(ctx, before); err != nil {
			e.warn(ctx, "old sync runs were not removed", err)
		}
		if _, err := e.store.PruneChanges(ctx, before); err != nil {
			e.warn(ctx, "old changes were not removed", err)
		}
	})
}

func (e *Engine) warn(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		e.cfg.Logger.WarnContext(ctx, "sync upkeep failed", "what", what, "cause", err)
	}
}

// every does something now and then at each interval, until the context ends.
func every(ctx context.Context, interval time.Duration, do func()) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		do()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
