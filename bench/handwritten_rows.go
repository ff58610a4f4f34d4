package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The rows, with the columns that the three questions need.
type (
	address struct{ street, city, state, zip *string }

	customer struct {
		id                          int64
		name                        string
		kind, phone, email, balance *string
		active                      bool
		created, modified, fetched  *time.Time
		address                     address
		locations                   []*location
	}
	location struct {
		id, customer int64
		name         string
		address      address
		jobs         []*job
	}
	job struct {
		id, location    int64
		number          string
		status, summary *string
		appointments    []*appointment
	}
	appointment struct {
		id, job     int64
		start, end  *time.Time
		status      *string
		technicians []technician
	}
	technician struct {
		id   int64
		name string
	}
)

const (
	wideSQL = `SELECT st_id, name, type, phone, email, balance::text, active, created_on, modified_on, fetched_at
 FROM raw.st_customers WHERE tenant_id = $1 AND st_id > $2 AND deleted_at IS NULL ORDER BY st_id LIMIT 200`
	smallSQL = `SELECT st_id, name, type, email, balance::text FROM raw.st_customers
 WHERE tenant_id = $1 AND st_id = $2 AND deleted_at IS NULL`
)

// each runs a statement about the tenant and calls f at each row.
func each(ctx context.Context, c *pgxpool.Conn, sql string, arg any, f func(pgx.Rows) error) error {
	rows, err := c.Query(ctx, sql, int64(tenant), arg)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// readWide reads 200 customers.
func readWide(ctx context.Context, c *pgxpool.Conn, after int64) ([]*customer, error) {
	customers := make([]*customer, 0, 200)
	err := each(ctx, c, wideSQL, after, func(r pgx.Rows) error {
		x := new(customer)
		customers = append(customers, x)
		return r.Scan(&x.id, &x.name, &x.kind, &x.phone, &x.email, &x.balance, &x.active, &x.created, &x.modified, &x.fetched)
	})
	return customers, err
}

// readSmall reads one customer, and nil when there is none.
func readSmall(ctx context.Context, c *pgxpool.Conn, id int64) (*customer, error) {
	var x *customer
	err := each(ctx, c, smallSQL, id, func(r pgx.Rows) error {
		x = new(customer)
		return r.Scan(&x.id, &x.name, &x.kind, &x.email, &x.balance)
	})
	return x, err
}
