package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgxpool"

	"lazilabs.com/lazi/internal/localpg"
)

const (
	// minRAMDiskBytes is the room that a RAM disk needs; Docker's default of 64 MiB is too little.
	minRAMDiskBytes = 1 << 30
	// minServerVersion is 15, the first with "strategy file_copy".
	minServerVersion = 15_00_00
)

// server is where tests get their databases.
type server struct {
	admin *pgxpool.Pool
	// address returns the connection string of a database.
	address func(db string) string
	// local is true for a private server: the pids in its databases' names are this machine's, and its addresses hold
	// no password.
	local bool
}

// public is a database's address as a log may show it.
func (s *server) public(db string) string {
	if s.local {
		return s.address(db)
	}
	return "database " + db + " on the server of TEST_DATABASE_URL"
}

func findServer(ctx context.Context) (*server, error) {
	s := &server{}
	var adminAddress string
	if given := os.Getenv("TEST_DATABASE_URL"); given != "" {
		adminAddress = given
		s.address = func(db string) string { return withDatabase(given, db) }
	} else {
		cluster, err := localpg.Start(ctx, localpg.Config{Dir: clusterDir(), BinDir: os.Getenv("LAZI_PG_BIN"), Fast: true})
		if err != nil {
			return nil, fmt.Errorf("%w (tests also take TEST_DATABASE_URL)", err)
		}
		s.address, s.local = cluster.DSN, true
		adminAddress = cluster.DSN("postgres")
	}
	cfg, err := pgxpool.ParseConfig(adminAddress)
	if err != nil {
		return nil, errors.New("TEST_DATABASE_URL is malformed")
	}
	cfg.MaxConns = 4
	if s.admin, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, err
	}
	var number int
	if err := s.admin.QueryRow(ctx, "select current_setting('server_version_num')::int").Scan(&number); err != nil {
		return nil, fmt.Errorf("test server: %w", err)
	}
	if number < minServerVersion {
		return nil, fmt.Errorf("the test server is PostgreSQL %d: 15 or newer is needed", number/10_000)
	}
	return s, s.dropLeftOvers(ctx)
}

// withDatabase puts another database into a connection string, a URL or keywords, of which the last one counts.
func withDatabase(dsn, db string) string {
	u, err := url.Parse(dsn)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return dsn + " dbname=" + db
	}
	query := u.Query()
	query.Del("dbname")
	query.Del("database")
	// pgx, like libpq, takes a plus for itself and not for a space.
	u.Path, u.RawQuery = "/"+db, strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String()
}

// clusterDir is the private server's folder, the same for all packages and checkouts of a user; clean.sh knows it, too.
// A copy of a database on a RAM disk takes a third of the time.
func clusterDir() string {
	name := fmt.Sprintf("lazi-test-pg-%d", os.Geteuid())
	const ramDisk = "/dev/shm"
	if used := filepath.Join(ramDisk, name); exists(used) || freeBytes(ramDisk) > minRAMDiskBytes {
		return used
	}
	return filepath.Join(os.TempDir(), name)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// freeBytes is the room in a folder's file system, 0 when it is not known.
func freeBytes(dir string) uint64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0
	}
	return stat.Bavail * uint64(stat.Bsize)
}
