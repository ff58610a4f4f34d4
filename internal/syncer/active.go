package syncer

import (
	"context"
	"sync"
)

// active are the turns that this process works on.
type active struct {
	mu    sync.Mutex
	turns map[int64]*activeTurn
}

type activeTurn struct {
	number int64 // 0 until the run is taken
	cancel context.CancelFunc
}

func newActive() *active { return &active{turns: map[int64]*activeTurn{}} }

// begin notes that a run is about to be taken. The context ends when the turn is found to be over. Call done when it is.
func (a *active) begin(ctx context.Context, run int64) (turnCtx context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	t := &activeTurn{cancel: cancel}
	a.mu.Lock()
	a.turns[run] = t
	a.mu.Unlock()
	return ctx, func() {
		cancel()
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.turns[run] == t {
			delete(a.turns, run)
		}
	}
}

// took notes the turn at which the run was taken.
func (a *active) took(run, number int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t, ok := a.turns[run]; ok {
		t.number = number
	}
}

// numbers are the turns that are worked on, by run; 0 for a run that is being taken.
func (a *active) numbers() map[int64]int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make(map[int64]int64, len(a.turns))
	for run, t := range a.turns {
		out[run] = t.number
	}
	return out
}

// end cuts a turn off that is over.
func (a *active) end(run, number int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t, ok := a.turns[run]; ok && t.number == number {
		t.cancel()
	}
}
