package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// exclusion is Postgres' code for a row that an exclusion constraint refuses.
const exclusion = "23P01"

// errClash ends a transaction whose bookings clash.
var errClash = errors.New("clash")

// Book takes technicians' time for a claim, or returns what they do then and takes none. The bookings are made first and what
// the mirror knows is looked at afterwards: whoever has finished in between is seen, since his bookings go with the same
// transaction that puts his assignments into the mirror. With anyway, clashes keep nothing from being booked.
func (s *Store) Book(ctx context.Context, tenant domain.TenantID, c domain.Claim, bookings []domain.Booking, anyway bool) (clashes []domain.Clash, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		clashes = nil
		if _, err := tx.Exec(ctx, "DELETE FROM lazi.bookings WHERE expires_at < now() OR tenant_id = $1 AND subject = $2 AND key = $3",
			tenant, c.Subject, c.Key); err != nil {
			return err
		}
		for _, b := range bookings {
			found, err := s.book(ctx, tx, tenant, c, b, anyway)
			if err != nil {
				return err
			}
			clashes = append(clashes, found...)
		}
		if len(clashes) > 0 && !anyway {
			return errClash
		}
		return nil
	})
	switch {
	case errors.Is(err, errClash):
		return clashes, nil
	case code(err) == exclusion:
		return []domain.Clash{{During: bookings[0].During}}, nil
	case err != nil:
		return nil, fmt.Errorf("store: book: %w", clean(err))
	}
	return clashes, nil
}

// Clashes returns what technicians do at the time for which they would be booked.
func (s *Store) Clashes(ctx context.Context, tenant domain.TenantID, bookings []domain.Booking) (clashes []domain.Clash, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		for _, b := range bookings {
			technicians, err := technicians(ctx, tx, tenant, b)
			if err != nil {
				return err
			}
			found, err := busy(ctx, tx, tenant, b, technicians)
			if err != nil {
				return err
			}
			clashes = append(clashes, found...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: clashes: %w", clean(err))
	}
	return clashes, nil
}

func (s *Store) book(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, c domain.Claim, b domain.Booking, anyway bool) ([]domain.Clash, error) {
	technicians, err := technicians(ctx, tx, tenant, b)
	if err != nil || len(technicians) == 0 {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO lazi.bookings (tenant_id, technician_id, during, appointment_id, subject, key, overbooks, expires_at)
 SELECT $1, t, `+span+`, $5, $6, $7, $8, now() + $9::interval FROM unnest($2::bigint[]) t ORDER BY t`,
		tenant, technicians, b.During.Start, b.During.End, b.Appointment, c.Subject, c.Key, anyway, claimLife+claimLife/2); err != nil {
		return nil, err
	}
	return busy(ctx, tx, tenant, b, technicians)
}

// span is the range of a booking's time, as the mirror's tables hold theirs: $3 is its start, $4 its end.
const span = "raw.span($3::timestamptz, $4::timestamptz)"

// technicians are whose time a booking takes.
func technicians(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, b domain.Booking) ([]int64, error) {
	if b.Technicians != nil {
		return b.Technicians, nil
	}
	rows, err := tx.Query(ctx, `SELECT DISTINCT technician_id FROM raw.st_appointment_assignments
 WHERE tenant_id = $1 AND appointment_id = $2 AND active AND deleted_at IS NULL AND technician_id IS NOT NULL`, tenant, b.Appointment)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// clashing ends a statement that begins with visits v (st_id, technician_id, during): what else their technicians do meanwhile, as
// far as the mirror knows. That is other appointments that are neither done nor called off, time off, and what is no job. $1 is
// the tenant. All is found by time first: what technicians do reaches back for years.
const clashing = `,
 times AS MATERIALIZED (SELECT unnest(range_agg(during)) AS span FROM v),
 near AS MATERIALIZED (
  SELECT 'Appointment' AS kind, n.st_id, s.technician_id, n.start_time, n.end_time, n.during
  FROM times JOIN raw.st_appointments n ON n.tenant_id = $1 AND n.deleted_at IS NULL AND n.during && span AND ` + open + `
  JOIN raw.st_appointment_assignments s ON s.tenant_id = $1 AND s.appointment_id = n.st_id AND s.active AND s.deleted_at IS NULL
  UNION ALL SELECT 'TechnicianShift', n.st_id, technician_id, start_time, end_time, during
  FROM times JOIN raw.st_technician_shifts n ON n.tenant_id = $1 AND n.deleted_at IS NULL AND n.during && span AND shift_type = 'TimeOff' AND active
  UNION ALL SELECT 'NonJobAppointment', n.st_id, technician_id, start_time, end_time, during
  FROM times JOIN raw.st_non_job_appointments n ON n.tenant_id = $1 AND n.deleted_at IS NULL AND n.during && span AND active)
SELECT DISTINCT v.st_id, v.technician_id, n.kind, n.st_id, n.start_time, n.end_time
FROM v JOIN near n ON n.technician_id = v.technician_id AND n.during && v.during AND NOT (n.kind = 'Appointment' AND n.st_id = v.st_id)
ORDER BY 1, 2, 5, 4`

// open tells of an appointment that somebody is still to make.
const open = "n.active AND n.status IS DISTINCT FROM 'Done' AND n.status IS DISTINCT FROM 'Canceled'"

// busy is what the mirror knows technicians to do at a booking's time.
func busy(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, b domain.Booking, technicians []int64) ([]domain.Clash, error) {
	rows, err := tx.Query(ctx, `WITH v AS MATERIALIZED (SELECT $5::bigint AS st_id, technician_id, `+span+` AS during FROM unnest($2::bigint[]) technician_id)`+clashing,
		tenant, technicians, b.During.Start, b.During.End, b.Appointment)
	if err != nil {
		return nil, err
	}
	found, err := clashesOf(rows)
	return found[b.Appointment], err
}

// clashesOf reads what visits clash with, by the visits' ids.
func clashesOf(rows pgx.Rows) (map[int64][]domain.Clash, error) {
	out := map[int64][]domain.Clash{}
	_, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var visit int64
		var c domain.Clash
		err := row.Scan(&visit, &c.Technician, &c.Kind, &c.ID, &c.During.Start, &c.During.End)
		out[visit] = append(out[visit], c)
		return struct{}{}, err
	})
	return out, err
}

// unbook gives the time free that a claim has booked.
func unbook(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, c domain.Claim) error {
	_, err := tx.Exec(ctx, "DELETE FROM lazi.bookings WHERE tenant_id = $1 AND subject = $2 AND key = $3", tenant, c.Subject, c.Key)
	return err
}

// Conflicts returns for appointments what their technicians do at the same time: nothing for those that are done or called off.
func (s *Store) Conflicts(ctx context.Context, tenant domain.TenantID, appointments []int64) (map[int64][]domain.Clash, error) {
	rows, err := s.read(ctx, tenant, `WITH a AS (
  SELECT st_id, during FROM raw.st_appointments n WHERE tenant_id = $1 AND st_id = ANY((SELECT $2::bigint[])::bigint[]) AND deleted_at IS NULL AND `+open+`),
 v AS MATERIALIZED (
  SELECT a.st_id, s.technician_id, a.during FROM a
  JOIN raw.st_appointment_assignments s ON s.tenant_id = $1 AND s.appointment_id = a.st_id AND s.active AND s.deleted_at IS NULL)`+clashing, tenant, appointments)
	var found map[int64][]domain.Clash
	if err == nil {
		found, err = clashesOf(rows)
	}
	if err != nil {
		return nil, fmt.Errorf("store: conflicts: %w", clean(err))
	}
	return found, nil
}
