package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/obs"
)

func newLogger(cfg config.Config, out io.Writer) (*slog.Logger, error) {
	return obs.NewLogger(out, cfg.LogLevel, string(cfg.LogFormat), obs.RequestAttrs, auth.LogAttrs)
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
	a, err := New(ctx, cfg, Options{
		DSN: cfg.Database.URL.Reveal(), Accounts: Environment(cfg), Logger: log, Now: time.Now,
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
	if err := a.Listen(ctx, ""); err != nil {
		return err
	}
	log.Info("serving", "address", a.Addr().String())
	return a.Run(ctx)
}
