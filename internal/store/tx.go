package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// inTx runs do in a transaction, which is kept unless do fails. Nothing remote happens inside.
func (s *Store) inTx(ctx context.Context, do func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool, do)
}
