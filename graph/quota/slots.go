package quota

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// queueTime is how long an operation waits for a place.
	queueTime = time.Second
	// queueFactor is how many may wait for each place.
	queueFactor = 4
)

// errBusy means that no place became free in time, or that too many wait for one.
var errBusy = errors.New("busy")

// slots are places with a short queue before them. The nil slots have room for all.
type slots struct {
	places  *semaphore.Weighted
	most    int64 // who may wait
	waiting atomic.Int64
}

func newSlots(n int) *slots {
	if n == 0 {
		return nil
	}
	return &slots{places: semaphore.NewWeighted(int64(n)), most: int64(n) * queueFactor}
}

// enter takes a place. The error is errBusy, or the context's.
func (s *slots) enter(ctx context.Context) error {
	if s == nil || s.places.TryAcquire(1) {
		return nil
	}
	defer s.waiting.Add(-1)
	if s.waiting.Add(1) > s.most {
		return errBusy
	}
	wait, cancel := context.WithTimeoutCause(ctx, queueTime, errBusy)
	defer cancel()
	if s.places.Acquire(wait, 1) != nil {
		return context.Cause(wait)
	}
	return nil
}

func (s *slots) leave() {
	if s != nil {
		s.places.Release(1)
	}
}
