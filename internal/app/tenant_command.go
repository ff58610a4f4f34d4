package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

// AddTenant keeps the account that the configuration names in the database, encrypted, with the company's settings: one
// more tenant of every server over that database, or other credentials of one that is there. Without a name, a new tenant
// is named by its id, and one that is there keeps its name.
func AddTenant(ctx context.Context, cfg config.Config, name string, out io.Writer) error {
	list := Environment(cfg)
	if len(list) == 0 {
		return errors.New("SERVICE_TITAN_CLIENT_ID, _CLIENT_SECRET, _APP_KEY and _TENANT_ID: are missing: give the account in the environment, or as such lines with --stdin")
	}
	if len(cfg.CredentialsKeys) == 0 {
		return errNoCredentialsKey
	}
	st, vault, err := openVault(ctx, cfg)
	if err != nil {
		return err
	}
	defer st.Close()
	t, c := list[0].Tenant, list[0].Credentials
	if known, err := st.Tenant(ctx, t.ID); err == nil {
		t.Name = known.Name
	} else if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	if name != "" {
		t.Name = name
	}
	if err := st.PutTenant(ctx, t); err != nil {
		return err
	}
	if err := vault.PutCredentials(ctx, t.ID, domain.Credentials{
		ClientID: c.ClientID, ClientSecret: string(c.ClientSecret), AppKey: string(c.AppKey), Environment: string(cfg.ServiceTitan.Environment),
	}); err != nil {
		return err
	}
	if err := auditCommand(ctx, st, t.ID, "tenant add"); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "tenant %d (%s) is kept; running servers use the account within a minute\n", t.ID, t.Name)
	return err
}

// ListTenants shows the companies and how their accounts are kept, and no credentials.
func ListTenants(ctx context.Context, cfg config.Config, out io.Writer) error {
	st, vault, err := openVault(ctx, cfg)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.Tenants(ctx)
	if err != nil {
		return err
	}
	states, err := vault.States(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TENANT\tNAME\tTIME ZONE\tCURRENCY\tACCOUNT")
	for _, t := range all {
		s, kept := states[t.ID]
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\n", t.ID, t.Name, t.TimeZone, t.Currency, described(s, kept))
	}
	return table.Flush()
}

func described(s store.AccountState, kept bool) string {
	switch {
	case !kept:
		return "none is kept"
	case !s.Opens:
		return fmt.Sprintf("cannot be opened: sealed with key %s", s.KeyID)
	}
	return fmt.Sprintf("of %s, sealed with key %s", s.UpdatedAt.UTC().Format(time.DateOnly), s.KeyID)
}

// RotateKey encrypts all accounts with the first key of CREDENTIALS_KEY. It fails when there are some that no key opens,
// after all others are done.
func RotateKey(ctx context.Context, cfg config.Config, out io.Writer) error {
	if len(cfg.CredentialsKeys) == 0 {
		return errNoCredentialsKey
	}
	st, vault, err := openVault(ctx, cfg)
	if err != nil {
		return err
	}
	defer st.Close()
	done, left, err := vault.Reencrypt(ctx)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "accounts encrypted anew, with the first key: %d\n", done); err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("CREDENTIALS_KEY: no key opens the accounts of the tenants %v: give their key, or add them again", left)
	}
	return nil
}

var errNoCredentialsKey = errors.New("CREDENTIALS_KEY: is missing: openssl rand -base64 32 makes a key")

// openVault opens the configured database, whose migrations must be applied.
func openVault(ctx context.Context, cfg config.Config) (*store.Store, *store.Vault, error) {
	if cfg.Database.URL.IsZero() {
		return nil, nil, errors.New("DATABASE_URL: is missing: tenants are kept in the database of a deployment")
	}
	dsn := cfg.Database.URL.Reveal()
	if err := migrated(ctx, dsn); err != nil {
		return nil, nil, err
	}
	box, err := newBox(cfg)
	if err != nil {
		return nil, nil, err
	}
	st, err := store.Open(ctx, dsn, store.Options{TransactionPooler: cfg.Database.Pooler == config.PoolerTransaction})
	if err != nil {
		return nil, nil, err
	}
	return st, st.Vault(box), nil
}
