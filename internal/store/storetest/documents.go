package storetest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Querier is a connection or a pool.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Documents returns the live documents of a table of the mirror, by id and without some members, to compare with what
// ServiceTitan has: see Document.
func Documents(tb testing.TB, db Querier, table string, tenant int64, without ...string) map[int64]any {
	tb.Helper()
	rows, err := db.Query(tb.Context(), "SELECT st_id, full_data::text FROM raw."+table+" WHERE tenant_id = $1 AND deleted_at IS NULL", tenant)
	if err != nil {
		tb.Fatal(err)
	}
	all := map[int64]any{}
	var id int64
	var text string
	if _, err := pgx.ForEachRow(rows, []any{&id, &text}, func() error {
		all[id] = Document(tb, json.RawMessage(text), without...)
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
	return all
}

// Document reads a document without some of its members, such as the branches of a tree, which are stored on their own.
func Document(tb testing.TB, doc json.RawMessage, without ...string) map[string]any {
	tb.Helper()
	var members map[string]any
	if err := json.Unmarshal(doc, &members); err != nil {
		tb.Fatal(err)
	}
	for _, name := range without {
		delete(members, name)
	}
	return members
}
