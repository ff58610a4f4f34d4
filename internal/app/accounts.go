package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/secretbox"
	"lazilabs.com/lazi/internal/stclient"
	"lazilabs.com/lazi/internal/store"
)

// accountFor is how long a tenant's stored account is believed before its row is looked at again.
const accountFor = 30 * time.Second

// Account is a tenant's ServiceTitan account.
type Account struct {
	Tenant      domain.Tenant
	Credentials stclient.Credentials
}

// accounts keeps one client session for each linked tenant: its token, rate budget and circuit breaker. Accounts of the
// environment stand fast; all others are rows of the database, and a row that changes is noticed within a minute.
type accounts struct {
	fixed   map[domain.TenantID]*stclient.Tenant
	stored  remembered[link]
	vault   *store.Vault
	clients map[config.TitanEnvironment]*stclient.Client
	log     *slog.Logger
}

// link is what a tenant's row says: its session, why there is none, or that there is no row when both are nil.
type link struct {
	session   *stclient.Tenant
	broken    error
	changedAt time.Time
}

func newAccounts(cfg config.Config, list []Account, st *store.Store, watch upstreamWatch, log *slog.Logger, now func() time.Time) (*accounts, error) {
	clients, err := newClients(cfg, watch, st, log, now)
	if err != nil {
		return nil, err
	}
	box, err := newBox(cfg)
	if err != nil {
		return nil, err
	}
	a := &accounts{fixed: map[domain.TenantID]*stclient.Tenant{}, vault: st.Vault(box), clients: clients, log: log}
	a.stored = remembered[link]{ask: a.look, lasts: accountFor, now: now}
	for _, x := range list {
		a.fixed[x.Tenant.ID] = clients[cfg.ServiceTitan.Environment].Tenant(x.Credentials)
	}
	return a, nil
}

// newClients makes a client for each of ServiceTitan's installations. The hosts that the configuration names are those of
// the installation that it names.
func newClients(cfg config.Config, watch upstreamWatch, pacer stclient.Pacer, log *slog.Logger, now func() time.Time) (map[config.TitanEnvironment]*stclient.Client, error) {
	hosts := map[config.TitanEnvironment][2]string{
		config.TitanProduction:  {stclient.ProductionAPI, stclient.ProductionAuth},
		config.TitanIntegration: {stclient.IntegrationAPI, stclient.IntegrationAuth},
	}
	hosts[cfg.ServiceTitan.Environment] = [2]string{cfg.ServiceTitan.APIURL, cfg.ServiceTitan.AuthURL}
	clients := map[config.TitanEnvironment]*stclient.Client{}
	for environment, h := range hosts {
		client, err := stclient.New(stclient.Config{
			APIBaseURL: h[0], AuthBaseURL: h[1],
			RequestsPerSecond: float64(cfg.ServiceTitan.RateLimit), Pacer: watch.pacer(pacer), Around: watch.around, Logger: log, Now: now,
		})
		if err != nil {
			return nil, err
		}
		clients[environment] = client
	}
	return clients, nil
}

// newBox makes the box that stored accounts are sealed in.
func newBox(cfg config.Config) (*secretbox.Box, error) {
	var keys [][]byte
	for _, k := range cfg.CredentialsKeys {
		keys = append(keys, []byte(k.Reveal()))
	}
	return secretbox.New(keys...)
}

// open returns a tenant's session. One that a caller holds goes on when the account changes, and the next call gets the
// new one. The error is domain.ErrUnauthorized for a tenant that is not linked, and domain.ErrUnavailable when its row
// cannot be read or decrypted.
func (a *accounts) open(ctx context.Context, tenant domain.TenantID) (*stclient.Tenant, error) {
	if t, ok := a.fixed[tenant]; ok {
		return t, nil
	}
	l, err := a.stored.get(ctx, tenant)
	switch {
	case err != nil:
		return nil, err
	case l.broken != nil:
		return nil, l.broken
	case l.session == nil:
		return nil, fmt.Errorf("app: tenant %d is not linked to a ServiceTitan account: %w", tenant, domain.ErrUnauthorized)
	}
	return l.session, nil
}

// look reads a tenant's row, and opens a new session if it has changed. While the database does not answer, a session
// that is known goes on; a row that no key opens is told to the log each time, because readers may be served from the
// mirror and notice nothing.
func (a *accounts) look(ctx context.Context, tenant domain.TenantID, last link) (link, error) {
	c, changedAt, err := a.vault.Credentials(ctx, tenant, last.changedAt)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return link{}, nil
	case errors.Is(err, secretbox.ErrKey), errors.Is(err, secretbox.ErrSealed):
		return a.broken(ctx, tenant, err), nil
	case err != nil && last.session != nil:
		a.log.WarnContext(ctx, "tenant's account not read again", "tenant", tenant, "cause", err)
		return last, nil
	case err != nil:
		return link{}, err
	case changedAt.Equal(last.changedAt):
		return last, nil
	}
	client, ok := a.clients[config.TitanEnvironment(c.Environment)]
	if !ok {
		return a.broken(ctx, tenant, errors.New("its environment is unknown")), nil
	}
	a.log.InfoContext(ctx, "tenant's account opened", "tenant", tenant, "changed_at", changedAt)
	return link{changedAt: changedAt, session: client.Tenant(stclient.Credentials{
		TenantID: int64(tenant), ClientID: c.ClientID, ClientSecret: stclient.Secret(c.ClientSecret), AppKey: stclient.Secret(c.AppKey),
	})}, nil
}

func (a *accounts) broken(ctx context.Context, tenant domain.TenantID, cause error) link {
	a.log.ErrorContext(ctx, "tenant's account cannot be opened: CREDENTIALS_KEY must hold its key, or add it again by `lazi tenant add`",
		"tenant", tenant, "cause", cause)
	return link{broken: fmt.Errorf("app: account of tenant %d cannot be opened: %w: %w", tenant, domain.ErrUnavailable, cause)}
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
