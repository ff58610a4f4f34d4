package store

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// pipelines send questions together whose callers have to wait for a connection: over the first that is free, in one write, and their
// answers are read one after the other as they come. Each stays a statement of its own, but Postgres has the next at hand when it is
// through with one, where it would sleep until LAZI has read and has written again; and LAZI sleeps as little.
type pipelines struct {
	store    *Store
	patience time.Duration

	mu      sync.Mutex
	free    int     // how many more may go at once
	waiting []*turn // in the order in which they came
	stats   PipelineStats
}

// maxPipeline is how many callers' questions go together at most: the longer it is, the longer who is slow holds others up.
const maxPipeline = 6

func newPipelines(s *Store, connections int32) *pipelines {
	return &pipelines{store: s, patience: patience, free: int(connections)}
}

// turn is what a caller who waits asks.
type turn struct {
	ctx        context.Context //nolint:containedctx // it waits with its caller
	scope      scope
	statements []*statement
	asks       []*table.Ask
	since      time.Time
	done       chan struct{} // is closed when there is nothing more to wait for

	stop     context.CancelFunc // breaks the pipeline; it is set while the caller's memory is in use, for sending or for reading
	over     bool               // nobody waits
	answered bool
}

// answer answers questions, whose statements are written already.
func (p *pipelines) answer(ctx context.Context, tenant domain.TenantID, statements []*statement, asks []*table.Ask) error {
	if slices.ContainsFunc(asks, mayTakeLong) {
		return p.store.alone(ctx, tenant, statements, asks)
	}
	t := p.enter(ctx, tenant, statements, asks)
	if t == nil {
		defer p.next()
		return p.store.alone(ctx, tenant, statements, asks)
	}
	select {
	case <-t.done:
	case <-ctx.Done():
		p.leave(t)
		return ctx.Err()
	}
	if t.answered {
		return nil
	}
	for _, a := range asks {
		a.Reset()
	}
	return p.store.alone(ctx, tenant, statements, asks)
}

// mayTakeLong tells that Postgres may read many more rows than it returns, which would hold up who comes behind.
func mayTakeLong(a *table.Ask) bool {
	return !a.ByID && a.Link == nil && (a.Count || !a.Query.FlagsOnly())
}

// enter makes a caller wait. It returns nil to who may go at once, and then calls next.
func (p *pipelines) enter(ctx context.Context, tenant domain.TenantID, statements []*statement, asks []*table.Ask) *turn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.free > 0 {
		p.free--
		return nil
	}
	t := &turn{
		ctx: ctx, scope: scopeOf(ctx, tenant), statements: statements, asks: asks, since: time.Now(), done: make(chan struct{}),
	}
	p.waiting = append(p.waiting, t)
	return t
}

// leave takes a caller out who waits no more. While its memory is in use it stays until the pipeline is broken.
func (p *pipelines) leave(t *turn) {
	p.mu.Lock()
	stop := t.stop
	if stop == nil {
		t.over = true
		p.waiting = slices.DeleteFunc(p.waiting, func(w *turn) bool { return w == t })
	}
	p.mu.Unlock()
	if stop != nil {
		stop()
		<-t.done
	}
}

// next passes a connection on to those who wait.
func (p *pipelines) next() {
	if v := p.gather(); v != nil {
		go p.drive(v)
	}
}

// drive sends pipelines over a connection, one after the other, until nobody waits.
func (p *pipelines) drive(v *pipeline) {
	for ; v != nil; v = p.gather() {
		v.run()
		runtime.Gosched() // whom it has answered may ask again, and go along
	}
}

// gather takes out who goes together next: the first who waits, and others who may see the same rows. Where nobody waits, the
// connection is free.
func (p *pipelines) gather() *pipeline {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) == 0 {
		p.free++
		return nil
	}
	first := p.waiting[0]
	v := &pipeline{pipelines: p}
	v.ctx, v.stop = context.WithTimeout(context.WithoutCancel(first.ctx), p.patience) // it is asked for others too
	p.waiting = slices.DeleteFunc(p.waiting, func(t *turn) bool {
		if len(v.turns) == maxPipeline || t.scope != first.scope {
			return false
		}
		t.stop = v.stop
		v.turns = append(v.turns, t)
		p.stats.Waited += time.Since(t.since)
		return true
	})
	p.stats.Pipelines++
	p.stats.Questions += uint64(len(v.turns))
	return v
}

// pipeline is what goes together.
type pipeline struct {
	*pipelines
	ctx   context.Context //nolint:containedctx // the first caller's values, which go with it
	stop  context.CancelFunc
	turns []*turn
}

// run sends a pipeline and reads the answers. Whatever goes wrong, or takes too long, who has no answer then asks alone, and meets alone
// what is wrong with its own question.
func (v *pipeline) run() {
	defer v.stop()
	defer v.release()
	defer func() { _ = recover() }() // it comes again where it is told of, in its caller
	results, err := v.send()
	if err != nil {
		return
	}
	defer results.Close() // its error is nobody's: who is answered has all rows, and who is not asks again
	for _, t := range v.turns {
		if err := v.read(results, t); err != nil {
			return
		}
	}
}

func (v *pipeline) send() (pgx.BatchResults, error) {
	var all []*statement
	for _, t := range v.turns {
		all = append(all, t.statements...)
	}
	results, err := v.store.pipe(v.ctx, domain.TenantID(v.turns[0].scope.tenant), all)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, t := range v.turns {
		t.stop = nil
	}
	return results, nil
}

// read reads the answer to a turn, or past that of one who has left.
func (v *pipeline) read(results pgx.BatchResults, t *turn) error {
	if !v.begin(t) {
		for range t.statements {
			if _, err := results.Exec(); err != nil {
				return err
			}
		}
		return nil
	}
	answered := false
	defer func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.finish(t, answered)
	}()
	if err := takeAll(results, t.statements, t.asks); err != nil {
		return err
	}
	answered = true
	return nil
}

// begin tells whether somebody waits for the turn whose answer is next, and keeps it.
func (v *pipeline) begin(t *turn) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !t.over {
		t.stop = v.stop
	}
	return !t.over
}

// release lets those go who have no answer.
func (v *pipeline) release() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, t := range v.turns {
		if !t.over {
			v.finish(t, false)
		}
	}
}

// finish lets a caller go, whom the lock is held for.
func (p *pipelines) finish(t *turn, answered bool) {
	t.over, t.stop, t.answered = true, nil, answered
	if !answered {
		p.stats.Again++
	}
	close(t.done)
}
