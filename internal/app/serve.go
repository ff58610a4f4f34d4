package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/obs"
	"lazilabs.com/lazi/internal/store"
)

func newLogger(cfg config.Config, out io.Writer) (*slog.Logger, error) {
	return obs.NewLogger(out, cfg.LogLevel, string(cfg.LogFormat), obs.RequestAttrs, obs.TraceAttrs, auth.LogAttrs)
}

// Serve runs LAZI against a database and a ServiceTitan account until the context ends.
func Serve(ctx context.Context, cfg config.Config, logOut io.Writer) error {
	log, err := newLogger(cfg, logOut)
	if err != nil {
		return err
	}
	if cfg.Database.URL.IsZero() {
		return errors.New("DATABASE_URL: is missing: `lazi serve` wants a Postgres 15 or newer; `lazi dev` starts one of its own")
	}
	log.Info("configuration", "config", cfg)
	if err := migrated(ctx, cfg.Database.URL.Reveal()); err != nil {
		return err
	}
	tracing, err := obs.NewTracing(ctx, cfg.TraceEndpoint)
	if err != nil {
		return err
	}
	defer closeTracing(ctx, tracing, log)
	a, err := New(ctx, cfg, Options{
		DSN: cfg.Database.URL.Reveal(), Accounts: Environment(cfg), Tracing: tracing, Logger: log, Now: time.Now,
	})
	if err != nil {
		return err
	}
	defer a.Close()
	for _, account := range Environment(cfg) {
		if err := a.store.PutTenant(ctx, account.Tenant); err != nil {
			return err
		}
	}
	l, err := listen(ctx, "", cfg.Port)
	if err != nil {
		return err
	}
	log.Info("serving", "address", l.Addr().String())
	endOps, err := a.serveOps(ctx)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer endOps()
	g, ctx := errgroup.WithContext(ctx)
	a.run(ctx, g, l)
	return g.Wait()
}

// run serves requests and works on sync runs until the context ends. Runs are handed back at once, for other processes to
// go on with; requests under way get the time that the configuration gives them.
func (a *App) run(ctx context.Context, g *errgroup.Group, l net.Listener) {
	g.Go(func() error {
		return serveHTTP(ctx, l, a.Handler(), stopping{Shutdown: a.cfg.Shutdown, begin: a.ready.Drain, hurry: a.endStreams})
	})
	g.Go(func() error { return a.Work(ctx) })
}

// traceTimeout bounds the sending of the last spans.
const traceTimeout = 3 * time.Second

func closeTracing(ctx context.Context, t obs.Tracing, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), traceTimeout)
	defer cancel()
	if err := t.Close(ctx); err != nil {
		log.Warn("the last spans were not sent", "error", err)
	}
}

// migrated refuses a database that is behind this version.
func migrated(ctx context.Context, dsn string) error {
	all, err := store.MigrationStatus(ctx, dsn)
	if err != nil {
		return err
	}
	pending := 0
	for _, m := range all {
		if !m.Applied {
			pending++
		}
	}
	if pending > 0 {
		return fmt.Errorf("DATABASE_URL: %d migrations are not applied to this database: run `lazi migrate` first", pending)
	}
	return nil
}
