package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"lazilabs.com/lazi/internal/domain"
)

const (
	// riverSchema holds River's tables.
	riverSchema = "river"
	syncQueue   = "sync"
	// turnTimeout ends a turn that hangs. Turns give the run back long before.
	turnTimeout = 5 * time.Minute
	// stopTimeout is how long turns may take to store their page when the process ends.
	stopTimeout = 20 * time.Second
)

// turnArgs is a job: to work on a run whose turn is the given one. A job that comes late finds another turn there, and there
// is nothing to do.
type turnArgs struct {
	Run  int64 `json:"run"  river:"unique"`
	Turn int64 `json:"turn" river:"unique"`
}

// Kind implements river.JobArgs.
func (turnArgs) Kind() string { return "sync_turn" }

// newQueue makes a client that puts jobs on the queue.
func newQueue(pool *pgxpool.Pool) (*river.Client[pgx.Tx], error) {
	return river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: riverSchema, Logger: slog.New(slog.DiscardHandler)})
}

// enqueue puts a job for a run's turn on the queue, once.
func (s *Store) enqueue(ctx context.Context, tx pgx.Tx, r *domain.SyncRun, turn int64) error {
	_, err := s.queue.InsertTx(ctx, tx, turnArgs{Run: r.ID, Turn: turn}, &river.InsertOpts{
		Queue: syncQueue, Priority: priority(r.Kind),
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}},
	})
	return err
}

// priority lets kinds go first that others refer to: 1, the first, to 4.
func priority(kind string) int {
	all := domain.Kinds()
	at := slices.IndexFunc(all, func(k *domain.Kind) bool { return k.Name == kind })
	return 1 + 4*max(at, 0)/len(all)
}

// Work takes jobs off the queue until the context ends and hands each to turn, at most atOnce side by side. When the
// context ends it waits for the turns that are under way; turn must then give its run back soon.
func (s *Store) Work(ctx context.Context, atOnce int, log *slog.Logger, turn func(ctx context.Context, run, turn int64) error) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &turnWorker{turn: turn})
	client, err := river.NewClient(riverpgxv5.New(s.pool), &river.Config{
		Schema: riverSchema, Workers: workers, Queues: map[string]river.QueueConfig{syncQueue: {MaxWorkers: atOnce}},
		JobTimeout: turnTimeout, RescueStuckJobsAfter: 2 * turnTimeout, FetchCooldown: 50 * time.Millisecond, FetchPollInterval: 500 * time.Millisecond,
		PollOnly: s.pooled, CompletedJobRetentionPeriod: time.Hour,
		Logger: slog.New(quiet{log.Handler()}),
	})
	if err != nil {
		return fmt.Errorf("store: work: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil { // the context's end must not cut turns off
		return fmt.Errorf("store: work: %w", clean(err))
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := client.Stop(stop); err != nil {
		cut, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		return errors.Join(ctx.Err(), client.StopAndCancel(cut))
	}
	return ctx.Err()
}

type turnWorker struct {
	river.WorkerDefaults[turnArgs]
	turn func(ctx context.Context, run, turn int64) error
}

// Work implements river.Worker.
func (w *turnWorker) Work(ctx context.Context, job *river.Job[turnArgs]) error {
	return w.turn(ctx, job.Args.Run, job.Args.Turn)
}

// quiet keeps River's everyday messages out of the log.
type quiet struct{ slog.Handler }

// Enabled implements slog.Handler.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
