package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"lazilabs.com/lazi/internal/domain"
)

// Syncer starts runs and tells where they stand.
type Syncer interface {
	Start(ctx context.Context, tenant domain.TenantID, wishes []domain.NewRun) ([]*domain.SyncRun, error)
	Runs(ctx context.Context, tenant domain.TenantID, f domain.RunFilter) ([]*domain.SyncRun, error)
}

// syncCommand starts runs of a tenant and shows them until all have ended.
type syncCommand struct {
	syncs  Syncer
	tenant domain.TenantID
	// work works on the queue of runs until the context ends. It is nil where this process lacks the account of a tenant:
	// then servers do it all.
	work  func(ctx context.Context) error
	lacks domain.TenantID
	view  syncView
	now   func() time.Time
}

// run returns nil when all runs have succeeded, and an *ExitError when they ended otherwise or the context ended first: then
// they go on without this process.
func (c *syncCommand) run(ctx context.Context, wishes []domain.NewRun) error {
	runs, err := c.syncs.Start(ctx, c.tenant, wishes)
	if err != nil {
		return err
	}
	if c.work == nil {
		c.view.tell(fmt.Sprintf("the account of tenant %d is not configured here: servers do the work", c.lacks))
	}
	for i, r := range runs {
		if r.StartedAt != nil || r.Trigger != domain.TriggerCommand || r.Mode != wishes[i].Mode {
			c.view.tell(kindName(r.Kind) + ": no new run, since there is an unfinished one: " + runWords(r))
		}
	}
	f := &followed{syncs: c.syncs, tenant: c.tenant, runs: runs}
	g, together := errgroup.WithContext(ctx)
	working, stop := context.WithCancel(together)
	g.Go(func() error {
		defer stop()
		return f.untilEnded(together, func() { c.view.show(f.runs, c.now()) })
	})
	if c.work != nil {
		g.Go(func() error {
			err := c.work(working)
			if working.Err() != nil {
				return nil // it was told to stop
			}
			return err
		})
	}
	err = g.Wait()
	switch open := f.unfinished(); {
	case len(open) == 0:
		return outcome(f.runs)
	case ctx.Err() != nil:
		return c.left(open)
	}
	return err
}

// left tells the user whose signal has ended the command what becomes of the runs.
func (c *syncCommand) left(runs []*domain.SyncRun) error {
	c.view.tell("These runs are not stopped: servers go on with them, or the next `lazi sync`.")
	for _, r := range runs {
		c.view.tell(fmt.Sprintf("  run %d: %s, %s", r.ID, kindName(r.Kind), progressWords(r)))
	}
	c.view.tell(fmt.Sprintf("To stop one, send\n  mutation { cancelSync(input: {runId: \"%d\"}) { userErrors { message } } }", runs[0].ID))
	return &ExitError{Code: exitFailed, Reason: fmt.Sprintf("interrupted: %d runs are unfinished", len(runs))}
}

// Exit codes of `lazi sync`: 0 means that all runs have succeeded.
const (
	exitFailed  = 1
	exitPartial = 2
)

// ExitError ends the process with a code that scripts can tell apart.
type ExitError struct {
	Code   int
	Reason string
}

// Error returns the reason.
func (e *ExitError) Error() string { return e.Reason }

// ExitCode is what the process ends with for an error: an *ExitError's own code, else 1.
func ExitCode(err error) int {
	if e, ok := errors.AsType[*ExitError](err); ok {
		return e.Code
	}
	return exitFailed
}

// outcome is nil when all runs have succeeded. A failed or cancelled run counts for more than partial ones.
func outcome(runs []*domain.SyncRun) error {
	out := &ExitError{}
	var words []string
	for _, r := range runs {
		switch r.Status {
		case domain.SyncSucceeded:
			continue
		case domain.SyncPartial:
			if out.Code == 0 {
				out.Code = exitPartial
			}
		default:
			out.Code = exitFailed
		}
		words = append(words, kindName(r.Kind)+" "+strings.ToLower(string(r.Status)))
	}
	if words == nil {
		return nil
	}
	out.Reason = fmt.Sprintf("%d of %d runs did not succeed: %s", len(words), len(runs), strings.Join(words, ", "))
	return out
}
