package stclient

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// longestTurn is the longest wait for the whole tenant's turn with which one is taken. A longer one means a pause that
// another process was told of, or more bursts at once than ServiceTitan's limit has room for.
const longestTurn = time.Second

// budget paces a tenant's exchanges: each module by its own rate, all together by ServiceTitan's limit. A 429 pauses the
// tenant's other calls too, since the limit is the tenant's. Turns come from the Pacer that all processes share; without
// one, or while it does not answer, from limiters of this process's own.
type budget struct {
	now     func() time.Time
	maxWait time.Duration
	limit   rate.Limit
	burst   int
	shared  *sharedPace
	total   *rate.Limiter

	mu          sync.Mutex
	modules     map[string]*rate.Limiter
	pausedUntil time.Time
}

// take waits until an exchange of a module may start. It fails at once when that would be after the context's deadline.
// A pause that begins during the wait is kept too, and what waited for its end is paced again.
func (b *budget) take(ctx context.Context, module, op string) *Error {
	for {
		pause := b.pauseLeft()
		if pause > b.maxWait {
			return spent(op, pause)
		}
		if failure := hold(ctx, pause, op); failure != nil {
			return failure
		}
		got, failure := b.sharedTurn(ctx, module, op)
		if got == noPacer {
			got, failure = taken, b.ownTurn(ctx, module, op)
		}
		if failure != nil {
			return failure
		}
		if got == taken && b.pauseLeft() <= 0 {
			return nil
		}
	}
}

// turn is what became of a wish for the Pacer's turns.
type turn int

const (
	taken   turn = iota
	waited       // the tenant's turn was too far away to be taken: ask for everything again
	noPacer      // there is no Pacer, or none that answers
)

// sharedTurn waits for the turns that the Pacer gives. The tenant's turn is taken only when the module's has come: so a
// module's queue holds nobody else up, and a pause that another process was told of is learned at the last moment. A
// turn that would come too late is not taken; one that is given up in between is lost, and with it one call's time.
func (b *budget) sharedTurn(ctx context.Context, module, op string) (turn, *Error) {
	atMost := patience(ctx)
	wait, ok := b.shared.reserve(ctx, module, float64(b.limit), b.burst, atMost)
	if !ok {
		return noPacer, nil
	}
	if wait > atMost {
		return waited, spent(op, wait)
	}
	if failure := hold(ctx, wait, op); failure != nil {
		return waited, failure
	}
	atMost = min(patience(ctx), longestTurn)
	if wait, ok = b.shared.reserve(ctx, wholeTenant, MaxRequestsPerSecond, 1, atMost); !ok {
		return noPacer, nil
	}
	if wait > b.maxWait {
		return waited, spent(op, wait)
	}
	if wait > atMost { // of this caller alone: those who have a turn already keep it
		return waited, hold(ctx, wait, op)
	}
	return taken, hold(ctx, wait, op)
}

// ownTurn waits for the turns of this process's own limiters, which know of no other process.
func (b *budget) ownTurn(ctx context.Context, module, op string) *Error {
	now := b.now()
	inModule, inTotal := b.limiter(module).ReserveN(now, 1), b.total.ReserveN(now, 1)
	failure := hold(ctx, max(inModule.DelayFrom(now), inTotal.DelayFrom(now)), op)
	if failure != nil {
		inModule.CancelAt(b.now())
		inTotal.CancelAt(b.now())
	}
	return failure
}

// hold waits, unless that would be in vain.
func hold(ctx context.Context, wait time.Duration, op string) *Error {
	if ctx.Err() == nil && !fits(ctx, wait) {
		return spent(op, wait)
	}
	if sleep(ctx, wait) != nil {
		return ended(ctx, op)
	}
	return nil
}

// patience is the longest wait that fits.
func patience(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return maxTold
	}
	return max(time.Until(deadline)-1, 0)
}

func (b *budget) limiter(module string) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, ok := b.modules[module]
	if !ok {
		l = rate.NewLimiter(b.limit, b.burst)
		b.modules[module] = l
	}
	return l
}

func (b *budget) pauseLeft() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pausedUntil.Sub(b.now())
}

// refused holds all calls of the tenant for d, in every process.
func (b *budget) refused(ctx context.Context, d time.Duration) {
	b.pause(d)
	b.shared.pause(ctx, d)
}

// pause holds all calls of the tenant in this process for d.
func (b *budget) pause(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until := b.now().Add(d); until.After(b.pausedUntil) {
		b.pausedUntil = until
	}
}

func spent(op string, wait time.Duration) *Error {
	return &Error{Op: op, Code: CodeRateLimited, Hint: "out of budget for the time given", RetryAfter: wait}
}
