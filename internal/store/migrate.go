package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/migrations"
)

const (
	// minServerVersion is 15, the oldest server that LAZI is tested with, as server_version_num has it.
	minServerVersion = 15_00_00
	// migrationLock is the advisory lock that one migrating process holds in a database: "lazimigr" as a number.
	migrationLock = 0x6c617a696d696772
	// migrationTable names its schema, because the search path would find "$user" first, and a user lazi has a schema of
	// that name from the first migration on.
	migrationTable = "public.goose_db_version"
)

// Migration is one step of the schema: ours, or one of River's, whose queue the sync engine uses.
type Migration struct {
	// Version is the number in front of the file's name, and Name that file. River counts its own versions.
	Version int64
	Name    string
	// Applied is false for a step that is still to come.
	Applied bool
	// AppliedAt is zero for such a step, and for River's, which does not tell.
	AppliedAt time.Time
}

// ServerVersionError means that the database server is too old.
type ServerVersionError struct {
	// Version is what the server calls itself: "14.11".
	Version string
}

// Error names both versions.
func (e *ServerVersionError) Error() string {
	return fmt.Sprintf("the database server is PostgreSQL %s: %d or newer is needed", e.Version, minServerVersion/10_000)
}

// MigrationRightsError means that the database's user may not do what a migration does.
type MigrationRightsError struct {
	// Migration is the file, and Reason what Postgres says: it names the extension or the schema.
	Migration, Reason string
}

// Error says which rights to give.
func (e *MigrationRightsError) Error() string {
	return fmt.Sprintf("%s needs more rights (%s): make the user the database's owner, or let the owner create the extensions "+
		"pg_trgm, btree_gin and btree_gist first", e.Migration, e.Reason)
}

// Migrate brings the schema of the database that dsn names, a URL or a keyword string, to the newest version. It does
// nothing when it is there already. Processes that migrate at once wait for each other. A server that does not answer
// is domain.ErrUnavailable; see also ServerVersionError and MigrationRightsError.
func Migrate(ctx context.Context, dsn string) error {
	err := withMigrations(ctx, dsn, func(p *goose.Provider, r *riverSteps) error {
		if _, err := p.Up(ctx); err != nil {
			return err
		}
		return r.up(ctx)
	})
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}

// MigrateDownTo takes back all migrations above a version, and with them the data they hold; 0 empties the database. It
// is for development. River's tables go with the migration that made their schema.
func MigrateDownTo(ctx context.Context, dsn string, version int64) error {
	err := withMigrations(ctx, dsn, func(p *goose.Provider, _ *riverSteps) error {
		_, err := p.DownTo(ctx, version)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: migrate down to %d: %w", version, err)
	}
	return nil
}

// MigrationStatus returns every migration in order of version, River's last. It waits for a process that migrates.
func MigrationStatus(ctx context.Context, dsn string) ([]Migration, error) {
	var all []Migration
	err := withMigrations(ctx, dsn, func(p *goose.Provider, r *riverSteps) error {
		steps, err := p.Status(ctx)
		if err != nil {
			return err
		}
		for _, s := range steps {
			all = append(all, Migration{
				Version: s.Source.Version, Name: path.Base(s.Source.Path),
				Applied: s.State == goose.StateApplied, AppliedAt: s.AppliedAt,
			})
		}
		rivers, err := r.status(ctx)
		all = append(all, rivers...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: migration status: %w", err)
	}
	return all, nil
}

// Behind tells whether the open database lacks migrations of ours. It takes no lock and one statement, so it can be asked
// every few seconds. The error is domain.ErrUnavailable when the database does not answer.
func (s *Store) Behind(ctx context.Context) (bool, error) {
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return false, fmt.Errorf("store: migrations: %w", err)
	}
	var applied int
	err = s.pool.QueryRow(ctx, "SELECT count(DISTINCT version_id) FROM "+migrationTable+" WHERE is_applied AND version_id > 0").Scan(&applied)
	if err != nil {
		return false, fmt.Errorf("store: migrations: %w", clean(err))
	}
	return applied < len(files), nil
}

// withMigrations runs do while this process alone migrates the database.
//
// The lock belongs to a transaction and not to a session, and queries are not prepared: so it also holds behind a
// pooler in transaction mode. goose's own locker polls every five seconds; this one wakes at once.
func withMigrations(ctx context.Context, dsn string, do func(*goose.Provider, *riverSteps) error) error {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return errors.New("the database address is malformed") // pgx's own error may hold the password
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return cleanConnect(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := checkServer(ctx, conn); err != nil {
		return err
	}
	pool, err := migrationPool(ctx, dsn)
	if err != nil {
		return err
	}
	defer pool.Close()
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
			return clean(err)
		}
		return migrateWith(pool, do)
	})
}

// migrationPool opens what goose and River work with.
func migrationPool(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the database address is malformed")
	}
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	cfg.MaxConns = 2
	return pgxpool.NewWithConfig(ctx, cfg)
}

func migrateWith(pool *pgxpool.Pool, do func(*goose.Provider, *riverSteps) error) error {
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS,
		goose.WithDisableGlobalRegistry(true), goose.WithTableName(migrationTable))
	if err != nil {
		return err
	}
	r, err := newRiverSteps(pool)
	if err != nil {
		return err
	}
	return cleanMigration(do(p, r))
}

func checkServer(ctx context.Context, conn *pgx.Conn) error {
	var number int
	var version string
	const query = "select current_setting('server_version_num')::int, current_setting('server_version')"
	if err := conn.QueryRow(ctx, query).Scan(&number, &version); err != nil {
		return clean(err)
	}
	return checkVersion(number, version)
}

func checkVersion(number int, version string) error {
	if number < minServerVersion {
		return &ServerVersionError{Version: version}
	}
	return nil
}

// cleanConnect keeps what helps to repair a connection, but no user and no host.
func cleanConnect(err error) error {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case strings.HasPrefix(pg.Code, "28"):
			return fmt.Errorf("the database refuses the user or the password (%s): %w", pg.Code, domain.ErrUnavailable)
		case pg.Code == "3D000":
			return fmt.Errorf("the server has no database of that name: %w", domain.ErrUnavailable)
		}
		return fmt.Errorf("the database refuses the connection (%s): %w", pg.Code, domain.ErrUnavailable)
	}
	var resolve *net.DNSError
	var network *net.OpError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return clean(err)
	case errors.As(err, &resolve):
		return fmt.Errorf("the database's host is not known: %w", domain.ErrUnavailable)
	case errors.As(err, &network):
		return fmt.Errorf("the database does not answer: %w: %w", network.Err, domain.ErrUnavailable)
	}
	return fmt.Errorf("the database does not answer: %w", domain.ErrUnavailable)
}

// cleanMigration names the file that failed. Postgres' own words are kept where they speak of the schema; elsewhere
// they may quote data.
func cleanMigration(err error) error {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return clean(err)
	}
	file := "the table of migrations"
	if partial, ok := errors.AsType[*goose.PartialError](err); ok {
		file = path.Base(partial.Failed.Source.Path)
	}
	switch {
	case pg.Code == "42501":
		return &MigrationRightsError{Migration: file, Reason: pg.Message}
	case strings.HasPrefix(pg.Code, "42"), pg.Code == "0A000", pg.Code == "58P01":
		return fmt.Errorf("%s: %s (%s)", file, pg.Message, pg.Code)
	}
	return fmt.Errorf("%s: %w", file, clean(pg))
}
