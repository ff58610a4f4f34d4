package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/web"
)

// DevOptions are the flags of `lazi dev`.
type DevOptions struct {
	// Seed says which made-up companies to make.
	Seed uint64
}

// devTokenTTL is long: the token is worth nothing outside this machine.
const devTokenTTL = 30 * 24 * time.Hour

// Dev runs LAZI with everything it needs on one machine: the embedded Postgres unless DATABASE_URL is given, the
// ServiceTitan simulator unless an account is given, and the Playground with a token filled in. All kinds are copied in
// the background at each start; what is unchanged is not written again.
func Dev(ctx context.Context, cfg config.Config, opts DevOptions, out, logOut io.Writer) error {
	start := time.Now()
	cfg, err := withLocalSecret(cfg)
	if err != nil {
		return err
	}
	log, err := newLogger(cfg, logOut)
	if err != nil {
		return err
	}
	front, err := listen(ctx, "127.0.0.1", cfg.Port) // first: nothing is worth starting when the port is taken
	if err != nil {
		return err
	}
	defer front.Close()
	dsn, stop, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer stop()
	if err := store.Migrate(ctx, dsn); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	up, err := devUpstream(ctx, g, &cfg, opts)
	if err != nil {
		return err
	}
	a, err := devApp(ctx, cfg, dsn, up, Options{Logger: log, Now: time.Now})
	if err != nil {
		return err
	}
	defer a.Close()
	a.cfg.Shutdown.Delay = 0 // nobody balances load here
	a.run(ctx, g, front)
	for _, account := range up.accounts {
		if _, err := a.syncs.Start(ctx, account.Tenant.ID, wishes(domain.SyncFull, domain.TriggerCommand)); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\n  LAZI is ready after %s\n\n  Playground  http://%[2]s/playground/\n  GraphQL     http://%[2]s/graphql\n  Tenants     %[3]s\n  Token       lazi token --tenant %[4]d --role ADMIN\n\n",
		time.Since(start).Round(10*time.Millisecond), front.Addr(), up.names(), up.accounts[0].Tenant.ID)
	return g.Wait()
}

// upstream is the ServiceTitan that a development server reads.
type upstream struct {
	accounts []Account
	places   Places
}

func (u upstream) names() string {
	var names []string
	for _, a := range u.accounts {
		names = append(names, fmt.Sprintf("%d (%s)", a.Tenant.ID, a.Tenant.Name))
	}
	return strings.Join(names, ", ")
}

// devUpstream starts the simulator and points the configuration at it, unless an account is configured.
func devUpstream(ctx context.Context, g *errgroup.Group, cfg *config.Config, opts DevOptions) (upstream, error) {
	if cfg.ServiceTitan.Configured() {
		return upstream{accounts: Environment(*cfg), places: Places{Day: time.Now().Truncate(24 * time.Hour)}}, nil
	}
	s, accounts, err := simulated(opts.Seed, time.Time{}, 2, SizeFlags{}.sizes())
	if err != nil {
		return upstream{}, err
	}
	l, err := listen(ctx, "127.0.0.1", 0)
	if err != nil {
		return upstream{}, err
	}
	g.Go(func() error { return serveHTTP(ctx, l, s.Handler(), stopping{}) })
	cfg.ServiceTitan.APIURL = "http://" + l.Addr().String()
	cfg.ServiceTitan.AuthURL = cfg.ServiceTitan.APIURL
	cfg.ServiceTitan.RateLimit = 60 // what the real API allows; nobody else calls this one
	places, err := PlacesOf(s, accounts[0].Tenant)
	return upstream{accounts: accounts, places: places}, err
}

// devApp makes the server, its tenants and a Playground that shows the first of them.
func devApp(ctx context.Context, cfg config.Config, dsn string, up upstream, opts Options) (*App, error) {
	examples, err := Examples(up.places)
	if err != nil {
		return nil, err
	}
	token, err := Token(cfg, auth.Grant{Subject: "developer", Tenants: []int64{int64(up.accounts[0].Tenant.ID)}, Role: auth.Admin}, devTokenTTL)
	if err != nil {
		return nil, err
	}
	opts.DSN, opts.Accounts = dsn, up.accounts
	opts.Playground = web.Playground(web.Config{Headers: map[string]string{"Authorization": "Bearer " + token}, Examples: examples})
	a, err := New(ctx, cfg, opts)
	if err != nil {
		return nil, err
	}
	for _, account := range up.accounts {
		if err := a.store.PutTenant(ctx, account.Tenant); err != nil {
			a.Close()
			return nil, err
		}
	}
	return a, nil
}
