package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/text/currency"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

// desk keeps the companies of the deployment.
type desk struct {
	store *store.Store
	vault *store.Vault
	keyed bool // accounts can be kept
}

// Accounts implements resolvers.Tenants.
func (d desk) Accounts(ctx context.Context) ([]*domain.Account, error) {
	all, err := d.store.Tenants(ctx)
	if err != nil {
		return nil, err
	}
	states, err := d.vault.States(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]*domain.Account, len(all))
	for i, t := range all {
		out[i] = &domain.Account{Tenant: t}
		if s, kept := states[t.ID]; kept {
			out[i].CredentialsUpdatedAt, out[i].CredentialsUsable = &s.UpdatedAt, s.Opens
		}
	}
	return out, nil
}

// CreateTenant implements resolvers.Tenants. A company whose account could not be kept is there without one: the next
// updateTenantCredentials mends it.
func (d desk) CreateTenant(ctx context.Context, t domain.Tenant, c domain.Credentials) error {
	if err := errors.Join(settings(t), d.fits(c)); err != nil {
		return err
	}
	added, err := d.store.AddTenant(ctx, t)
	if err != nil {
		return err
	}
	if !added {
		return domain.Invalid("tenantId", "the company is there already")
	}
	return d.vault.PutCredentials(ctx, t.ID, c)
}

// settings says what is wrong with a company's settings.
func settings(t domain.Tenant) error {
	var wrong []error
	if t.ID <= 0 {
		wrong = append(wrong, domain.Invalid("tenantId", "ids of companies are positive"))
	}
	if t.Name == "" || len(t.Name) > 200 {
		wrong = append(wrong, domain.Invalid("name", "must have 1 to 200 bytes"))
	}
	if _, err := time.LoadLocation(t.TimeZone); err != nil || t.TimeZone == "" || t.TimeZone == "Local" {
		wrong = append(wrong, domain.Invalid("timeZone", "must be an IANA time zone, such as America/Chicago"))
	}
	if unit, err := currency.ParseISO(t.Currency); err != nil || unit.String() != t.Currency {
		wrong = append(wrong, domain.Invalid("currency", "must be an ISO 4217 currency code in capitals, such as USD"))
	}
	return errors.Join(wrong...)
}

// fits says why an account cannot be kept.
func (d desk) fits(c domain.Credentials) error {
	switch {
	case !d.keyed:
		return domain.Invalid("credentials", "the server has no CREDENTIALS_KEY to keep accounts with")
	case slices.Contains([]string{c.ClientID, c.ClientSecret, c.AppKey}, ""):
		return domain.Invalid("credentials", "client id, client secret and app key must not be empty")
	}
	return nil
}

// SetCredentials implements resolvers.Tenants.
func (d desk) SetCredentials(ctx context.Context, tenant domain.TenantID, c domain.Credentials) error {
	if err := d.fits(c); err != nil {
		return err
	}
	if _, err := d.store.Tenant(ctx, tenant); errors.Is(err, domain.ErrNotFound) {
		return domain.Invalid("tenantId", "there is no such company")
	} else if err != nil {
		return err
	}
	return d.vault.PutCredentials(ctx, tenant, c)
}
