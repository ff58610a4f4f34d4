package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stclient"
)

// SimulateOptions are the flags of `lazi simulate`.
type SimulateOptions struct {
	Port    int       `help:"Port to listen on; 0 lets the system choose." default:"3002"`
	Seed    uint64    `help:"Which made-up companies to make: the same seed and day make the same." default:"1"`
	Today   time.Time `help:"The day that the companies' work is planned around (default: today)." format:"2006-01-02"`
	Tenants int       `help:"How many companies to make." default:"2"`
	Sizes   SizeFlags `embed:""`
}

// SizeFlags change the size of a simulated company; 0 leaves the default, a real small company.
type SizeFlags struct {
	Customers    int `help:"Customers of each company (default 1700)."`
	Locations    int `help:"Locations of each company (default 2400)."`
	Jobs         int `help:"Jobs of each company (default 3300)."`
	Appointments int `help:"Appointments of each company (default 4200)."`
	Technicians  int `help:"Technicians of each company (default 40)."`
	Services     int `help:"Price book services of each company (default 2200)."`
}

func (f SizeFlags) sizes() simulator.Sizes {
	s := simulator.DefaultSizes()
	for flag, size := range map[*int]*int{
		&f.Customers: &s.Customers, &f.Locations: &s.Locations, &f.Jobs: &s.Jobs,
		&f.Appointments: &s.Appointments, &f.Technicians: &s.Technicians, &f.Services: &s.Services,
	} {
		if *flag > 0 {
			*size = *flag
		}
	}
	return s
}

// firstSimulated is the tenant id of the first simulated company; the others follow it.
const firstSimulated = 1001

// simulated makes the simulator and the accounts of its companies.
func simulated(seed uint64, today time.Time, tenants int, sizes simulator.Sizes) (*simulator.Simulator, []Account, error) {
	if today.IsZero() {
		today = time.Now().UTC().Truncate(24 * time.Hour)
	}
	cfg := simulator.Config{Seed: seed, Anchor: today}
	var accounts []Account
	for i := range tenants {
		t := simulator.Tenant{
			ID: int64(firstSimulated + i), ClientID: fmt.Sprintf("cid.simulated%d", i+1),
			ClientSecret: fmt.Sprintf("cs1.simulated%d", i+1), AppKey: "ak1.simulated", Sizes: sizes,
		}
		cfg.Tenants = append(cfg.Tenants, t)
		accounts = append(accounts, Account{
			Tenant: domain.Tenant{
				ID: domain.TenantID(t.ID), Name: fmt.Sprintf("Simulated Company %d", i+1), TimeZone: "America/Denver", Currency: "USD",
			},
			Credentials: stclient.Credentials{
				TenantID: t.ID, ClientID: t.ClientID, ClientSecret: stclient.Secret(t.ClientSecret), AppKey: stclient.Secret(t.AppKey),
			},
		})
	}
	s, err := simulator.New(cfg)
	return s, accounts, err
}

// Simulate serves the simulator until the context ends.
func Simulate(ctx context.Context, opts SimulateOptions, out io.Writer) error {
	s, accounts, err := simulated(opts.Seed, opts.Today, opts.Tenants, opts.Sizes.sizes())
	if err != nil {
		return err
	}
	l, err := listen(ctx, "127.0.0.1", opts.Port)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "SERVICE_TITAN_API_URL=http://%[1]s\nSERVICE_TITAN_AUTH_URL=http://%[1]s\n", l.Addr())
	for _, a := range accounts {
		fmt.Fprintf(out, "# %s\nSERVICE_TITAN_TENANT_ID=%d\nSERVICE_TITAN_CLIENT_ID=%s\nSERVICE_TITAN_CLIENT_SECRET=%s\nSERVICE_TITAN_APP_KEY=%s\n",
			a.Tenant.Name, a.Tenant.ID, a.Credentials.ClientID, string(a.Credentials.ClientSecret), string(a.Credentials.AppKey))
	}
	return serveHTTP(ctx, l, s.Handler(), stopping{})
}
