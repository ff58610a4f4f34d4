package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
)

// openBoth returns a store on a database of its own and a connection to look behind it.
func openBoth(t *testing.T) (*store.Store, *pgx.Conn) {
	t.Helper()
	dsn := storetest.New(t)
	s, err := store.Open(t.Context(), dsn, store.Options{MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return s, conn
}

// at is a modified time in the given minute.
func at(minute int) string { return fmt.Sprintf("2026-01-01T%02d:%02d:00Z", minute/60, minute%60) }

// job makes a job's document.
func job(t *testing.T, id int64, number string, minute int) domain.Document {
	t.Helper()
	return doc(t, id, map[string]any{"jobNumber": number, "modifiedOn": at(minute)})
}

// tombstone is a feed's row of a deleted record.
func tombstone(d domain.Document) domain.Document {
	d.Deleted, d.Partial = true, true
	return d
}

// partial is a feed's row.
func partial(d domain.Document) domain.Document {
	d.Partial = true
	return d
}

// storedRow is a row of the mirror as writes leave it.
type storedRow struct {
	Document any
	Deleted  bool
}

// stored reads the rows of a kind of the tenant by id, deleted ones too.
func stored(t *testing.T, conn *pgx.Conn, k *domain.Kind) map[int64]storedRow {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT st_id, full_data::text, deleted_at IS NOT NULL FROM raw."+k.Table+" WHERE tenant_id = $1", tenant)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64]storedRow{}
	var id int64
	var text string
	var gone bool
	_, err = pgx.ForEachRow(rows, []any{&id, &text, &gone}, func() error {
		out[id] = storedRow{members(t, []byte(text)), gone}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func members(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// physical tells the version of a row: it differs after each write.
func physical(t *testing.T, conn *pgx.Conn, k *domain.Kind, id int64) string {
	t.Helper()
	var place string
	if err := conn.QueryRow(t.Context(), "SELECT ctid::text || xmin::text FROM raw."+k.Table+" WHERE tenant_id = $1 AND st_id = $2", tenant, id).Scan(&place); err != nil {
		t.Fatal(err)
	}
	return place
}

func check(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestUpsert_countsWhatItDid(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	k := domain.Customers.Kind
	customer := func(id int64, name string, minute int) domain.Document {
		return doc(t, id, map[string]any{"name": name, "modifiedOn": at(minute)})
	}
	put(t, s, tenant, k, customer(1, "one", 5), customer(2, "two", 5))
	bad := doc(t, 5, map[string]any{"balance": "much"}) // no number
	got := put(t, s, tenant, k,
		customer(1, "one", 5),   // unchanged
		customer(2, "older", 1), // an older page
		customer(3, "first", 1), // the newer of two wins
		customer(3, "new", 2),
		customer(4, "new", 2),
		customer(4, "older", 1),
		customer(6, "first", 1), // the later of two
		customer(6, "new", 1),
		bad,
	)
	check(t, "Upsert", domain.Written{
		Inserted: 3, Unchanged: 5, Rejected: []domain.Rejected{{ID: 5, Reason: "balance is no numeric(15,2)", JSON: bad.JSON}},
	}, got)
	if got := put(t, s, tenant, k, customer(1, "renamed", 6)); got.Updated != 1 {
		t.Errorf("a newer document gives %+v", got)
	}
	names := map[int64]any{}
	for id, row := range stored(t, conn, k) {
		names[id] = row.Document.(map[string]any)["name"]
	}
	check(t, "names", map[int64]any{1: "renamed", 2: "two", 3: "new", 4: "new", 6: "new"}, names)
}

func TestUpsert_tombstoneHidesAndReturns(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	k := domain.Jobs.Kind
	put(t, s, tenant, k, job(t, 1, "1", 5))
	check(t, "an older tombstone", domain.Written{Unchanged: 1}, put(t, s, tenant, k, tombstone(job(t, 1, "1", 4))))
	check(t, "a tombstone", domain.Written{Deleted: 1}, put(t, s, tenant, k, tombstone(job(t, 1, "1", 6))))
	check(t, "the same tombstone", domain.Written{Unchanged: 1}, put(t, s, tenant, k, tombstone(job(t, 1, "1", 6))))
	if got := list(t, s, k, domain.Query{}); len(got) != 0 {
		t.Errorf("a deleted job is listed: %v", got)
	}
	check(t, "an older page", domain.Written{Unchanged: 1}, put(t, s, tenant, k, job(t, 1, "1", 5)))
	check(t, "a newer page", domain.Written{Inserted: 1}, put(t, s, tenant, k, job(t, 1, "1", 7)))
	if got := list(t, s, k, domain.Query{}); len(got) != 1 {
		t.Errorf("a job that came back is not listed")
	}
	check(t, "a tombstone of nothing", domain.Written{Unchanged: 1}, put(t, s, tenant, k, tombstone(job(t, 2, "2", 5))))
	check(t, "an older page of it", domain.Written{Unchanged: 1}, put(t, s, tenant, k, job(t, 2, "2", 4)))
	if row := stored(t, conn, k)[2]; !row.Deleted {
		t.Errorf("an older page brings back what was deleted: %+v", row)
	}
}

func TestUpsert_sameContentInAnotherTextIsNotWritten(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	k := domain.Jobs.Kind
	text := func(json string) domain.Document { return domain.Document{ID: 1, JSON: []byte(json)} }
	put(t, s, tenant, k, text(`{"id": 1, "jobNumber": "7", "total": 1.5, "modifiedOn": "2026-01-01T00:00:00Z"}`))
	before := physical(t, conn, k, 1)
	got := put(t, s, tenant, k, text(`{"modifiedOn":"2026-01-01T00:00:00Z","total":1.50,"jobNumber":"\u0037","id":1}`))
	check(t, "the same in another order", domain.Written{Unchanged: 1}, got)
	if after := physical(t, conn, k, 1); after != before {
		t.Error("the row was written")
	}
}

func TestUpsert_partialDocumentsAreLaidOver(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	k := domain.Jobs.Kind
	list := doc(t, 1, map[string]any{"jobNumber": "7", "summary": "of the list", "modifiedOn": at(5)})
	feed := partial(job(t, 1, "7", 5))
	put(t, s, tenant, k, list)
	before := physical(t, conn, k, 1)
	check(t, "what is known", domain.Written{Unchanged: 1}, put(t, s, tenant, k, feed))
	if physical(t, conn, k, 1) != before {
		t.Error("a partial document that says nothing new is written")
	}
	check(t, "something new", domain.Written{Updated: 1}, put(t, s, tenant, k, partial(job(t, 1, "8", 6))))
	check(t, "something old", domain.Written{Unchanged: 1}, put(t, s, tenant, k, feed))
	want := map[int64]storedRow{1: {Document: map[string]any{"id": 1.0, "jobNumber": "8", "summary": "of the list", "modifiedOn": at(6)}}}
	check(t, "rows", want, stored(t, conn, k))
	check(t, "a tombstone", domain.Written{Deleted: 1}, put(t, s, tenant, k, tombstone(job(t, 1, "8", 7))))
	want[1] = storedRow{map[string]any{"id": 1.0, "jobNumber": "8", "summary": "of the list", "modifiedOn": at(7)}, true}
	check(t, "rows", want, stored(t, conn, k))
}

func TestUpsert_theWholeDocumentReplacesWhatThePartialOneLeft(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	k := domain.Jobs.Kind
	put(t, s, tenant, k, doc(t, 1, map[string]any{"jobNumber": "7", "summary": "gone", "modifiedOn": at(5)}))
	put(t, s, tenant, k, partial(job(t, 1, "8", 6)))
	check(t, "the same text as a whole", domain.Written{Updated: 1}, put(t, s, tenant, k, job(t, 1, "8", 6)))
	check(t, "rows", map[int64]storedRow{1: {Document: map[string]any{"id": 1.0, "jobNumber": "8", "modifiedOn": at(6)}}}, stored(t, conn, k))
}
