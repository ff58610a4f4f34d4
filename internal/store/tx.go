package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// deadlock is Postgres' code for the one of two writers that it sent away.
const deadlock = "40P01"

// inTx runs do in a transaction, which is kept unless do fails, and once more after a deadlock: the other writer has gone on
// by then. Nothing remote happens inside.
func (s *Store) inTx(ctx context.Context, do func(tx pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, s.pool, do)
	if code(err) == deadlock {
		err = pgx.BeginFunc(ctx, s.pool, do)
	}
	return err
}

// code is Postgres' code of an error, "" when it is no error of Postgres'.
func code(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}
