// Package syncer keeps the mirror true: it reads kinds from ServiceTitan, whole or what has changed, and stores them page by
// page. It is generic over domain.Kind and imports domain alone.
//
// A run is one reading of one kind of one tenant. It is worked on in turns: a worker takes the run, stores some pages, each
// together with the place behind it, and gives the run back. Whoever takes the next turn goes on from there, in this
// process or in another. A turn is fenced: a worker that has lost its run, because it was cancelled or because the worker
// was thought dead, can store nothing more.
package syncer

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"lazilabs.com/lazi/internal/domain"
)

// Source is where records come from.
type Source interface {
	// Pages reads a kind from a place on. The error ends the reading and is a *domain.UpstreamError where the source refused.
	Pages(ctx context.Context, tenant domain.TenantID, k *domain.Kind, at domain.SyncPlace) iter.Seq2[domain.SyncPage, error]
	// Confirm returns those of some records that are there, and the ids of those that are not.
	Confirm(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) (found domain.SyncPage, gone []int64, err error)
}

// Turns is where runs are worked on. Methods that change a run return domain.ErrLost when the turn is over.
type Turns interface {
	TakeRun(ctx context.Context, run, turn int64, worker string) (*domain.SyncTurn, error)
	StorePage(ctx context.Context, t *domain.SyncTurn, k *domain.Kind, p domain.SyncPage) error
	EndTurn(ctx context.Context, t *domain.SyncTurn, k *domain.Kind, end domain.SyncEnd) error
	SyncHistory(ctx context.Context, tenant domain.TenantID, k *domain.Kind) (domain.SyncHistory, error)
	Vanished(ctx context.Context, t *domain.SyncTurn, k *domain.Kind) (live, vanished int64, err error)
	NextVanished(ctx context.Context, t *domain.SyncTurn, k *domain.Kind, above int64, limit int) ([]int64, error)
	StoreSweep(ctx context.Context, t *domain.SyncTurn, k *domain.Kind, found domain.SyncPage, gone []int64) error
}

// Queue hands runs to workers, in all processes.
type Queue interface {
	Work(ctx context.Context, atOnce int, log *slog.Logger, turn func(ctx context.Context, run, turn int64) error) error
	KeepAlive(ctx context.Context, worker string, lease time.Duration) (held map[int64]int64, err error)
	Leave(ctx context.Context, worker string) error
	ReviveRuns(ctx context.Context) (int, error)
	EnsureSchedule(ctx context.Context, rules domain.ScheduleRules) error
	StartDue(ctx context.Context, rules domain.ScheduleRules, limit int) (int, error)
	PruneSync(ctx context.Context, before time.Time) (int64, error)
	PruneChanges(ctx context.Context, before time.Time) (int64, error)
}

// Desk is where users ask for runs and look at them.
type Desk interface {
	StartRuns(ctx context.Context, tenant domain.TenantID, wishes []domain.NewRun) ([]*domain.SyncRun, error)
	CancelRun(ctx context.Context, tenant domain.TenantID, run int64) (*domain.SyncRun, error)
	SetPaused(ctx context.Context, tenant domain.TenantID, kinds []*domain.Kind, paused bool) error
	SyncStates(ctx context.Context, tenant domain.TenantID) ([]*domain.SyncState, error)
	SyncRuns(ctx context.Context, tenant domain.TenantID, f domain.RunFilter) ([]*domain.SyncRun, error)
	SyncRun(ctx context.Context, tenant domain.TenantID, run int64) (r *domain.SyncRun, turn int64, err error)
	MovingRuns(ctx context.Context, tenant domain.TenantID, ended time.Duration) ([]*domain.SyncRun, error)
	Quarantine(ctx context.Context, tenant domain.TenantID, f domain.QuarantineFilter) ([]domain.Quarantined, error)
}

// Store is where runs and the mirror are kept.
type Store interface {
	Turns
	Queue
	Desk
}

