package store_test

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
	"lazilabs.com/lazi/migrations"
)

func migrate(t *testing.T, dsn string) {
	t.Helper()
	if err := store.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
}

func status(t *testing.T, dsn string) []store.Migration {
	t.Helper()
	all, err := store.MigrationStatus(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func applied(all []store.Migration) int {
	n := 0
	for _, m := range all {
		if m.Applied {
			n++
		}
	}
	return n
}

// schema is every column, index, storage setting and function of ours, as text.
func schema(t *testing.T, dsn string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), `
		select concat_ws(' ', table_schema, table_name, column_name, data_type, generation_expression)
		from information_schema.columns where table_schema in ('raw', 'lazi')
		union all
		select indexdef from pg_indexes where schemaname in ('raw', 'lazi')
		union all
		select concat_ws(' ', relname, reloptions::text)
		from pg_class c join pg_namespace n on n.oid = relnamespace where nspname in ('raw', 'lazi') and reloptions is not null
		union all
		select concat_ws(' ', nspname, proname, md5(prosrc))
		from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname in ('raw', 'lazi')
		union all
		select nspname from pg_namespace where nspname in ('raw', 'lazi')
		order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// with sets a setting of a connection string of either form.
func with(t *testing.T, dsn, key, value string) string {
	t.Helper()
	if !strings.HasPrefix(dsn, "postgres") {
		return dsn + " " + key + "='" + value + "'"
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set(key, value)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20") // pgx takes a plus for itself
	return u.String()
}

func TestMigrate_fillsAnEmptyDatabaseAndThenDoesNothing(t *testing.T) {
	t.Parallel()
	dsn := storetest.NewEmpty(t)
	files, err := migrations.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	if all := status(t, dsn); len(all) <= len(files) || applied(all) != 0 {
		t.Errorf("before: %d of %d migrations applied, want 0 of %d and River's", applied(all), len(all), len(files))
	}
	migrate(t, dsn)
	first := status(t, dsn)
	if applied(first) != len(first) {
		t.Errorf("after: %d of %d migrations applied", applied(first), len(first))
	}
	for i, m := range first[:len(files)] {
		if m.Name != files[i].Name() || m.AppliedAt.IsZero() {
			t.Errorf("migration %d is %+v, want file %s with its time", i, m, files[i].Name())
		}
	}
	migrate(t, dsn)
	if diff := cmp.Diff(first, status(t, dsn)); diff != "" {
		t.Errorf("a second run changes something (-first +second):\n%s", diff)
	}
}

func TestMigrate_atOnceAppliesEachMigrationOnce(t *testing.T) {
	t.Parallel()
	dsn := storetest.NewEmpty(t)
	var all sync.WaitGroup
	failures := make([]error, 4)
	for i := range failures {
		all.Go(func() { failures[i] = store.Migrate(t.Context(), dsn) })
	}
	all.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(schema(t, storetest.New(t)), schema(t, dsn)); diff != "" {
		t.Errorf("schema (-one +four at once):\n%s", diff)
	}
}

func TestMigrateDownTo_takesBackAndMigrateBringsBack(t *testing.T) {
	t.Parallel()
	dsn := storetest.New(t)
	full, before := schema(t, dsn), status(t, dsn)
	half := before[0].Version + 9
	if err := store.MigrateDownTo(t.Context(), dsn, half); err != nil {
		t.Fatal(err)
	}
	for _, m := range status(t, dsn) {
		if river := strings.HasPrefix(m.Name, "river "); m.Applied != (!river && m.Version <= half) {
			t.Errorf("down to %d: %+v", half, m)
		}
	}
	if err := store.MigrateDownTo(t.Context(), dsn, 0); err != nil {
		t.Fatal(err)
	}
	if left := schema(t, dsn); len(left) > 0 {
		t.Errorf("down to 0 leaves %d things, the first %s", len(left), left[0])
	}
	migrate(t, dsn)
	if diff := cmp.Diff(full, schema(t, dsn)); diff != "" {
		t.Errorf("schema (-before +after down and up):\n%s", diff)
	}
	if diff := cmp.Diff(before, status(t, dsn), cmpopts.IgnoreFields(store.Migration{}, "AppliedAt")); diff != "" {
		t.Errorf("migrations (-before +after down and up):\n%s", diff)
	}
}

// tablesForReading is the migration that says how the tables are stored and makes indexes anew.
const tablesForReading = 17

func TestMigrateDownTo_takesBackTablesForReading(t *testing.T) {
	t.Parallel()
	dsn := storetest.New(t)
	full := schema(t, dsn)
	const covering = "CREATE INDEX st_appointments_job_id ON raw.st_appointments USING btree (tenant_id, job_id, start_time, st_id) " +
		"INCLUDE (end_time, status, active) WHERE (deleted_at IS NULL)"
	const plain = "CREATE INDEX st_appointments_job_id ON raw.st_appointments USING btree (tenant_id, job_id, start_time, st_id) " +
		"WHERE (deleted_at IS NULL)"
	if !slices.Contains(full, covering) {
		t.Error("the index of a job's appointments does not cover what is read")
	}
	if err := store.MigrateDownTo(t.Context(), dsn, tablesForReading-1); err != nil {
		t.Fatal(err)
	}
	before := schema(t, dsn)
	if !slices.Contains(before, plain) || slices.Contains(before, covering) {
		t.Error("the index of a job's appointments is not what it was")
	}
	for _, line := range before {
		if strings.Contains(line, "autovacuum") || strings.Contains(line, "toast_tuple_target") || strings.Contains(line, "fillfactor") {
			t.Errorf("a storage setting is left: %s", line)
		}
	}
	migrate(t, dsn)
	if diff := cmp.Diff(full, schema(t, dsn)); diff != "" {
		t.Errorf("schema (-before +after down and up):\n%s", diff)
	}
}

func TestMigrate_noIndexRefusesALongText(t *testing.T) {
	t.Parallel()
	dsn := storetest.New(t)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	// Digests do not compress, so that the text is as long in an index as here: 64 kB, where a page has 8.
	if _, err := conn.Exec(t.Context(), "select set_config('lazi.tenant_id', '1', false)"); err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), `
		with long as (select string_agg(md5(i::text), '') as text from generate_series(1, 2048) i),
		jobs as (insert into raw.st_jobs (tenant_id, content_hash, full_data)
			select 1, '', jsonb_build_object('id', 1, 'customerId', 1, 'locationId', 1, 'summary', text, 'jobStatus', text, 'jobNumber', text) from long)
		insert into raw.st_appointments (tenant_id, content_hash, full_data)
		select 1, '', jsonb_build_object('id', 1, 'jobId', 1, 'status', text, 'specialInstructions', text) from long`)
	if err != nil {
		t.Errorf("a job and an appointment with long texts: %v", err)
	}
}

func TestMigrate_waitsForTheLockNoLongerThanItsContext(t *testing.T) {
	t.Parallel()
	dsn := storetest.NewEmpty(t)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	const lock int64 = 0x6c617a696d696772 // as in migrate.go: a release must wait for the one before it
	if _, err := conn.Exec(t.Context(), "select pg_advisory_lock($1)", lock); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := store.Migrate(ctx, dsn); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Migrate while another process migrates = %v, want the context's error", err)
	}
	if len(schema(t, dsn)) > 0 {
		t.Error("Migrate worked without the lock")
	}
}

func TestMigrate_takesBothFormsOfAnAddress(t *testing.T) {
	t.Parallel()
	cfg, err := pgx.ParseConfig(storetest.NewEmpty(t))
	if err != nil {
		t.Fatal(err)
	}
	settings := url.Values{
		"host": {cfg.Host}, "port": {strconv.Itoa(int(cfg.Port))}, "user": {cfg.User}, "password": {cfg.Password}, "sslmode": {"prefer"},
	}
	var keywords strings.Builder
	for key := range settings {
		keywords.WriteString(key + "='" + settings.Get(key) + "' ")
	}
	for _, dsn := range []string{
		"postgres:///" + cfg.Database + "?" + settings.Encode(),
		keywords.String() + "dbname=" + cfg.Database,
	} {
		migrate(t, dsn)
	}
}

func TestMigrate_saysWhatIsWrongAndNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "sample-password-x9"
	dsn := storetest.NewEmpty(t)
	for _, tt := range []struct {
		name, dsn, says string
		unavailable     bool
	}{
		{"nobody listens", "postgres://sample:" + secret + "@127.0.0.1:1/lazi?sslmode=disable", "connection refused", true},
		{"no such host", "host=db.invalid user=sample password=" + secret, "host is not known", true},
		{"no such socket", "host=/nonexistent user=sample password=" + secret, "no such file", true},
		{"malformed", "postgres://sample:" + secret + "@[::1/lazi", "malformed", false},
		{"no such database", with(t, dsn, "dbname", "lazi_test_missing"), "no database of that name", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := store.Migrate(t.Context(), tt.dsn)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Migrate = %v, want %q", err, tt.says)
			}
			if errors.Is(err, domain.ErrUnavailable) != tt.unavailable {
				t.Errorf("Migrate = %v: is ErrUnavailable %v, want %v", err, !tt.unavailable, tt.unavailable)
			}
			if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "sample")) {
				t.Errorf("the error tells the user or the password: %v", err)
			}
		})
	}
}

func TestMigrate_asAUserWithoutRights(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, grant, fails, says string }{
		{"no rights at all", "", "the table of migrations", "schema public"},
		{"no rights but on public", "grant create on schema public to pg_read_all_data", "00001_foundation.sql", "database"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dsn := storetest.NewEmpty(t)
			conn, err := pgx.Connect(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(t.Context())
			if _, err := conn.Exec(t.Context(), tt.grant); err != nil {
				t.Fatal(err)
			}
			// pg_read_all_data is a role that every server has.
			err = store.Migrate(t.Context(), with(t, dsn, "options", "-c role=pg_read_all_data"))
			var rights *store.MigrationRightsError
			if !errors.As(err, &rights) || rights.Migration != tt.fails || !strings.Contains(rights.Reason, tt.says) {
				t.Errorf("Migrate = %v, want MigrationRightsError of %s about %s", err, tt.fails, tt.says)
			}
		})
	}
}
