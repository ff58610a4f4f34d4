package app_test

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

const (
	// tenancyOperations is how many operations of the corpus each test of this file runs.
	tenancyOperations = 250
	// twin has the same records as the company, under the same ids, and a mirror that knows itself to be complete.
	twin int64 = 1002
	// empty has a mirror that knows itself to be complete, and no records.
	empty int64 = 1003
)

// ownScoping is what scopes a statement by tenant in its text.
var ownScoping = regexp.MustCompile(`(\b\w+\.)?\btenant_id = (\$\d+)`)

// unscoped takes a statement's own scoping away.
func unscoped(sql string) string { return ownScoping.ReplaceAllString(sql, "($2)::bigint IS NOT NULL") }

// withNeighbours copies the company and gives the database two more.
func withNeighbours(t *testing.T, w *corpusWorld) string {
	t.Helper()
	dsn := w.copied(t)
	a := w.open(t, dsn, true, time.Now, nil)
	for _, id := range []int64{twin, empty} {
		settings := w.account.Tenant
		settings.ID = domain.TenantID(id)
		if err := a.PutTenant(t.Context(), settings); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	exec := func(sql string, args ...any) {
		if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("SELECT set_config('lazi.tenant_id', $1::bigint::text, false)", twin)
	for _, k := range domain.Kinds() {
		exec("INSERT INTO raw."+k.Table+" (tenant_id, full_data, content_hash, fetched_at, deleted_at) SELECT $1, full_data || '{\"name\": \"Twin\", \"value\": \"twin\"}', content_hash, fetched_at, deleted_at FROM raw."+
			k.Table+" WHERE tenant_id = $2", twin, tenant)
	}
	for _, id := range []int64{twin, empty} {
		exec("INSERT INTO raw.sync_state (tenant_id, entity_type, last_full_sync_at) SELECT $1, entity_type, last_full_sync_at FROM raw.sync_state WHERE tenant_id = $2", id, tenant)
	}
	return dsn
}

// unscopedHandlers serve the database by compiled reads and by resolvers, both without the statements' own scoping.
func unscopedHandlers(t *testing.T, w *corpusWorld, dsn string, onRead func(error)) map[string]http.Handler {
	t.Helper()
	out := map[string]http.Handler{}
	for name, compiled := range map[string]bool{"compiled": true, "resolvers": false} {
		out[name] = w.open(t, dsn, compiled, w.clock.now, onRead, func(o *app.Options) { o.Rewrite = unscoped }).Handler()
	}
	return out
}

func TestRowLevelSecurity_holdsByItself(t *testing.T) {
	t.Parallel()
	w := newCorpusWorld(t)
	dsn := withNeighbours(t, w)
	c := newComparison(t, w, dsn, dsn, w.clock.now)
	c.pool = harvest(t, w, c.schema, c.reference)
	for name, h := range unscopedHandlers(t, w, dsn, c.onRead) {
		c.compiled = h
		c.warm(t)
		for number := range c.numbers(tenancyOperations) {
			c.run(t, number, 1)
		}
		if t.Failed() {
			t.Fatalf("%s without scoping of their own do not answer as they should", name)
		}
	}
}

// ofARow is what an answer holds of any row; global ids that a caller names are not among it.
var ofARow = regexp.MustCompile(`"externalId":"\d|"(name|number|summary|phone)":"[^"]|"totalCount":[1-9]`)

func TestTenancy_everyOperationAsTheWrongTenant(t *testing.T) {
	t.Parallel()
	w := newCorpusWorld(t)
	dsn := withNeighbours(t, w)
	schema := corpusSchema()
	scoped := w.open(t, dsn, true, w.clock.now, nil).Handler()
	p := harvest(t, w, schema, scoped)
	handlers := unscopedHandlers(t, w, dsn, nil)
	handlers["scoped"] = scoped
	var err error
	w.token, err = app.Token(testConfig(t, nil), auth.Grant{Subject: "stranger", Tenants: []int64{empty}, Role: auth.Owner}, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for name, h := range handlers {
		answered := 0
		for number := range uint64(tenancyOperations) {
			op := generate(schema, p, *corpusSeed, number, false)
			if slices.ContainsFunc([]string{"__schema", "__type(", "tenants"}, func(s string) bool { return strings.Contains(op.query, s) }) {
				continue // which have names of their own
			}
			w.clock.step()
			body := w.send(t, h, op).body
			if leak := ofARow.Find(body); leak != nil {
				t.Fatalf("%s: %s in the answer to a stranger\n%s\n%.1000s", name, leak, op.describe(), body)
			}
			if bytes.Contains(body, []byte(`"data":{`)) {
				answered++
			}
		}
		if answered < tenancyOperations/2 {
			t.Errorf("%s: only %d operations of %d were answered", name, answered, tenancyOperations)
		}
	}
}

func TestTenancy_nobodyStoresForAnother(t *testing.T) {
	t.Parallel()
	w := newCorpusWorld(t)
	conn, err := pgx.Connect(t.Context(), withNeighbours(t, w))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, named := range []string{"1001", ""} {
		for _, sql := range []string{
			"INSERT INTO raw.st_teams (tenant_id, full_data, content_hash, fetched_at) VALUES (1002, '{\"id\": 77}', '', now())",
			"UPDATE raw.st_teams SET fetched_at = now() WHERE tenant_id = 1002",
			"UPDATE raw.st_teams SET tenant_id = 1003 WHERE tenant_id = 1001 AND st_id = (SELECT min(st_id) FROM raw.st_teams WHERE tenant_id = 1001)",
		} {
			if _, err := conn.Exec(t.Context(), "SELECT set_config('lazi.tenant_id', $1, false)", named); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "42501") {
				t.Errorf("as %q: %s: %v", named, sql, err)
			}
		}
	}
}

// Every table that has tenants' rows shows them by row-level security alone, but for those that no caller's statement reads.
func TestTenancy_everyTableIsProtected(t *testing.T) {
	t.Parallel()
	w := newCorpusWorld(t)
	conn, err := pgx.Connect(t.Context(), w.database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), `SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN ('raw'::regnamespace, 'lazi'::regnamespace) AND NOT c.relrowsecurity
 AND (has_table_privilege('lazi_tenant', c.oid, 'SELECT, INSERT, UPDATE, DELETE') OR has_table_privilege('lazi_technician', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
  OR c.relnamespace = 'raw'::regnamespace) ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	open, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(open) > 0 {
		t.Errorf("tables without row-level security: %v, %v", open, err)
	}
	rows, err = conn.Query(t.Context(), `SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'raw'::regnamespace AND c.relname LIKE 'st\_%'
 AND c.relkind = 'r' AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgname = 'own_tenant')`)
	if err != nil {
		t.Fatal(err)
	}
	unguarded, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(unguarded) > 0 || slices.Contains(unguarded, "") {
		t.Errorf("tables without a guard: %v, %v", unguarded, err)
	}
}
