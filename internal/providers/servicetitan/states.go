package servicetitan

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"lazilabs.com/lazi/internal/domain"
)

// statesFor is how long the mirror's state of a tenant is believed while some kind is not copied whole yet.
const statesFor = 2 * time.Second

// askTimeout bounds the question, whoever waits for the answer.
const askTimeout = 5 * time.Second

// states remembers how well each tenant's kinds are mirrored, so that a warm read costs no statement for it.
type states struct {
	mirror Mirror
	now    func() time.Time
	asks   singleflight.Group
	mu     sync.Mutex
	known  map[domain.TenantID]knownStates
}

type knownStates struct {
	byKind map[string]domain.CopyState
	readAt time.Time
}

func newStates(m Mirror, now func() time.Time) *states {
	return &states{mirror: m, now: now, known: map[domain.TenantID]knownStates{}}
}

// of returns the state of a kind. What is complete stays complete; anything else is looked up again after a moment,
// since another process may have copied it.
func (s *states) of(ctx context.Context, tenant domain.TenantID, k *domain.Kind) (domain.CopyState, error) {
	s.mu.Lock()
	known, ok := s.known[tenant]
	s.mu.Unlock()
	if st := known.byKind[k.Name]; st.Complete() || ok && s.now().Sub(known.readAt) < statesFor {
		return st, nil
	}
	byKind, err := s.read(ctx, tenant)
	return byKind[k.Name], err
}

// read asks the database, once for all who want to know at the same time.
func (s *states) read(ctx context.Context, tenant domain.TenantID) (map[string]domain.CopyState, error) {
	asked := s.asks.DoChan(strconv.FormatInt(int64(tenant), 10), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout) // it is asked for others too
		defer cancel()
		byKind, err := s.mirror.CopyStates(ctx, tenant)
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.known[tenant] = knownStates{byKind: byKind, readAt: s.now()}
		return byKind, nil
	})
	select {
	case answer := <-asked:
		byKind, _ := answer.Val.(map[string]domain.CopyState)
		return byKind, answer.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// forget makes the next look ask the database.
func (s *states) forget(tenant domain.TenantID) {
	s.mu.Lock()
	delete(s.known, tenant)
	s.mu.Unlock()
}

// seen returns what is remembered, without asking.
func (s *states) seen(tenant domain.TenantID, k *domain.Kind) domain.CopyState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[tenant].byKind[k.Name]
}
