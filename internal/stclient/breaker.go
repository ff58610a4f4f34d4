package stclient

import (
	"sync"
	"time"
)

// outcome is what an exchange tells about the health of ServiceTitan for a tenant.
type outcome int

const (
	answered  outcome = iota // any proper answer, refusals and 429 included
	failed                   // no answer, 5xx, or one that cannot be read
	abandoned                // the caller left; nothing is known
)

// breaker stops calls to an upstream that failed several times in a row. After a pause it lets one call through at a
// time; the first that is answered closes it. It is our own because failsafe's keeps a half-open permit for ever when a
// call is abandoned, and takes no clock.
type breaker struct {
	now       func() time.Time
	threshold int
	cooldown  time.Duration

	mu        sync.Mutex
	failures  int // in a row; open from threshold on
	openUntil time.Time
	probing   bool
}

// openFor is how long calls are refused from now on, 0 when one may be tried.
func (b *breaker) openFor() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.remaining()
}

// enter asks to make an exchange. When the wait is not 0 it is refused, else leave must follow.
func (b *breaker) enter() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := b.remaining()
	if wait == 0 {
		b.probing = b.failures >= b.threshold
	}
	return wait
}

func (b *breaker) remaining() time.Duration {
	switch {
	case b.failures < b.threshold:
		return 0
	case b.probing:
		return b.cooldown
	default:
		return max(b.openUntil.Sub(b.now()), 0)
	}
}

// leave reports how an exchange ended.
func (b *breaker) leave(o outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	switch o {
	case answered:
		b.failures = 0
	case failed:
		b.failures++
		b.openUntil = b.now().Add(b.cooldown)
	case abandoned:
	}
}
