package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/stclient"
)

// Account is a tenant's ServiceTitan account.
type Account struct {
	Tenant      domain.Tenant
	Credentials stclient.Credentials
}

// accounts keeps one client session for each linked tenant: its token, rate budget and circuit breaker.
type accounts struct {
	byTenant map[domain.TenantID]*stclient.Tenant
}

func newAccounts(cfg config.Config, list []Account, log *slog.Logger, now func() time.Time) (*accounts, error) {
	client, err := stclient.New(stclient.Config{
		APIBaseURL: cfg.ServiceTitan.APIURL, AuthBaseURL: cfg.ServiceTitan.AuthURL,
		RequestsPerSecond: float64(cfg.ServiceTitan.RateLimit), Logger: log, Now: now,
	})
	if err != nil {
		return nil, err
	}
	a := &accounts{byTenant: map[domain.TenantID]*stclient.Tenant{}}
	for _, x := range list {
		a.byTenant[x.Tenant.ID] = client.Tenant(x.Credentials)
	}
	return a, nil
}

// open returns a tenant's session.
func (a *accounts) open(_ context.Context, tenant domain.TenantID) (*stclient.Tenant, error) {
	t, ok := a.byTenant[tenant]
	if !ok {
		return nil, fmt.Errorf("app: tenant %d is not linked to a ServiceTitan account: %w", tenant, domain.ErrUnauthorized)
	}
	return t, nil
}

// Environment returns the account that the environment names, and none when it names none.
func Environment(cfg config.Config) []Account {
	st := cfg.ServiceTitan
	if !st.Configured() {
		return nil
	}
	return []Account{{
		Tenant: domain.Tenant{
			ID: domain.TenantID(st.TenantID), Name: fmt.Sprintf("Tenant %d", st.TenantID), TimeZone: st.TimeZone, Currency: st.Currency,
		},
		Credentials: stclient.Credentials{
			TenantID: st.TenantID, ClientID: st.ClientID,
			ClientSecret: stclient.Secret(st.ClientSecret.Reveal()), AppKey: stclient.Secret(st.AppKey.Reveal()),
		},
	}}
}
