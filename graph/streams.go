package graph

import (
	"context"
	"errors"
	"sync"
)

// streams are the requests under way that may last for hours. A server that stops ends them, since they would not end by
// themselves.
type streams struct {
	mu      sync.Mutex
	closed  bool
	last    int
	cancel  map[int]context.CancelCauseFunc
	running sync.WaitGroup
}

// errStopping is the cause of the end of streams that a stopping server ends.
var errStopping = errors.New("the server is stopping: try again")

func newStreams() *streams { return &streams{cancel: map[int]context.CancelCauseFunc{}} }

// open notes a stream, which must last no longer than the context, and call done at its end. After close there are no new
// ones: ok is false.
func (s *streams) open(ctx context.Context) (stream context.Context, done func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ctx, nil, false
	}
	stream, cancel := context.WithCancelCause(ctx)
	s.last++
	number := s.last
	s.cancel[number] = cancel
	s.running.Add(1)
	return stream, func() {
		cancel(nil)
		s.mu.Lock()
		delete(s.cancel, number)
		s.mu.Unlock()
		s.running.Done()
	}, true
}

func (s *streams) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.cancel)
}

// close ends all streams and waits until they have ended.
func (s *streams) close() {
	s.mu.Lock()
	s.closed = true
	for _, cancel := range s.cancel {
		cancel(errStopping)
	}
	s.mu.Unlock()
	s.running.Wait()
}
