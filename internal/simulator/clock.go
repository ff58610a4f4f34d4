package simulator

import (
	"sync"
	"time"
)

// Clock is the simulated clock: it runs like the real one from where it was set.
type Clock struct {
	mu     sync.Mutex
	set    time.Time
	since  time.Time
	offset time.Duration
}

func newClock(at time.Time) *Clock { return &Clock{set: at, since: time.Now()} }

// Now is the simulated time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.set.Add(time.Since(c.since) + c.offset)
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}