// Config tunes an Engine. Zero values mean the defaults.
type Config struct {
	// Schedule says what is started by itself; no kinds, nothing.
	Schedule domain.ScheduleRules
	// AtOnce is how many runs this process works on side by side; 8.
	AtOnce int
	// Overlap is how much is read again before what the last run has read, since records are stamped and shown late; 1 h.
	Overlap time.Duration
	// TurnLength is after how long a run is given back so that others come to their turn; 10 s.
	TurnLength time.Duration
	// Lease is after how long without a sign of life a worker counts as dead; 3.5 s. Beat is the time between two signs; 1 s.
	Lease, Beat time.Duration
	// MaxWait bounds the rest of a run that ServiceTitan does not answer, unless ServiceTitan itself asks for more; 1 min.
	MaxWait time.Duration
	// Patience is after how long without a page such a run fails; 24 h.
	Patience time.Duration
	// Keep is how long ended runs and changes are remembered; 30 days.
	Keep time.Duration
	// Trace, where set, is told that a turn or the storing of a page begins, and then how it ended.
	Trace func(ctx context.Context, what, kind string) (inside context.Context, end func(failed bool))
	// OnPage, where set, is told of each page that was stored.
	OnPage func(kind string, records int)
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Logger tells how runs end.
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	if c.Trace == nil {
		c.Trace = func(ctx context.Context, _, _ string) (context.Context, func(bool)) { return ctx, func(bool) {} }
	}
	if c.OnPage == nil {
		c.OnPage = func(string, int) {}
	}
	set(&c.Overlap, time.Hour)
	set(&c.TurnLength, 10*time.Second)
	set(&c.Lease, 3500*time.Millisecond)
	set(&c.Beat, time.Second)
	set(&c.MaxWait, time.Minute)
	set(&c.Patience, 24*time.Hour)
	set(&c.Keep, 30*24*time.Hour)
	if c.AtOnce == 0 {
		c.AtOnce = 8
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Engine is one process's worker.
type Engine struct {
	source  Source
	store   Store
	cfg     Config
	worker  string
	active  *active
	moving  *moving
	stopped chan struct{} // closed when turns are to be given back
}

// New makes an engine. The worker's id is a UUID that no other process has.
func New(source Source, store Store, worker string, cfg Config) *Engine {
	cfg = cfg.withDefaults()
	return &Engine{
		source: source, store: store, cfg: cfg, worker: worker,
		active: newActive(), moving: newMoving(store, cfg.Now), stopped: make(chan struct{}),
	}
}

// Run works on runs until the context ends; then it gives its turns back, with what they have stored, and returns the
// context's error. Call it once.
func (e *Engine) Run(ctx context.Context) error {
	defer func() {
		leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.cfg.Lease)
		defer cancel()
		if err := e.store.Leave(leave, e.worker); err != nil {
			e.cfg.Logger.Warn("worker not signed off: its runs go on when its lease ends", "cause", err)
		}
	}()
	beats, stopBeats := context.WithCancel(context.WithoutCancel(ctx)) // the last turns need them
	var keeping errgroup.Group
	keeping.Go(func() error { return e.keepAlive(beats) })
	defer func() { stopBeats(); _ = keeping.Wait() }()

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { <-ctx.Done(); close(e.stopped); return nil })
	g.Go(func() error { return e.store.Work(ctx, e.cfg.AtOnce, e.cfg.Logger, e.turn) })
	g.Go(func() error { return e.keepSchedule(ctx) })
	g.Go(func() error { return e.prune(ctx) })
	return g.Wait()
}

// turn works on a run for a while, unless another worker does. Everything that can go wrong with the run is noted there, so
// only what keeps it from being noted is returned.
func (e *Engine) turn(ctx context.Context, run, number int64) error {
	if _, err := e.takeTurn(ctx, run, number); !errors.Is(err, domain.ErrLost) {
		return err
	}
	return nil
}
