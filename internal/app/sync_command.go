package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/syncer"
)

// SyncOptions are the arguments and flags of `lazi sync`.
type SyncOptions struct {
	Entities   []string   `arg:"" optional:"" name:"entity" help:"What to read: customers, customer-contacts, … Everything when left out."`
	Mode       string     `help:"How much of it: full reads every record, incremental what changed since the last run, reconcile every record, and marks deleted what ServiceTitan no longer has." enum:"full,incremental,reconcile" default:"incremental"`
	Since      *time.Time `help:"Read changes from then on (2026-01-31T08:00:00Z), whatever the last run has read. With --mode incremental only."`
	Tenant     int64      `help:"ServiceTitan tenant id; may be left out where there is one account."`
	AcceptDrop bool       `help:"Mark records deleted even when more have vanished than is likely. With --mode reconcile only."`
}

// Sync starts runs of a tenant and shows them on out until all have ended: bars on a terminal, plain lines elsewhere. The
// error is an *ExitError when not all have succeeded.
func Sync(ctx context.Context, cfg config.Config, opts SyncOptions, out, logOut *os.File) error {
	wishes, err := opts.wishes(time.Now())
	if err != nil {
		return err
	}
	view, log, err := newSyncView(cfg, out, logOut)
	if err != nil {
		return err
	}
	dsn, stop, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer stop()
	a, err := newSyncApp(ctx, cfg, dsn, log)
	if err != nil {
		return err
	}
	defer a.Close()
	c, err := a.syncCommand(ctx, opts.Tenant, view)
	if err != nil {
		return err
	}
	if err := auditCommand(ctx, a.store, c.tenant, "sync "+opts.Mode); err != nil {
		return err
	}
	return c.run(ctx, wishes)
}

// newSyncView returns what shows the runs. On a terminal, warnings of the log stand above the bars.
func newSyncView(cfg config.Config, out, logOut *os.File) (syncView, *slog.Logger, error) {
	terminal := int(out.Fd())
	if !term.IsTerminal(terminal) {
		log, err := newLogger(cfg, logOut)
		return newLinesView(out), log, err
	}
	bars := newBarsView(out, func() (width, height int) {
		if width, height, err := term.GetSize(terminal); err == nil {
			return width, height
		}
		return 80, 24
	})
	cfg.LogLevel = max(cfg.LogLevel, slog.LevelWarn)
	log, err := newLogger(cfg, bars)
	return bars, log, err
}

// newSyncApp opens a database whose migrations are applied. The schedule is left to servers.
func newSyncApp(ctx context.Context, cfg config.Config, dsn string, log *slog.Logger) (*App, error) {
	if err := migrated(ctx, dsn); err != nil {
		return nil, err
	}
	cfg, err := withLocalSecret(cfg)
	if err != nil {
		return nil, err
	}
	a, err := New(ctx, cfg, Options{
		DSN: dsn, Accounts: Environment(cfg), Logger: log, Now: time.Now,
		TuneSync: func(c *syncer.Config) { c.Schedule = domain.ScheduleRules{} },
	})
	if err != nil {
		return nil, err
	}
	for _, account := range Environment(cfg) {
		if err := a.PutTenant(ctx, account.Tenant); err != nil {
			a.Close()
			return nil, err
		}
	}
	return a, nil
}

// syncCommand makes the command for a tenant, or for the only one when it is 0. Whoever works on the queue takes runs of all
// tenants, so a process that lacks the account of one leaves the work to servers.
func (a *App) syncCommand(ctx context.Context, tenant int64, view syncView) (*syncCommand, error) {
	all, err := a.store.Tenants(ctx)
	if err != nil {
		return nil, err
	}
	c := &syncCommand{syncs: a.syncs, work: a.Work, view: view, now: time.Now}
	var ids []string
	for _, t := range all {
		ids = append(ids, fmt.Sprint(t.ID))
		if int64(t.ID) == tenant || tenant == 0 && len(all) == 1 {
			c.tenant = t.ID
		}
		if _, err := a.accounts.open(ctx, t.ID); err != nil {
			c.work, c.lacks = nil, t.ID
		}
	}
	if c.tenant == 0 {
		return nil, fmt.Errorf("--tenant must be one of: %s", strings.Join(ids, ", "))
	}
	return c, nil
}

// wishes turns the options into the runs that are asked for, in the order in which entities are read when none are named.
func (o SyncOptions) wishes(now time.Time) ([]domain.NewRun, error) {
	wish := domain.NewRun{
		Mode: domain.SyncMode(strings.ToUpper(o.Mode)), Trigger: domain.TriggerCommand, Since: o.Since, AcceptDrop: o.AcceptDrop,
	}
	if wrong := wish.Check(now); wrong != nil {
		return nil, errors.Join(wrong...)
	}
	kinds, err := kindsNamed(o.Entities)
	wishes := make([]domain.NewRun, len(kinds))
	for i, k := range kinds {
		wishes[i] = wish
		wishes[i].Kind = k
	}
	return wishes, err
}

// kindsNamed returns the kinds that entities name, each once; all when there are no names. A name is written as in the graph,
// in any case, with underscores or dashes.
func kindsNamed(entities []string) ([]*domain.Kind, error) {
	var kinds []*domain.Kind
	for _, name := range entities {
		k, ok := domain.SyncEntity(strings.ToUpper(strings.ReplaceAll(name, "-", "_"))).Kind()
		if !ok {
			return nil, fmt.Errorf("%q is no entity: there are %s", name, strings.Join(entityNames(), ", "))
		}
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	if kinds == nil {
		kinds = domain.Kinds()
	}
	return kinds, nil
}

// entityNames are all names that the command understands, in its own spelling.
func entityNames() []string {
	var names []string
	for _, k := range domain.Kinds() {
		names = append(names, strings.ReplaceAll(k.Plural(), " ", "-"))
	}
	return names
}
