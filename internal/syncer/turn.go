package syncer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// noteTimeout bounds the note of how a turn ended, which is made even when the turn's own time is up.
const noteTimeout = 10 * time.Second

// takeTurn takes a run at a turn and works on it. The error is domain.ErrLost for a run that is not to be had.
func (e *Engine) takeTurn(ctx context.Context, run, number int64) (*domain.SyncTurn, error) {
	ctx, done := e.active.begin(ctx, run)
	defer done()
	t, err := e.store.TakeRun(ctx, run, number, e.worker)
	if err != nil {
		return nil, err
	}
	e.active.took(run, t.Turn)
	k, known := domain.KindByName(t.Run.Kind)
	end := domain.SyncEnd{Status: domain.SyncFailed, Problem: "this version of LAZI does not know the entity"}
	if known {
		inside, over := e.cfg.Trace(ctx, "sync turn", k.Name)
		end = e.work(inside, t, k)
		over(end.Problem != "")
	}
	note, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	if err := e.store.EndTurn(note, t, k, end); err != nil && !errors.Is(err, domain.ErrLost) {
		return nil, err
	}
	e.tell(ctx, t, end)
	return t, nil
}

// work reads on where the run stands and says how the turn ended.
func (e *Engine) work(ctx context.Context, t *domain.SyncTurn, k *domain.Kind) domain.SyncEnd {
	end, err := e.read(ctx, t, k)
	if err == nil {
		return end
	}
	return e.setback(ctx, t, err)
}

// setback decides what becomes of a run that did not get on.
func (e *Engine) setback(ctx context.Context, t *domain.SyncTurn, err error) domain.SyncEnd {
	refused, isRefused := errors.AsType[*domain.UpstreamError](err)
	switch {
	case ctx.Err() != nil, e.stops(), errors.Is(err, domain.ErrLost):
		return domain.SyncEnd{Status: domain.SyncQueued} // not the run's fault: the process stops, or the run is lost
	case isRefused && !refused.Passing:
		return domain.SyncEnd{Status: domain.SyncFailed, Problem: refused.Problem}
	case isRefused && e.cfg.Now().Sub(lastMoved(&t.Run)) > e.cfg.Patience:
		return domain.SyncEnd{Status: domain.SyncFailed, Problem: refused.Problem + ", for " + e.cfg.Patience.String()}
	case isRefused:
		return domain.SyncEnd{Status: domain.SyncQueued, Setback: true, Problem: refused.Problem, Wait: max(e.rest(t.Setbacks), refused.RetryAfter)}
	case errors.Is(err, domain.ErrUnavailable):
		return domain.SyncEnd{Status: domain.SyncQueued, Setback: true, Problem: "the database did not answer", Wait: e.rest(t.Setbacks)}
	}
	e.cfg.Logger.ErrorContext(ctx, "sync run stumbled", append(attrs(t), slog.Any("cause", err))...)
	if t.Setbacks >= maxStumbles {
		return domain.SyncEnd{Status: domain.SyncFailed, Problem: "internal error: see the log for run " + itoa(t.Run.ID)}
	}
	return domain.SyncEnd{Status: domain.SyncQueued, Setback: true, Problem: "internal error", Wait: e.rest(t.Setbacks)}
}

// maxStumbles is how many turns in a row may fail for reasons of our own.
const maxStumbles = 8

// rest is how long a run waits after some failed turns in a row: 1 s, 2 s, 4 s and so on.
func (e *Engine) rest(setbacks int) time.Duration {
	return min(time.Second<<min(setbacks, 10), e.cfg.MaxWait)
}

// lastMoved is when the run last stored something.
func lastMoved(r *domain.SyncRun) time.Time {
	if r.PageAt != nil {
		return *r.PageAt
	}
	return *r.StartedAt
}

// tell logs how a turn ended that says something: a run's end, or a setback.
func (e *Engine) tell(ctx context.Context, t *domain.SyncTurn, end domain.SyncEnd) {
	r, level := &t.Run, slog.LevelDebug // every 15 minutes, nearly all runs find nothing
	switch {
	case end.Status == domain.SyncFailed:
		level = slog.LevelWarn
	case end.Setback, end.Problem != "", end.Status.Finished() && r.Inserted+r.Updated+r.Deleted > 0:
		level = slog.LevelInfo
	}
	e.cfg.Logger.Log(ctx, level, "sync turn ended", append(attrs(t),
		slog.String("status", string(end.Status)), slog.String("problem", end.Problem), slog.Int64("rows", r.Rows),
		slog.Int64("inserted", r.Inserted), slog.Int64("updated", r.Updated), slog.Int64("deleted", r.Deleted))...)
}

func attrs(t *domain.SyncTurn) []any {
	return []any{
		slog.Int64("tenant", int64(t.Run.Tenant)), slog.Int64("run", t.Run.ID), slog.String("kind", t.Run.Kind),
		slog.String("mode", string(t.Run.Mode)), slog.Int64("turn", t.Turn),
	}
}
