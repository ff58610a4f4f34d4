package app

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

// tenantFor is how long a company's settings are believed before they are read again.
const tenantFor = time.Minute

// askTimeout bounds the question, whoever waits for the answer.
const askTimeout = 5 * time.Second

// tenants remembers companies' settings, which every operation needs and which hardly ever change.
type tenants struct {
	store *store.Store
	now   func() time.Time
	asks  singleflight.Group
	mu    sync.Mutex
	known map[domain.TenantID]knownTenant
}

type knownTenant struct {
	domain.Tenant
	readAt time.Time
}

func newTenants(s *store.Store, now func() time.Time) *tenants {
	return &tenants{store: s, now: now, known: map[domain.TenantID]knownTenant{}}
}

// Tenant returns a company's settings.
func (t *tenants) Tenant(ctx context.Context, id domain.TenantID) (domain.Tenant, error) {
	t.mu.Lock()
	k, ok := t.known[id]
	t.mu.Unlock()
	if ok && t.now().Sub(k.readAt) < tenantFor {
		return k.Tenant, nil
	}
	asked := t.asks.DoChan(strconv.FormatInt(int64(id), 10), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout) // it is asked for others too
		defer cancel()
		read, err := t.store.Tenant(ctx, id)
		if err != nil {
			return read, err
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.known[id] = knownTenant{read, t.now()}
		return read, nil
	})
	select {
	case answer := <-asked:
		return answer.Val.(domain.Tenant), answer.Err
	case <-ctx.Done():
		return domain.Tenant{}, ctx.Err()
	}
}
