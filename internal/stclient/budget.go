package stclient

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// budget paces a tenant's exchanges: each module by its own limiter, all together by ServiceTitan's limit. A 429 pauses
// the tenant's other calls too, since the limit is the tenant's. It is per process: replicas must share by division.
type budget struct {
	now     func() time.Time
	maxWait time.Duration
	limit   rate.Limit
	burst   int
	total   *rate.Limiter

	mu          sync.Mutex
	modules     map[string]*rate.Limiter
	pausedUntil time.Time
}

// take waits until an exchange of a module may start. It fails at once when that would be after the context's deadline.
// A pause that begins during the wait is kept too, and what waited for its end is paced again.
func (b *budget) take(ctx context.Context, module, op string) *Error {
	for {
		limiter, pause := b.state(module)
		if pause > b.maxWait {
			return spent(op, pause)
		}
		if failure := hold(ctx, pause, op); failure != nil {
			return failure
		}
		now := b.now()
		inModule, inTotal := limiter.ReserveN(now, 1), b.total.ReserveN(now, 1)
		failure := hold(ctx, max(inModule.DelayFrom(now), inTotal.DelayFrom(now)), op)
		if failure != nil {
			inModule.CancelAt(b.now())
			inTotal.CancelAt(b.now())
			return failure
		}
		if _, pause = b.state(module); pause <= 0 {
			return nil
		}
	}
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

// state gives a module's limiter and what is left of a pause.
func (b *budget) state(module string) (*rate.Limiter, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, ok := b.modules[module]
	if !ok {
		l = rate.NewLimiter(b.limit, b.burst)
		b.modules[module] = l
	}
	return l, b.pausedUntil.Sub(b.now())
}

// pause holds all calls of the tenant for d.
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
