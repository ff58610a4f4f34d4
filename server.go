// Command lazi puts one GraphQL graph in front of a home-services company's ServiceTitan account.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // tenants' time zones work on machines without a zone database

	"github.com/alecthomas/kong"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
)

// cli is the command line. What a company's deployment is told stands in the environment: see .env.example.
type cli struct {
	Serve     serveCmd     `cmd:"" help:"Serve the graph from DATABASE_URL. Migrations must have been applied."`
	Dev       devCmd       `cmd:"" help:"Serve the graph with everything it needs: embedded Postgres, ServiceTitan simulator, Playground."`
	Migrate   migrateCmd   `cmd:"" help:"Apply the database migrations, or show or undo them."`
	Sync      syncCmd      `cmd:"" help:"Read from ServiceTitan into the database and show how it goes. Exits with 0 when all is read, 2 when some records could not be, 1 when it failed."`
	Simulate  simulateCmd  `cmd:"" help:"Run a local ServiceTitan with made-up companies."`
	Token     tokenCmd     `cmd:"" help:"Print a token signed with JWT_SECRET."`
	Documents documentsCmd `cmd:"" help:"Print a manifest of GraphQL documents for TRUSTED_DOCUMENTS."`
	Tenant    tenantCmd    `cmd:"" help:"Keep the ServiceTitan accounts of more companies in the database."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	var c cli
	parsed := kong.Parse(&c, kong.Name("lazi"), kong.UsageOnError(),
		kong.Description("One GraphQL graph in front of a ServiceTitan account. Configuration is read from the environment and from .env."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err := parsed.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "lazi:", err)
		os.Exit(app.ExitCode(err)) //nolint:gocritic // nothing is left to clean up but the signal handler
	}
}

// load reads the configuration.
func load(environment config.Environment) (config.Config, error) {
	lookup, err := variables(environment)
	if err != nil {
		return config.Config{}, err
	}
	return config.Load(lookup)
}

// variables are what the configuration is read from. A .env file counts in development only.
func variables(environment config.Environment) (config.Lookup, error) {
	lookup := config.Lookup(os.LookupEnv)
	if environment != config.Development {
		return lookup, nil
	}
	return config.WithDotEnv(config.WithValue(lookup, "LAZI_ENV", string(config.Development)), ".env")
}

type serveCmd struct{}

// Run serves until a signal comes.
func (serveCmd) Run(ctx context.Context) error {
	cfg, err := load("")
	if err != nil {
		return err
	}
	return app.Serve(ctx, cfg, os.Stderr)
}

type devCmd struct {
	Seed uint64 `help:"Which made-up companies to make." default:"1"`
}

// Run serves until a signal comes.
func (d devCmd) Run(ctx context.Context) error {
	cfg, err := load(config.Development)
	if err != nil {
		return err
	}
	return app.Dev(ctx, cfg, app.DevOptions{Seed: d.Seed}, os.Stdout, os.Stderr)
}

type migrateCmd struct {
	Up     struct{} `cmd:"" default:"1" help:"Apply what is missing (the default)."`
	Status struct{} `cmd:"" help:"List the migrations and whether they are applied."`
	Down   struct {
		To int64 `arg:"" help:"Version to go back to; 0 empties the database."`
	} `cmd:"" help:"Undo migrations of the private database."`
}

// Run changes or shows the database that DATABASE_URL names, or the embedded one in development.
func (m migrateCmd) Run(ctx context.Context, k *kong.Context) error {
	cfg, err := load(config.Development)
	if err != nil {
		return err
	}
	return app.Migrate(ctx, cfg, k.Selected().Name, m.Down.To, os.Stdout, os.Stderr)
}

type syncCmd struct {
	app.SyncOptions
}

// Run reads until all is done or a signal comes.
func (s syncCmd) Run(ctx context.Context) error {
	cfg, err := load(config.Development)
	if err != nil {
		return err
	}
	return app.Sync(ctx, cfg, s.SyncOptions, os.Stdout, os.Stderr)
}

type simulateCmd struct {
	app.SimulateOptions
}

// Run serves the simulator until a signal comes.
func (s simulateCmd) Run(ctx context.Context) error {
	return app.Simulate(ctx, s.SimulateOptions, os.Stdout)
}

type tokenCmd struct {
	Tenant     []int64       `help:"ServiceTitan tenant id; of several, each request chooses one by X-Tenant-ID." required:""`
	Role       string        `help:"OWNER, ADMIN, MANAGER, DISPATCHER, TECHNICIAN or VIEWER." required:""`
	Technician int64         `help:"ServiceTitan's id of the technician that the subject is: the role TECHNICIAN sees that one's schedule."`
	Operator   bool          `help:"The subject runs the deployment: may see all its tenants, add some and change their accounts."`
	Subject    string        `help:"Who the token is for." default:"developer"`
	TTL        time.Duration `help:"How long the token is valid." default:"12h"`
}

// Run prints the token.
func (t tokenCmd) Run() error {
	cfg, err := load(config.Development)
	if err != nil {
		return err
	}
	role, err := auth.ParseRole(t.Role)
	if err != nil {
		return err
	}
	token, err := app.Token(cfg, auth.Grant{Subject: t.Subject, Tenants: t.Tenant, Role: role, Technician: t.Technician, Operator: t.Operator}, t.TTL)
	if err != nil {
		return err
	}
	fmt.Println(token) //nolint:forbidigo // the command's output
	return nil
}

type documentsCmd struct {
	Paths []string `arg:"" help:"Files with one document each, and folders of .graphql files."`
}

// Run prints the manifest.
func (d documentsCmd) Run() error { return app.Documents(d.Paths, os.Stdout) }

type tenantCmd struct {
	Add       tenantAddCmd       `cmd:"" help:"Keep the account that SERVICE_TITAN_* name, encrypted with CREDENTIALS_KEY, in DATABASE_URL."`
	List      tenantListCmd      `cmd:"" help:"List the companies and how their accounts are kept."`
	RotateKey tenantRotateKeyCmd `cmd:"" help:"Encrypt all accounts with the first key of CREDENTIALS_KEY."`
}

// tenantAddCmd takes no credentials as flags: other users of the machine can read those, and shells keep them.
type tenantAddCmd struct {
	Name  string `help:"The company's name."`
	Stdin bool   `help:"Read NAME=value lines, such as SERVICE_TITAN_CLIENT_SECRET=..., from standard input; they win over the environment."`
}

// Run adds or changes the tenant.
func (t tenantAddCmd) Run(ctx context.Context) error {
	lookup, err := variables(config.Development)
	if err == nil && t.Stdin {
		lookup, err = config.WithLines(lookup, os.Stdin)
	}
	if err != nil {
		return err
	}
	cfg, err := config.Load(lookup)
	if err != nil {
		return err
	}
	return app.AddTenant(ctx, cfg, t.Name, os.Stdout)
}

type tenantListCmd struct{}

// Run prints a table.
func (tenantListCmd) Run(ctx context.Context) error {
	cfg, err := load(config.Development)
	if err != nil {
		return err
	}
	return app.ListTenants(ctx, cfg, os.Stdout)
}

type tenantRotateKeyCmd struct{}

// Run encrypts the accounts anew.
func (tenantRotateKeyCmd) Run(ctx context.Context) error {
	cfg, err := load(config.Development)
	if err != nil {
		return err
	}
	return app.RotateKey(ctx, cfg, os.Stdout)
}
