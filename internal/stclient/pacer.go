package stclient

import (
	"context"
	"log/slog"
	"math"
	"sync"
	"time"
)

const (
	// wholeTenant is the scope of all modules together.
	wholeTenant = "*"
	// pacerTimeout is how long a call waits for the shared budget's answer, which takes a millisecond in health.
	pacerTimeout = time.Second
	// pacerRest is how long a shared budget that failed is left alone, lest every call waits for it in vain.
	pacerRest = 5 * time.Second
)

// Pacer keeps the turns of tenants for all processes that serve them. A scope is a module of the API, or "*" for all of a
// tenant's modules together. Every method asks somebody else and may fail; the process then paces alone for a while.
type Pacer interface {
	// ReserveCall takes the scope's next turn and returns how long to wait for it. Turns are every apart, but for a burst
	// that may start at once. A wait longer than atMost means that the turn was not taken.
	ReserveCall(ctx context.Context, tenant int64, scope string, every time.Duration, burst int, atMost time.Duration) (time.Duration, error)
	// DelayCalls lets no turn of the scope begin before some time has passed.
	DelayCalls(ctx context.Context, tenant int64, scope string, by time.Duration) error
}

// sharedPace asks a Pacer for one tenant and bears its failures.
type sharedPace struct {
	pacer  Pacer
	tenant int64
	log    *slog.Logger
	now    func() time.Time

	mu        sync.Mutex
	restUntil time.Time
}

// reserve takes a turn, see Pacer.ReserveCall. It is not ok when there is no Pacer, or none that answers.
func (s *sharedPace) reserve(ctx context.Context, scope string, perSecond float64, burst int, atMost time.Duration) (wait time.Duration, ok bool) {
	if s.pacer == nil || s.rests() {
		return 0, false
	}
	within, cancel := context.WithTimeout(ctx, pacerTimeout)
	defer cancel()
	every := time.Duration(math.Ceil(float64(time.Second) / perSecond)) // never a bit faster
	wait, err := s.pacer.ReserveCall(within, s.tenant, scope, every, burst, atMost)
	return wait, s.note(ctx, err)
}

// pause tells the other processes of a pause. It does so for a caller who gave up, too: the limit is the tenant's.
func (s *sharedPace) pause(ctx context.Context, d time.Duration) {
	if s.pacer == nil || d <= 0 || s.rests() {
		return
	}
	ctx = context.WithoutCancel(ctx)
	within, cancel := context.WithTimeout(ctx, pacerTimeout)
	defer cancel()
	s.note(ctx, s.pacer.DelayCalls(within, s.tenant, wholeTenant, d))
}

func (s *sharedPace) rests() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now().Before(s.restUntil)
}

// note tells whether the Pacer has answered. A failure that is not the caller's own end is logged once a rest.
func (s *sharedPace) note(ctx context.Context, err error) bool {
	if err == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); ctx.Err() == nil && !now.Before(s.restUntil) {
		s.restUntil = now.Add(pacerRest)
		s.log.WarnContext(ctx, "the shared call budget does not answer, this process paces alone",
			slog.Duration("for", pacerRest), slog.Any("cause", err))
	}
	return false
}
