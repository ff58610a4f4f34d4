package main

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// One statement for each level.
const (
	customersSQL = `SELECT st_id, name, balance::text, address->>'street', address->>'city', address->>'state', address->>'zip'
 FROM raw.st_customers WHERE tenant_id = $1 AND st_id > $2 AND deleted_at IS NULL ORDER BY st_id LIMIT 20`
	locationsSQL = `SELECT st_id, customer_id, name, address->>'street', address->>'city'
 FROM raw.st_locations WHERE tenant_id = $1 AND customer_id = ANY($2) AND deleted_at IS NULL ORDER BY st_id`
	jobsSQL = `SELECT j.st_id, l.id, j.job_number, j.job_status, j.summary FROM unnest($2::bigint[]) l(id) CROSS JOIN LATERAL
 (SELECT st_id, job_number, job_status, summary FROM raw.st_jobs
  WHERE tenant_id = $1 AND location_id = l.id AND deleted_at IS NULL ORDER BY st_id LIMIT 5) j`
	appointmentsSQL = `SELECT st_id, job_id, start_time, end_time, status FROM raw.st_appointments
 WHERE tenant_id = $1 AND job_id = ANY($2) AND deleted_at IS NULL ORDER BY start_time, st_id`
	techniciansSQL = `SELECT s.appointment_id, t.st_id, t.name FROM raw.st_appointment_assignments s
 JOIN raw.st_technicians t ON t.tenant_id = $1 AND t.st_id = s.technician_id AND t.deleted_at IS NULL
 WHERE s.tenant_id = $1 AND s.appointment_id = ANY($2) AND s.active AND s.deleted_at IS NULL ORDER BY t.name, t.st_id`
)

// readNested reads 20 customers with everything below them.
func readNested(ctx context.Context, c *pgxpool.Conn, after int64) ([]*customer, error) {
	customers := make([]*customer, 0, 20)
	byID := make(map[int64]*customer, 20)
	ids := make([]int64, 0, 20)
	err := each(ctx, c, customersSQL, after, func(r pgx.Rows) error {
		x := new(customer)
		a := &x.address
		if err := r.Scan(&x.id, &x.name, &x.balance, &a.street, &a.city, &a.state, &a.zip); err != nil {
			return err
		}
		customers, ids = append(customers, x), append(ids, x.id)
		byID[x.id] = x
		return nil
	})
	if err != nil {
		return nil, err
	}
	return customers, readLocations(ctx, c, byID, ids)
}

func readLocations(ctx context.Context, c *pgxpool.Conn, customers map[int64]*customer, keys []int64) error {
	byID := make(map[int64]*location, 32)
	ids := make([]int64, 0, 32)
	err := each(ctx, c, locationsSQL, keys, func(r pgx.Rows) error {
		x := new(location)
		if err := r.Scan(&x.id, &x.customer, &x.name, &x.address.street, &x.address.city); err != nil {
			return err
		}
		parent := customers[x.customer]
		parent.locations = append(parent.locations, x)
		byID[x.id], ids = x, append(ids, x.id)
		return nil
	})
	if err != nil {
		return err
	}
	return readJobs(ctx, c, byID, ids)
}

func readJobs(ctx context.Context, c *pgxpool.Conn, locations map[int64]*location, keys []int64) error {
	byID := make(map[int64]*job, 128)
	ids := make([]int64, 0, 128)
	err := each(ctx, c, jobsSQL, keys, func(r pgx.Rows) error {
		x := new(job)
		if err := r.Scan(&x.id, &x.location, &x.number, &x.status, &x.summary); err != nil {
			return err
		}
		parent := locations[x.location]
		parent.jobs = append(parent.jobs, x)
		byID[x.id], ids = x, append(ids, x.id)
		return nil
	})
	if err != nil {
		return err
	}
	return readAppointments(ctx, c, byID, ids)
}

func readAppointments(ctx context.Context, c *pgxpool.Conn, jobs map[int64]*job, keys []int64) error {
	byID := make(map[int64]*appointment, 160)
	ids := make([]int64, 0, 160)
	err := each(ctx, c, appointmentsSQL, keys, func(r pgx.Rows) error {
		x := new(appointment)
		if err := r.Scan(&x.id, &x.job, &x.start, &x.end, &x.status); err != nil {
			return err
		}
		parent := jobs[x.job]
		parent.appointments = append(parent.appointments, x)
		byID[x.id], ids = x, append(ids, x.id)
		return nil
	})
	if err != nil {
		return err
	}
	return each(ctx, c, techniciansSQL, ids, func(r pgx.Rows) error {
		var id int64
		var x technician
		if err := r.Scan(&id, &x.id, &x.name); err != nil {
			return err
		}
		parent := byID[id]
		parent.technicians = append(parent.technicians, x)
		return nil
	})
}
