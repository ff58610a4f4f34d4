package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/localpg"
	"lazilabs.com/lazi/internal/store"
)

// database is the embedded server's database.
const database = "lazi"

// openDatabase returns the address of the configured database, or starts the embedded server. Stop ends what was
// started.
func openDatabase(ctx context.Context, cfg config.Config, log *slog.Logger) (dsn string, stop func(), err error) {
	if !cfg.Database.URL.IsZero() {
		return cfg.Database.URL.Reveal(), func() {}, nil
	}
	cluster, err := localpg.Start(ctx, localpg.Config{Dir: filepath.Join(cfg.DataDir, "postgres"), BinDir: cfg.Database.BinDir, Logger: log})
	if err != nil {
		return "", nil, err
	}
	stop = func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		if err := cluster.Stop(ctx); err != nil {
			log.Warn("embedded postgres not stopped", "cause", err)
		}
	}
	if err := cluster.EnsureDatabase(ctx, database); err != nil {
		stop()
		return "", nil, err
	}
	return cluster.DSN(database), stop, nil
}

// Migrate runs one of the migrate command's verbs: up, status or down.
func Migrate(ctx context.Context, cfg config.Config, verb string, to int64, out, logOut io.Writer) error {
	if verb == "down" && !cfg.Database.URL.IsZero() {
		return errors.New("DATABASE_URL: is set: migrations are taken back in the private database of a development machine only")
	}
	log, err := newLogger(cfg, logOut)
	if err != nil {
		return err
	}
	dsn, stop, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer stop()
	switch verb {
	case "status":
		return showMigrations(ctx, dsn, out)
	case "down":
		return store.MigrateDownTo(ctx, dsn, to)
	default:
		if err := store.Migrate(ctx, dsn); err != nil {
			return err
		}
		return showMigrations(ctx, dsn, out)
	}
}

func showMigrations(ctx context.Context, dsn string, out io.Writer) error {
	all, err := store.MigrationStatus(ctx, dsn)
	if err != nil {
		return err
	}
	for _, m := range all {
		state := "pending"
		if m.Applied {
			state = "applied"
		}
		if _, err := fmt.Fprintf(out, "%05d %-8s %s\n", m.Version, state, m.Name); err != nil {
			return err
		}
	}
	return nil
}
