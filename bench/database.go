package main

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/localpg"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/migrations"
)

// dataSQL fills the tables. Its last statement makes the tenant, so a database with a tenant is complete.
//
//go:embed data.sql
var dataSQL string

// database is the server that both candidates read.
type database struct {
	cluster *localpg.Cluster
	dsn     string
	version string
}

// openDatabase starts the embedded server and fills a database, unless an earlier run did.
func openDatabase(ctx context.Context, dir, binDir string) (_ *database, err error) {
	cluster, err := localpg.Start(ctx, localpg.Config{Dir: dir, BinDir: binDir})
	if err != nil {
		return nil, err
	}
	db := &database{cluster: cluster}
	defer func() {
		if err != nil {
			db.stop(ctx)
		}
	}()
	name, err := databaseName()
	if err != nil {
		return nil, err
	}
	db.dsn = cluster.DSN(name)
	if err := cluster.EnsureDatabase(ctx, name); err != nil {
		return nil, err
	}
	if err := store.Migrate(ctx, db.dsn); err != nil {
		return nil, err
	}
	return db, db.fill(ctx)
}

// databaseName depends on the data and the migrations: a change of either begins anew.
func databaseName() (string, error) {
	h := sha256.New()
	h.Write([]byte(dataSQL))
	files, err := migrations.FS.ReadDir(".")
	if err != nil {
		return "", fmt.Errorf("migrations: %w", err)
	}
	for _, f := range files {
		sql, err := migrations.FS.ReadFile(f.Name())
		if err != nil {
			return "", fmt.Errorf("migrations: %w", err)
		}
		h.Write(sql)
	}
	return fmt.Sprintf("bench_%x", h.Sum(nil)[:4]), nil
}

// fill loads the data once. VACUUM does what autovacuum would have done on a server that has run for a while.
func (db *database) fill(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, db.dsn)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := conn.QueryRow(ctx, "SHOW server_version").Scan(&db.version); err != nil {
		return fmt.Errorf("server version: %w", err)
	}
	var filled bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM lazi.tenants)").Scan(&filled); err != nil || filled {
		return err
	}
	if err := dropOutdated(ctx, conn); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "loading the data, once: about a minute")
	start := time.Now()
	if _, err := conn.PgConn().Exec(ctx, dataSQL).ReadAll(); err != nil {
		return fmt.Errorf("load the data: %w", err)
	}
	for _, sql := range []string{"VACUUM (ANALYZE)", "CHECKPOINT"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	fmt.Fprintf(os.Stderr, "loaded in %s\n", time.Since(start).Round(time.Second))
	return nil
}

// dropOutdated removes the databases of other data or migrations.
func dropOutdated(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `SELECT datname FROM pg_database WHERE datname ~ '^bench_' AND datname <> current_database() ORDER BY 1`)
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
}

// stop lets go of the server, which ends when nobody else uses it.
func (db *database) stop(ctx context.Context) {
	if err := db.cluster.Stop(context.WithoutCancel(ctx)); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
}
