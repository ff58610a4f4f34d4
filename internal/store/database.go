package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// duplicateDatabase is Postgres' code for a database that exists.
const duplicateDatabase = "42P04"

// EnsureDatabase makes a database on the server that dsn names, unless it exists.
func EnsureDatabase(ctx context.Context, dsn, name string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("store: make database %s: %w", name, clean(err))
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == duplicateDatabase {
		return nil
	}
	if err != nil {
		return fmt.Errorf("store: make database %s: %w", name, clean(err))
	}
	return nil
}
