package main

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/localpg"
	"lazilabs.com/lazi/internal/store"
)

// buffers is the server's memory for pages in MB, as an operator would set it on a machine of 8 GB or more.
const buffers = 2048

// database is the server that the candidates read.
type database struct {
	cluster *localpg.Cluster
	dsn     string
	version string
}

// openDatabase starts the embedded server and fills a database of the usual shape, unless an earlier run did.
func openDatabase(ctx context.Context, dir, binDir string) (*database, error) {
	return openShape(ctx, dir, binDir, fullShape())
}

// openShape is openDatabase for any shape. Several may be open at once.
func openShape(ctx context.Context, dir, binDir string, s shape) (_ *database, err error) {
	cluster, err := localpg.Start(ctx, localpg.Config{Dir: dir, BinDir: binDir, Buffers: buffers})
	if err != nil {
		return nil, err
	}
	db := &database{cluster: cluster}
	defer func() {
		if err != nil {
			db.stop(ctx)
		}
	}()
	name, err := s.database()
	if err != nil {
		return nil, err
	}
	db.dsn = cluster.DSN(name)
	if err := cluster.EnsureDatabase(ctx, name); err != nil {
		return nil, err
	}
	filled, err := db.filled(ctx)
	if err != nil || filled {
		return db, err
	}
	if err := db.clear(ctx, name); err != nil {
		return nil, err
	}
	if err := store.Migrate(ctx, db.dsn); err != nil {
		return nil, err
	}
	return db, db.fill(ctx, s)
}

// filled tells whether an earlier run filled the database to the end.
func (db *database) filled(ctx context.Context) (yes bool, err error) {
	err = db.do(ctx, db.dsn, func(conn *pgx.Conn) error {
		if err := conn.QueryRow(ctx, "SHOW server_version").Scan(&db.version); err != nil {
			return fmt.Errorf("server version: %w", err)
		}
		if err := conn.QueryRow(ctx, "SELECT to_regclass('lazi.tenants') IS NOT NULL").Scan(&yes); err != nil || !yes {
			return err
		}
		return conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM lazi.tenants)").Scan(&yes)
	})
	return yes, err
}

// clear makes the database empty, whatever a run that was interrupted left there, and drops those of other data or
// migrations.
func (db *database) clear(ctx context.Context, name string) error {
	current, err := currentDatabases()
	if err != nil {
		return err
	}
	err = db.do(ctx, db.cluster.DSN("postgres"), func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT datname FROM pg_database WHERE datname = $1 OR datname ~ '^bench_' AND datname <> ALL($2) ORDER BY 1`,
			name, current)
		if err != nil {
			return fmt.Errorf("outdated databases: %w", err)
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("outdated databases: %w", err)
		}
		for _, name := range names {
			if _, err := conn.Exec(ctx, "DROP DATABASE "+pgx.Identifier{name}.Sanitize()); err != nil {
				return fmt.Errorf("drop %s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return db.cluster.EnsureDatabase(ctx, name)
}

// do calls f with a connection.
func (*database) do(ctx context.Context, dsn string, f func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return f(conn)
}

// stop lets go of the server, which ends when nobody else uses it.
func (db *database) stop(ctx context.Context) {
	if err := db.cluster.Stop(context.WithoutCancel(ctx)); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
}
