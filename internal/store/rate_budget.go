package store

import (
	"context"
	"fmt"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// takeCost is one statement over one row, as reserveCall is. A cost is time: what the bucket fills up with in $5 seconds for
// each. A bucket that has not room for $3 gives nothing, another one as much of $4 as there is.
const takeCost = `INSERT INTO lazi.rate_budget AS b (tenant_id, subject, full_at, granted)
 VALUES ($1, $2, statement_timestamp() + make_interval(secs => $4 * $5::float8), $4)
 ON CONFLICT (tenant_id, subject) DO UPDATE SET (full_at, granted) = (
  SELECT greatest(b.full_at, statement_timestamp()) + make_interval(secs => given * $5::float8), given
  FROM (SELECT floor((60 - greatest(extract(epoch FROM b.full_at - statement_timestamp()), 0)::float8) / $5::float8)) r (room),
   LATERAL (SELECT CASE WHEN room >= $3::bigint THEN least(room, $4)::bigint ELSE 0 END) g (given))
 RETURNING granted, extract(epoch FROM full_at - statement_timestamp())::float8`

// TakeCost takes between least and most, which must not be above perMinute, from what a caller may still ask for, or from what the
// whole tenant may where subject is empty. The bucket holds what a minute brings. When there is less than least, nothing
// is taken, and wait is how long it takes at least until there is. All processes on this database take from the same row.
func (s *Store) TakeCost(ctx context.Context, tenant domain.TenantID, subject []byte, perMinute, least, most int64) (granted int64, wait time.Duration, err error) {
	if subject == nil {
		subject = []byte{}
	}
	each := time.Minute.Seconds() / float64(perMinute)
	var full float64 // seconds until the bucket is
	row := s.pool.QueryRow(ctx, takeCost, tenant, subject, least, most, each)
	if err := row.Scan(&granted, &full); err != nil {
		return 0, 0, fmt.Errorf("store: take from the budget of a caller of tenant %d: %w", tenant, clean(err))
	}
	if granted > 0 {
		return granted, 0, nil
	}
	short := full + float64(least)*each - time.Minute.Seconds()
	return 0, max(time.Duration(short*float64(time.Second)), time.Millisecond), nil
}

// ForgetRates removes what callers have asked for who may ask for all again.
func (s *Store) ForgetRates(ctx context.Context) error {
	if _, err := s.pool.Exec(ctx, "DELETE FROM lazi.rate_budget WHERE full_at < statement_timestamp() - interval '1 minute'"); err != nil {
		return fmt.Errorf("store: forget rates: %w", clean(err))
	}
	return nil
}
