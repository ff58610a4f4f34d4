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

// busy is what the mirror knows technicians to do at a booking's time: other appointments that are neither done nor called off,
// time off, and what is no job.
func busy(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, b domain.Booking, technicians []int64) ([]domain.Clash, error) {
	rows, err := tx.Query(ctx, `SELECT s.technician_id, 'Appointment', a.st_id, a.start_time, a.end_time
 FROM raw.st_appointments a JOIN raw.st_appointment_assignments s ON s.tenant_id = a.tenant_id AND s.appointment_id = a.st_id
 WHERE a.tenant_id = $1 AND a.deleted_at IS NULL AND a.during && `+span+` AND a.st_id <> $5 AND a.active AND a.status IS DISTINCT FROM 'Done' AND a.status IS DISTINCT FROM 'Canceled'
  AND s.technician_id = ANY($2) AND s.active AND s.deleted_at IS NULL
UNION SELECT technician_id, 'TechnicianShift', st_id, start_time, end_time FROM raw.st_technician_shifts
 WHERE tenant_id = $1 AND technician_id = ANY($2) AND shift_type = 'TimeOff' AND active AND deleted_at IS NULL AND during && `+span+`
UNION SELECT technician_id, 'NonJobAppointment', st_id, start_time, end_time FROM raw.st_non_job_appointments
 WHERE tenant_id = $1 AND technician_id = ANY($2) AND active AND deleted_at IS NULL AND during && `+span+`
 ORDER BY 1, 4, 3`, tenant, technicians, b.During.Start, b.During.End, b.Appointment)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c domain.Clash, err error) {
		return c, row.Scan(&c.Technician, &c.Kind, &c.ID, &c.During.Start, &c.During.End)
	})
}

// unbook gives the time free that a claim has booked.
func unbook(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, c domain.Claim) error {
	_, err := tx.Exec(ctx, "DELETE FROM lazi.bookings WHERE tenant_id = $1 AND subject = $2 AND key = $3", tenant, c.Subject, c.Key)
	return err
}

// Conflicts returns for appointments what their technicians do at the same time: nothing for those that are done or called off.
func (s *Store) Conflicts(ctx context.Context, tenant domain.TenantID, appointments []int64) (map[int64][]domain.Clash, error) {
	rows, err := s.read(ctx, tenant, `SELECT a.st_id, s.technician_id, x.kind, x.id, x.start_time, x.end_time
 FROM raw.st_appointments a
 JOIN raw.st_appointment_assignments s ON s.tenant_id = $1 AND s.appointment_id = a.st_id AND s.active AND s.deleted_at IS NULL
 CROSS JOIN LATERAL (
  SELECT 'Appointment' AS kind, b.st_id AS id, b.start_time, b.end_time
  FROM raw.st_appointment_assignments o JOIN raw.st_appointments b ON b.tenant_id = $1 AND b.st_id = o.appointment_id
  WHERE o.tenant_id = $1 AND o.technician_id = s.technician_id AND o.active AND o.deleted_at IS NULL AND b.st_id <> a.st_id
   AND b.deleted_at IS NULL AND b.during && a.during AND b.active AND b.status IS DISTINCT FROM 'Done' AND b.status IS DISTINCT FROM 'Canceled'
  UNION SELECT 'TechnicianShift', st_id, start_time, end_time FROM raw.st_technician_shifts
  WHERE tenant_id = $1 AND technician_id = s.technician_id AND shift_type = 'TimeOff' AND active AND deleted_at IS NULL AND during && a.during
  UNION SELECT 'NonJobAppointment', st_id, start_time, end_time FROM raw.st_non_job_appointments
  WHERE tenant_id = $1 AND technician_id = s.technician_id AND active AND deleted_at IS NULL AND during && a.during) x
 WHERE a.tenant_id = $1 AND a.st_id = ANY($2) AND a.deleted_at IS NULL AND a.active AND a.status IS DISTINCT FROM 'Done' AND a.status IS DISTINCT FROM 'Canceled'
 ORDER BY a.st_id, s.technician_id, x.start_time, x.id`, tenant, appointments)
	if err != nil {
		return nil, fmt.Errorf("store: conflicts: %w", clean(err))
	}
	out := map[int64][]domain.Clash{}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var id int64
		var c domain.Clash
		err := row.Scan(&id, &c.Technician, &c.Kind, &c.ID, &c.During.Start, &c.During.End)
		out[id] = append(out[id], c)
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("store: conflicts: %w", clean(err))
	}
	return out, nil
}
