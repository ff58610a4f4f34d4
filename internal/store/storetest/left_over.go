package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	databasePrefix = "lazi_test_"
	// keptDatabases is how many databases of failed tests may lie about: a RAM disk is small.
	keptDatabases = 10
	// keptFor is how long they may, and longer than any test runs.
	keptFor = time.Hour
)

// databaseName tells when, by which process and as its which database it was made. Names sort by time.
func databaseName(made time.Time, pid int, number int64) string {
	return fmt.Sprintf("%s%010d_%d_%d", databasePrefix, made.Unix(), pid, number)
}

// dropLeftOvers removes the databases that failed and crashed tests left behind.
func (s *server) dropLeftOvers(ctx context.Context) error {
	return s.admin.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		var mine bool
		if err := c.QueryRow(ctx, "select pg_try_advisory_lock(hashtext($1))", databasePrefix).Scan(&mine); err != nil || !mine {
			return err // another process does it
		}
		return errors.Join(s.dropLeftOversOn(ctx, c), unlock(ctx, c, databasePrefix))
	})
}

func (s *server) dropLeftOversOn(ctx context.Context, c *pgxpool.Conn) error {
	rows, err := c.Query(ctx, "select datname from pg_database where starts_with(datname, $1) order by datname desc", databasePrefix)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	alive := func(int) bool { return true } // the pids of another machine mean nothing here
	if s.local {
		alive = func(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
	}
	for _, name := range leftOvers(names, time.Now(), alive) {
		if err := drop(ctx, c, name); err != nil {
			return err
		}
	}
	return nil
}

// leftOvers picks the databases to drop from names that run from the newest to the oldest: those that are too old, and
// of those whose process is dead all but the newest few.
func leftOvers(names []string, now time.Time, alive func(pid int) bool) []string {
	kept := 0
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		parts := strings.Split(strings.TrimPrefix(name, databasePrefix), "_")
		if len(parts) != 3 {
			return true // not ours
		}
		made, errMade := strconv.ParseInt(parts[0], 10, 64)
		pid, errPID := strconv.Atoi(parts[1])
		if errors.Join(errMade, errPID) != nil {
			return true
		}
		if now.Sub(time.Unix(made, 0)) > keptFor {
			return false
		}
		if alive(pid) {
			return true
		}
		kept++
		return kept <= keptDatabases
	})
}

// execer is a connection or a pool.
type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// drop removes a database and cuts its connections. It need not exist.
func drop(ctx context.Context, on execer, name string) error {
	_, err := on.Exec(ctx, "drop database if exists "+quote(name)+" with (force)")
	return err
}
