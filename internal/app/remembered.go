package app

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"lazilabs.com/lazi/internal/domain"
)

// askTimeout bounds a question, whoever waits for the answer.
const askTimeout = 5 * time.Second

// remembered answers a question about tenants that every operation asks and whose answer hardly ever changes. An answer
// is believed for a while; then the next who asks makes it be asked again, once for all who wait.
type remembered[V any] struct {
	// ask finds the answer. It is given the last one, zero at first.
	ask func(ctx context.Context, id domain.TenantID, last V) (V, error)
	// lasts is how long an answer is believed. Errors are not remembered.
	lasts time.Duration
	now   func() time.Time
	asks  singleflight.Group
	mu    sync.Mutex
	known map[domain.TenantID]answer[V]
}

type answer[V any] struct {
	value V
	at    time.Time
}

func (r *remembered[V]) get(ctx context.Context, id domain.TenantID) (V, error) {
	known, ok := r.look(id)
	if ok && r.now().Sub(known.at) < r.lasts {
		return known.value, nil
	}
	asked := r.asks.DoChan(strconv.FormatInt(int64(id), 10), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout) // it is asked for others too
		defer cancel()
		last, _ := r.look(id)
		value, err := r.ask(ctx, id, last.value)
		if err == nil {
			r.keep(id, value)
		}
		return value, err
	})
	select {
	case a := <-asked:
		return a.Val.(V), a.Err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

func (r *remembered[V]) look(id domain.TenantID) (answer[V], bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, ok := r.known[id]
	return a, ok
}

func (r *remembered[V]) keep(id domain.TenantID, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[domain.TenantID]answer[V]{}
	}
	r.known[id] = answer[V]{value, r.now()}
}
