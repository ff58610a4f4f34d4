package main

import (
	"context"
	"crypto/rand"
	"io"
	"time"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/obs"
)

// openLAZI makes LAZI as `lazi serve` runs it: tokens are checked and the access log is written, to nowhere.
func openLAZI(ctx context.Context, dsn string) (*candidate, error) {
	secret := rand.Text() + rand.Text()
	cfg, err := config.Load(func(name string) (string, bool) {
		value, ok := map[string]string{
			"JWT_SECRET": secret, "DATABASE_URL": dsn, "QUERY_COST_PER_MINUTE": "0", "TENANT_COST_PER_MINUTE": "0", // it asks for all it can get
			"MAX_SUBSCRIPTIONS_PER_SUBJECT": "0", // and for all subscribers
		}[name]
		return value, ok
	})
	if err != nil {
		return nil, err
	}
	log, err := obs.NewLogger(io.Discard, cfg.LogLevel, string(cfg.LogFormat), obs.RequestAttrs, auth.LogAttrs)
	if err != nil {
		return nil, err
	}
	token, err := app.Token(cfg, auth.Grant{Subject: "bench", Tenants: []int64{tenant}, Role: auth.Admin}, 12*time.Hour)
	if err != nil {
		return nil, err
	}
	a, err := app.New(ctx, cfg, app.Options{DSN: dsn, Logger: log})
	if err != nil {
		return nil, err
	}
	return &candidate{greeting: greeting{Path: "/graphql", Token: token}, handler: a.Handler(), close: a.Close}, nil
}
