package app

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/syncer"
)

// newSyncer makes this process's worker.
func (a *App) newSyncer(opts Options) *syncer.Engine {
	cfg := syncer.Config{
		Schedule: schedule(a.cfg.Sync), Trace: a.traceSync, OnPage: a.metrics.Records, Now: opts.Now, Logger: a.log,
	}
	if opts.TuneSync != nil {
		opts.TuneSync(&cfg)
	}
	return syncer.New(a.provider, a.store, uuid.NewString(), cfg)
}

// schedule says what is started by itself.
func schedule(cfg config.Sync) domain.ScheduleRules {
	rules := domain.ScheduleRules{Every: cfg.Interval}
	if !cfg.Scheduled {
		return rules
	}
	rules.Kinds = slices.DeleteFunc(domain.Kinds(), func(k *domain.Kind) bool {
		switch {
		case k == domain.PricebookCategories.Kind:
			return !cfg.PricebookCategories
		case k.Domain == domain.AreaPricebook:
			return !cfg.FullPricebook
		}
		return false
	})
	return rules
}

// Work lets this process work on sync runs until the context ends, and keeps the schedule.
func (a *App) Work(ctx context.Context) error {
	a.working.Store(true)
	defer a.working.Store(false)
	var upkeep sync.WaitGroup
	defer upkeep.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	upkeep.Go(func() { a.forget(ctx) })
	if err := a.syncs.Run(ctx); ctx.Err() == nil {
		return err
	}
	return nil // it was told to stop
}

// Syncs reads and steers sync runs.
func (a *App) Syncs() *syncer.Engine { return a.syncs }

// wishes asks for every kind.
func wishes(mode domain.SyncMode, trigger domain.SyncTrigger) []domain.NewRun {
	var all []domain.NewRun
	for _, k := range domain.Kinds() {
		all = append(all, domain.NewRun{Kind: k, Mode: mode, Trigger: trigger})
	}
	return all
}

// firstReads asks for a full copy when a kind is read that was never copied whole. It asks once for each, while this process
// works on runs.
type firstReads struct {
	asked sync.Map // of firstRead
}

type firstRead struct {
	tenant domain.TenantID
	kind   *domain.Kind
}

// startTimeout bounds the asking.
const startTimeout = 10 * time.Second

func (a *App) onColdRead(ctx context.Context, tenant domain.TenantID, k *domain.Kind) {
	if !a.working.Load() {
		return
	}
	if _, asked := a.firstReads.asked.LoadOrStore(firstRead{tenant, k}, true); asked {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startTimeout)
	defer cancel()
	_, err := a.syncs.Start(ctx, tenant, []domain.NewRun{{Kind: k, Mode: domain.SyncFull, Trigger: domain.TriggerFirstRead}})
	if err != nil {
		a.firstReads.asked.Delete(firstRead{tenant, k})
		a.log.WarnContext(ctx, "first copy not asked for", slog.String("kind", k.Name), slog.Any("cause", err))
	}
}
