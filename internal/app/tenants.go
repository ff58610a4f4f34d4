package app

import (
	"context"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

// tenantFor is how long a company's settings are believed before they are read again.
const tenantFor = time.Minute

// tenants remembers companies' settings, which every operation needs and which hardly ever change.
type tenants struct{ settings remembered[domain.Tenant] }

func newTenants(s *store.Store, now func() time.Time) *tenants {
	return &tenants{remembered[domain.Tenant]{
		lasts: tenantFor, now: now,
		ask: func(ctx context.Context, id domain.TenantID, _ domain.Tenant) (domain.Tenant, error) {
			return s.Tenant(ctx, id)
		},
	}}
}

// Tenant returns a company's settings.
func (t *tenants) Tenant(ctx context.Context, id domain.TenantID) (domain.Tenant, error) {
	return t.settings.get(ctx, id)
}
