package store

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// riverSteps are the migrations that River brings along. It takes no lock of its own: ours is held.
type riverSteps struct {
	pool     *pgxpool.Pool
	migrator *rivermigrate.Migrator[pgx.Tx]
}

func newRiverSteps(pool *pgxpool.Pool) (*riverSteps, error) {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: riverSchema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("river: %w", err)
	}
	return &riverSteps{pool: pool, migrator: m}, nil
}

func (r *riverSteps) up(ctx context.Context) error {
	_, err := r.migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// status lists River's migrations. None is applied in a database that lacks the schema yet.
func (r *riverSteps) status(ctx context.Context) ([]Migration, error) {
	var known bool
	if err := r.pool.QueryRow(ctx, "select to_regnamespace($1) is not null", riverSchema).Scan(&known); err != nil {
		return nil, err
	}
	var applied []int
	if known {
		existing, err := r.migrator.ExistingVersions(ctx)
		if err != nil {
			return nil, err
		}
		for _, m := range existing {
			applied = append(applied, m.Version)
		}
	}
	var all []Migration
	for _, m := range r.migrator.AllVersions() { // it does not tell when
		all = append(all, Migration{Version: int64(m.Version), Name: "river " + m.Name, Applied: slices.Contains(applied, m.Version)})
	}
	return all, nil
}
