package syncer

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// read stores pages until the run is done, or its turn is over.
func (e *Engine) read(ctx context.Context, t *domain.SyncTurn, k *domain.Kind) (domain.SyncEnd, error) {
	goOn := domain.SyncEnd{Status: domain.SyncQueued}
	if t.Place == nil {
		at, err := e.plan(ctx, &t.Run, k)
		if err != nil {
			return goOn, err
		}
		t.Place = &at
	}
	until := e.cfg.Now().Add(e.cfg.TurnLength)
	for !t.Place.Sweep {
		if more, err := e.readPages(ctx, t, k, until); err != nil || more {
			return goOn, err
		}
		if again, err := e.again(ctx, t, k); err != nil || !again {
			if err != nil {
				return goOn, err
			}
			break
		}
	}
	end := domain.SyncEnd{Status: domain.SyncSucceeded, Whole: t.Place.Whole()}
	end.Aside = t.Run.Since != nil && !end.Whole
	if t.Place.Feed && !end.Aside {
		end.Cursor = t.Place.From
	}
	if t.Run.Mode == domain.SyncReconcile && end.Whole {
		problem, more, err := e.sweep(ctx, t, k, until)
		if err != nil || more {
			return goOn, err
		}
		end.Problem = problem
	}
	if t.Run.Quarantined > 0 && end.Problem == "" {
		end.Problem = strconv.FormatInt(t.Run.Quarantined, 10) + " records could not be read: see the quarantine"
	}
	if end.Problem != "" {
		end.Status = domain.SyncPartial
	}
	return end, nil
}

// plan decides where a run begins.
func (e *Engine) plan(ctx context.Context, r *domain.SyncRun, k *domain.Kind) (domain.SyncPlace, error) {
	if r.Mode != domain.SyncIncremental {
		return domain.SyncPlace{Page: 1}, nil
	}
	h, err := e.store.SyncHistory(ctx, r.Tenant, k)
	if err != nil {
		return domain.SyncPlace{}, err
	}
	since := e.since(r, h)
	switch {
	case since == nil:
		return domain.SyncPlace{Page: 1}, nil
	case k.API.Export == "" && k.API.Tree != "":
		return domain.SyncPlace{Page: 1}, nil // the list of a tree tells of changes at its roots alone
	case k.API.Export == "":
		return domain.SyncPlace{Page: 1, Since: since}, nil
	case h.Cursor == "" || r.Since != nil:
		return domain.SyncPlace{Feed: true, Since: since, From: since.UTC().Format(time.RFC3339)}, nil
	}
	return domain.SyncPlace{Feed: true, Since: since, From: h.Cursor}, nil
}

// since is from when on changes are read: nil for a kind that was never read whole. It goes by the records' own times as
// well as by the last run's beginning, since ServiceTitan's clock is not ours, and back by an overlap, since records are
// shown later than they are stamped.
func (e *Engine) since(r *domain.SyncRun, h domain.SyncHistory) *time.Time {
	if r.Since != nil {
		return r.Since
	}
	if !h.Complete || h.LastSyncAt == nil {
		return nil
	}
	at := *h.LastSyncAt
	if h.NewestAt != nil && h.NewestAt.Before(at) {
		at = *h.NewestAt
	}
	at = at.Add(-e.cfg.Overlap)
	return &at
}

// readPages stores pages up to the last, or until the turn is over; then there is more.
func (e *Engine) readPages(ctx context.Context, t *domain.SyncTurn, k *domain.Kind, until time.Time) (more bool, err error) {
	reading, cancel := e.untilStop(ctx)
	defer cancel()
	for p := range ahead(reading, e.source.Pages(reading, t.Run.Tenant, k, *t.Place)) {
		if p.err != nil {
			return true, p.err
		}
		if err := e.storePage(ctx, t, k, p.SyncPage); err != nil {
			return true, err
		}
		*t.Place = p.Next
		if !p.More {
			return false, nil
		}
		if e.turnOver(until) {
			return true, nil
		}
	}
	return true, fmt.Errorf("syncer: the source of %s ended without a last page: %w", k.Plural(), reading.Err())
}

func (e *Engine) storePage(ctx context.Context, t *domain.SyncTurn, k *domain.Kind, p domain.SyncPage) error {
	ctx, end := e.cfg.Trace(ctx, "sync page", k.Name)
	err := e.store.StorePage(ctx, t, k, p)
	end(err != nil)
	if err == nil {
		e.cfg.OnPage(k.Name, len(p.Documents))
	}
	return err
}

// turnOver tells whether the run is to be given back.
func (e *Engine) turnOver(until time.Time) bool {
	return e.stops() || !e.cfg.Now().Before(until)
}

// stops tells whether all runs are to be given back.
func (e *Engine) stops() bool {
	select {
	case <-e.stopped:
		return true
	default:
		return false
	}
}

// untilStop is a context for what ServiceTitan is asked: it ends when runs are to be given back, since an answer may take
// longer than anybody wants to wait for the end of a process. What is being stored is stored.
func (e *Engine) untilStop(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-e.stopped:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// fetched is a page, or why there is none.
type fetched struct {
	domain.SyncPage
	err error
}

// ahead reads a page while the one before is stored. Two pages at most are in memory and not yet stored. The reading ends
// with the context.
func ahead(ctx context.Context, pages iter.Seq2[domain.SyncPage, error]) <-chan fetched {
	out := make(chan fetched)
	go func() {
		defer close(out)
		for p, err := range pages {
			select {
			case out <- fetched{p, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
