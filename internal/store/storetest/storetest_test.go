package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// connect opens a connection that ends with the test.
func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func scan[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	value, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

const tables = "select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace where relkind = 'r' and nspname in ('raw', 'lazi')"

func TestNew_givesIndependentMigratedDatabases(t *testing.T) {
	t.Parallel()
	one, two := connect(t, New(t)), connect(t, New(t))
	if n := scan[int64](t, one, tables); n < 20 {
		t.Errorf("a fresh database has %d tables of ours", n)
	}
	exec(t, one, "create table lazi.only_in_one ()")
	if scan[bool](t, two, "select to_regclass('lazi.only_in_one') is not null") {
		t.Error("a table of one database shows up in the other")
	}
}

func TestNew_givesManyAtOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var all sync.WaitGroup
	seen := map[string]bool{}
	for range 8 {
		all.Go(func() {
			dsn := New(t)
			mu.Lock()
			defer mu.Unlock()
			seen[dsn] = true
		})
	}
	all.Wait()
	if len(seen) != 8 {
		t.Errorf("8 tests share %d databases", len(seen))
	}
}

func TestNewEmpty_hasNoTables(t *testing.T) {
	t.Parallel()
	if n := scan[int64](t, connect(t, NewEmpty(t)), tables); n != 0 {
		t.Errorf("an empty database has %d tables of ours", n)
	}
}

func TestNew_dropsTheDatabaseWithItsConnections(t *testing.T) {
	t.Parallel()
	var dsn string
	var name string
	t.Run("user", func(t *testing.T) {
		dsn = NewEmpty(t)
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		name = conn.Config().Database // and the connection is never closed
	})
	_, err := pgx.Connect(t.Context(), dsn)
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "3D000" {
		t.Errorf("connecting to %s after its test: %v, want SQLSTATE 3D000", name, err)
	}
}

func TestTemplate_isMadeOnceForTheSameMigrations(t *testing.T) {
	t.Parallel()
	var made atomic.Int64
	tpl := Template{
		FS: fstest.MapFS{"1.sql": {Data: fmt.Appendf(nil, "-- %d", time.Now().UnixNano())}},
		Migrate: func(ctx context.Context, dsn string) error {
			made.Add(1)
			conn, err := pgx.Connect(ctx, dsn)
			if err != nil {
				return err
			}
			defer conn.Close(ctx)
			_, err = conn.Exec(ctx, "create table made ()")
			return err
		},
	}
	var all sync.WaitGroup
	for range 6 { // more than the administrator has connections
		all.Go(func() { fromTemplate(t, tpl) })
	}
	all.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("the template was made %d times", n)
	}
	if !scan[bool](t, connect(t, fromTemplate(t, tpl)), "select to_regclass('made') is not null") {
		t.Error("a copy lacks the template's table")
	}
	dropTemplate(t, tpl)
}

func TestTemplate_isMadeAnewAfterAFailure(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	tpl := Template{
		FS:      fstest.MapFS{"1.sql": {Data: fmt.Appendf(nil, "-- again %d", time.Now().UnixNano())}},
		Migrate: func(context.Context, string) error { return broken },
	}
	s := useServer(t)
	if _, err := s.ensureTemplate(t.Context(), tpl); !errors.Is(err, broken) {
		t.Errorf("ensureTemplate = %v, want the migration's error", err)
	}
	tpl.Migrate = func(context.Context, string) error { return nil }
	if _, err := s.ensureTemplate(t.Context(), tpl); err != nil {
		t.Errorf("a half-made template stands in the way: %v", err)
	}
	dropTemplate(t, tpl)
}

func dropTemplate(t *testing.T, tpl Template) {
	t.Helper()
	s := useServer(t)
	name, err := s.ensureTemplate(t.Context(), tpl)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.admin.Exec(t.Context(), "alter database "+quote(name)+" with is_template false"); err != nil {
		t.Fatal(err)
	}
	if err := drop(t.Context(), s.admin, name); err != nil {
		t.Fatal(err)
	}
}

func TestLeftOvers_keepsTheLivingAndTheNewestDead(t *testing.T) {
	t.Parallel()
	now := time.Unix(2_000_000_000, 0)
	const living, dead = 1, 2
	var names, want []string
	for i := range keptDatabases + 2 {
		name := databaseName(now.Add(-time.Duration(i)*time.Minute), dead, int64(i))
		names = append(names, name)
		if i >= keptDatabases {
			want = append(want, name)
		}
	}
	old := databaseName(now.Add(-2*keptFor), living, 1)
	names = append(names, databaseName(now.Add(-59*time.Minute), living, 2), old, databasePrefix+"somebody_else", databasePrefix+"a_b_c")
	want = append(want, old)
	got := leftOvers(names, now, func(pid int) bool { return pid == living })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dropped (-want +got):\n%s", diff)
	}
}

func TestDropLeftOvers_removesThoseThatAreTooOld(t *testing.T) {
	t.Parallel()
	s := useServer(t)
	name := databaseName(time.Now().Add(-2*keptFor), 1, sequence.Add(1))
	if _, err := s.admin.Exec(t.Context(), "create database "+quote(name)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { drop(context.Background(), s.admin, name) })
	admin := connect(t, s.admin.Config().ConnString())
	gone := func() bool {
		return scan[int64](t, admin, "select count(*) from pg_database where datname = $1", name) == 0
	}
	// Another package's tests may hold the lock and have listed the databases before: then theirs is the next call.
	for deadline := time.Now().Add(10 * time.Second); !gone() && time.Now().Before(deadline); {
		if err := s.dropLeftOvers(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if !gone() {
		t.Errorf("%s is still there", name)
	}
}

func TestWithDatabase_keepsTheRestOfTheAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, dsn, wantHost, wantUser string }{
		{"URL", "postgres://u:p%40ss@db.example.test:6000/old?sslmode=disable&dbname=other&options=-c%20role%3Dsample", "db.example.test", "u"},
		{"URL without a path", "postgresql://u:p%40ss@db.example.test:6000?sslmode=disable&options=-c%20role%3Dsample", "db.example.test", "u"},
		{"socket URL", "postgres:///old?host=/run/pg&user=u&password=p%40ss&port=6000&options=-c%20role%3Dsample", "/run/pg", "u"},
		{"keywords", "host=/run/pg port=6000 user=u password='p@ss' dbname=old options='-c role=sample'", "/run/pg", "u"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg, err := pgx.ParseConfig(withDatabase(tt.dsn, "lazi_test_1"))
			if err != nil {
				t.Fatal(err)
			}
			if got := cfg.RuntimeParams["options"]; got != "-c role=sample" {
				t.Errorf("options are %q", got)
			}
			got := strings.Join([]string{cfg.Host, fmt.Sprint(cfg.Port), cfg.User, cfg.Password, cfg.Database}, " ")
			want := strings.Join([]string{tt.wantHost, "6000", tt.wantUser, "p@ss", "lazi_test_1"}, " ")
			if got != want {
				t.Errorf("address leads to %s, want %s", got, want)
			}
		})
	}
}
