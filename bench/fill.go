package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

// index is one that the loader takes away and makes again: sorting once is several times faster than keeping an index up
// while millions of rows come in.
type index struct{ Name, SQL string }

// fill loads the data. Its last statement makes the tenant, so a database with a tenant is complete. VACUUM does what
// autovacuum would have done on a server that has run for a while.
func (db *database) fill(ctx context.Context, s shape) error {
	fmt.Fprintf(os.Stderr, "loading %d customers and %d jobs, once: up to half a minute for each 100,000 jobs\n", s.Customers, s.Jobs())
	start := time.Now()
	err := db.do(ctx, db.dsn, func(conn *pgx.Conn) error { return db.load(ctx, conn, s) })
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "loaded in %s\n", time.Since(start).Round(time.Second))
	return nil
}

func (db *database) load(ctx context.Context, conn *pgx.Conn, s shape) error {
	data, err := s.sql()
	if err != nil {
		return err
	}
	// Nothing is lost that could not be loaded again.
	if _, err := conn.Exec(ctx, "SET synchronous_commit = off"); err != nil {
		return fmt.Errorf("load the data: %w", err)
	}
	undo, err := s.undo()
	if err != nil {
		return err
	}
	if _, err := conn.PgConn().Exec(ctx, undo).ReadAll(); err != nil {
		return fmt.Errorf("make the tables old: %w", err)
	}
	indexes, err := dropIndexes(ctx, conn)
	if err != nil {
		return err
	}
	if _, err := conn.PgConn().Exec(ctx, data).ReadAll(); err != nil {
		return fmt.Errorf("load the data: %w", err)
	}
	if err := db.makeIndexes(ctx, indexes); err != nil {
		return err
	}
	for _, sql := range []string{"VACUUM (ANALYZE)", "INSERT INTO lazi.tenants (id, name, time_zone) VALUES (1, 'Bench', 'America/Denver')", "CHECKPOINT"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// dropIndexes drops the mirror's indexes but for those of constraints, and returns how to make them again.
func dropIndexes(ctx context.Context, conn *pgx.Conn) ([]index, error) {
	rows, err := conn.Query(ctx, `SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
 FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid AND t.relnamespace = 'raw'::regnamespace
 WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1`)
	if err != nil {
		return nil, fmt.Errorf("indexes: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	if err != nil {
		return nil, fmt.Errorf("indexes: %w", err)
	}
	for _, x := range all {
		if _, err := conn.Exec(ctx, "DROP INDEX "+x.Name); err != nil {
			return nil, fmt.Errorf("drop %s: %w", x.Name, err)
		}
	}
	return all, nil
}

// makeIndexes makes indexes, two at a time.
func (db *database) makeIndexes(ctx context.Context, all []index) error {
	todo := make(chan index, len(all))
	for _, x := range all {
		todo <- x
	}
	close(todo)
	g, ctx := errgroup.WithContext(ctx)
	for range 2 {
		g.Go(func() error {
			return db.do(ctx, db.dsn, func(conn *pgx.Conn) error {
				if _, err := conn.Exec(ctx, "SET maintenance_work_mem = '256MB'"); err != nil {
					return fmt.Errorf("make indexes: %w", err)
				}
				for x := range todo {
					if _, err := conn.Exec(ctx, x.SQL); err != nil {
						return fmt.Errorf("make %s: %w", x.Name, err)
					}
				}
				return nil
			})
		})
	}
	return g.Wait()
}
