package store

import (
	"context"
	"fmt"
	"time"
)

// reserveCall is one statement over one row, so that processes can wait for each other but never in a circle. Only the
// server's clock counts. A turn later than $5 from now is told and not taken.
const reserveCall = `INSERT INTO lazi.call_budget AS b (tenant_id, scope, next_at, turn_at)
 VALUES ($1, $2, statement_timestamp() + $3::interval, statement_timestamp())
 ON CONFLICT (tenant_id, scope) DO UPDATE SET
  turn_at = greatest(b.next_at - $4::interval, statement_timestamp()),
  next_at = CASE WHEN b.next_at - $4::interval <= statement_timestamp() + $5::interval
   THEN greatest(b.next_at, statement_timestamp()) + $3::interval ELSE b.next_at END
 RETURNING turn_at - statement_timestamp()`

// ReserveCall takes the next turn of a tenant's scope, whose turns are some time apart but for a burst that may start at
// once, and returns how long to wait for it. A wait longer than atMost means that the turn was not taken. All processes
// on this database take turns from the same row.
//
// The tenant is a plain number and nothing here is of the domain: package stclient, which calls it, stands alone.
func (s *Store) ReserveCall(ctx context.Context, tenant int64, scope string, every time.Duration, burst int, atMost time.Duration) (time.Duration, error) {
	const finest = time.Microsecond // of Postgres, which would cut off the rest and so let calls come too early
	every = (every + finest - 1).Truncate(finest)
	ahead := every * time.Duration(burst-1)
	var wait time.Duration
	if err := s.pool.QueryRow(ctx, reserveCall, tenant, scope, every, ahead, atMost).Scan(&wait); err != nil {
		return 0, fmt.Errorf("store: reserve a call of tenant %d: %w", tenant, clean(err))
	}
	return wait, nil
}

// DelayCalls lets no turn of a tenant's scope begin before some time has passed; turns that were taken before stay taken.
// It is meant for a scope without a burst, which would start that much earlier.
func (s *Store) DelayCalls(ctx context.Context, tenant int64, scope string, by time.Duration) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO lazi.call_budget AS b (tenant_id, scope, next_at, turn_at)
 VALUES ($1, $2, statement_timestamp() + $3::interval, statement_timestamp())
 ON CONFLICT (tenant_id, scope) DO UPDATE SET next_at = greatest(b.next_at, excluded.next_at)`, tenant, scope, by)
	if err != nil {
		return fmt.Errorf("store: delay the calls of tenant %d: %w", tenant, clean(err))
	}
	return nil
}
