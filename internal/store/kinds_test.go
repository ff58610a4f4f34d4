package store_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store/storetest"
)

// TestTables_fitTheKinds compares the structs of every kind with the tables: each field has its column, and a field
// that cannot be nil has one that cannot be NULL.
func TestTables_fitTheKinds(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), storetest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	rows, err := conn.Query(t.Context(), `SELECT table_name || '.' || column_name, is_nullable = 'YES' FROM information_schema.columns WHERE table_schema = 'raw'`)
	if err != nil {
		t.Fatal(err)
	}
	nullable := map[string]bool{}
	var name string
	var null bool
	if _, err := pgx.ForEachRow(rows, []any{&name, &null}, func() error { nullable[name] = null; return nil }); err != nil {
		t.Fatal(err)
	}
	for _, k := range domain.Kinds() {
		for _, c := range k.Columns {
			null, ok := nullable[k.Table+"."+c.Name]
			switch {
			case !ok:
				t.Errorf("%s has no column %s", k.Table, c.Name)
			case null && !c.Nullable() && (c.Array() || c.Type.Kind() != reflect.Slice):
				t.Errorf("%s.%s may be NULL, but %s cannot hold it", k.Table, c.Name, c.Type)
			}
		}
	}
}
