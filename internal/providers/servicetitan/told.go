package servicetitan

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"lazilabs.com/lazi/internal/domain"
)

const (
	// toldFor is for how long settings of the office are believed, and toldRetry when they are asked for again after a failure.
	toldFor   = 10 * time.Minute
	toldRetry = time.Minute
)

// told remembers settings of each tenant's office that are not mirrored: they are few, and change rarely.
type told[T any] struct {
	asks  singleflight.Group
	mu    sync.Mutex
	known map[string]knownTold[T]
}

type knownTold[T any] struct {
	value T
	err   error
	until time.Time
}

// get returns a setting, asked for at most every few minutes. While ServiceTitan does not tell, it is what it told last; the error
// says why there is none.
func (t *told[T]) get(ctx context.Context, p *Provider, tenant domain.TenantID, what string, ask func(context.Context, domain.TenantID) (T, error)) (T, error) {
	key := fmt.Sprintf("%d %s", tenant, what)
	t.mu.Lock()
	known, ok := t.known[key]
	t.mu.Unlock()
	if ok && p.cfg.Now().Before(known.until) {
		return known.value, known.err
	}
	asked := t.asks.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.cfg.Patience) // it is asked for others too
		defer cancel()
		value, err := ask(ctx, tenant)
		next := knownTold[T]{value: value, until: p.cfg.Now().Add(toldFor)}
		if err != nil {
			p.cfg.Logger.Warn("ServiceTitan does not tell a setting", "tenant", tenant, "setting", what, "cause", err)
			next = knownTold[T]{value: known.value, until: p.cfg.Now().Add(toldRetry)}
			if !ok || known.err != nil {
				next.err = fmt.Errorf("servicetitan: %s: %w: %w", what, domain.ErrUnavailable, err)
			}
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.known == nil {
			t.known = map[string]knownTold[T]{}
		}
		t.known[key] = next
		return next, nil
	})
	select {
	case answer := <-asked:
		next := answer.Val.(knownTold[T])
		return next.value, next.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
