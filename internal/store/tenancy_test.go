package store_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
)

// A managed Postgres gives no superuser: an owner who may make roles is enough to migrate, write and read.
func TestTenancy_theOwnerNeedsNoSuperuser(t *testing.T) {
	t.Parallel()
	dsn, owner := roleFor(t, storetest.NewEmpty, "CREATEROLE")
	admin, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	if _, err := admin.Exec(t.Context(), "ALTER DATABASE "+admin.Config().Database+" OWNER TO "+owner); err != nil {
		t.Fatal(err)
	}
	own := asUser(t, dsn, owner)
	if err := store.Migrate(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), own, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put(t, s, 1, domain.Customers.Kind, domain.Document{ID: 7, JSON: []byte(`{"id": 7, "name": "Sample Customer", "tagTypeIds": [3]}`)})
	q := domain.Query{Where: []domain.Condition{
		{Column: "tag_type_ids", Op: domain.OpIn, Value: []int64{3}}, {Column: "name", Op: domain.OpMatches, Value: "sample"},
	}}
	for tenant, want := range map[domain.TenantID]int{1: 1, 2: 0} {
		rows, err := s.List(t.Context(), tenant, domain.Customers.Kind, q)
		if err != nil || len(rows) != want {
			t.Errorf("tenant %d: %d rows, %v; want %d", tenant, len(rows), err, want)
		}
	}
}

func TestOpen_saysWhichRolesTheUserLacks(t *testing.T) {
	t.Parallel()
	dsn, stranger := roleFor(t, storetest.New, "")
	if _, err := store.Open(t.Context(), asUser(t, dsn, stranger), store.Options{}); err == nil || !strings.Contains(err.Error(), "must be a member of the roles lazi_tenant and lazi_technician") {
		t.Errorf("error %v", err)
	}
}

// asUser is a database's address for another user.
func asUser(t *testing.T, dsn, user string) string {
	t.Helper()
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" {
		u.User = url.User(user)
		return u.String()
	}
	return strings.ReplaceAll(dsn, "user=lazi", "user="+user)
}

// roleFor makes a role for a test's database, which it outlives.
func roleFor(t *testing.T, newDatabase func(testing.TB) string, options string) (dsn, role string) {
	t.Helper()
	var drop func()
	t.Cleanup(func() { drop() }) // behind the database's own
	dsn = newDatabase(t)
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	role = cfg.Database + "_user"
	cfg.Database = "postgres"
	exec := func(ctx context.Context, sql string) {
		conn, err := pgx.ConnectConfig(ctx, cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Error(err)
		}
	}
	exec(t.Context(), "CREATE ROLE "+role+" LOGIN "+options)
	drop = func() { exec(context.WithoutCancel(t.Context()), "DROP ROLE "+role) }
	return dsn, role
}
