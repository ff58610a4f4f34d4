package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
	"lazilabs.com/lazi/internal/table"
)

const tenant, otherTenant domain.TenantID = 1, 2

// open returns a store on a database of its own.
func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), storetest.New(t), store.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// doc makes a document of an id and members.
func doc(t *testing.T, id int64, members map[string]any) domain.Document {
	t.Helper()
	all := map[string]any{"id": id}
	maps.Copy(all, members)
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return domain.Document{ID: id, JSON: text}
}

func put(t *testing.T, s *store.Store, tenant domain.TenantID, k *domain.Kind, docs ...domain.Document) domain.Written {
	t.Helper()
	w, err := s.Upsert(t.Context(), tenant, k, docs)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func ids(rows []domain.Entity) []int64 {
	out := []int64{}
	for _, r := range rows {
		out = append(out, r.Base().STID)
	}
	return out
}

// list reads a list both ways, which must agree.
func list(t *testing.T, s *store.Store, k *domain.Kind, q domain.Query) []int64 {
	t.Helper()
	rows, err := s.List(t.Context(), tenant, k, q)
	if err != nil {
		t.Fatal(err)
	}
	listed := ids(rows)
	if diff := cmp.Diff(listed, append([]int64{}, answered(t, s, &table.Ask{Kind: k, Query: q})[nil]...)); diff != "" {
		t.Errorf("%s %+v (-List +Answer):\n%s", k.Name, q, diff)
	}
	return listed
}

func TestUpsert_countsWhatItDid(t *testing.T) {
	t.Parallel()
	s := open(t)
	k := domain.Customers.Kind
	at := func(minute int) string { return fmt.Sprintf("2026-01-01T00:%02d:00Z", minute) }
	customer := func(id int64, name string, minute int) domain.Document {
		return doc(t, id, map[string]any{"name": name, "modifiedOn": at(minute)})
	}
	put(t, s, tenant, k, customer(1, "one", 5), customer(2, "two", 5))
	got := put(t, s, tenant, k,
		customer(1, "one", 5),                        // unchanged
		customer(2, "older", 1),                      // an older page
		customer(3, "first", 1),                      // replaced below: the later of two wins
		customer(3, "new", 2),                        //
		customer(4, "new", 2),                        //
		doc(t, 5, map[string]any{"balance": "much"}), // no number
	)
	want := domain.Written{Inserted: 2, Unchanged: 2, Rejected: []domain.Rejected{{ID: 5, Reason: "postgres 22P02"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Upsert (-want +got):\n%s", diff)
	}
	if got := put(t, s, tenant, k, customer(1, "renamed", 6)); got.Updated != 1 {
		t.Errorf("a newer document gives %+v", got)
	}
	rows, err := s.ByIDs(t.Context(), tenant, k, []int64{1, 2, 3, 4, 5})
	if err != nil {
		t.Fatal(err)
	}
	names := map[int64]string{}
	for _, r := range rows {
		names[r.Base().STID] = r.(*domain.Customer).Name
	}
	if diff := cmp.Diff(map[int64]string{1: "renamed", 2: "two", 3: "new", 4: "new"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestUpsert_tombstoneHidesAndReturns(t *testing.T) {
	t.Parallel()
	s := open(t)
	k := domain.Jobs.Kind
	put(t, s, tenant, k, doc(t, 1, map[string]any{"jobNumber": "1"}))
	gone := doc(t, 1, map[string]any{"jobNumber": "1", "active": false})
	gone.Deleted = true
	put(t, s, tenant, k, gone)
	if got := list(t, s, k, domain.Query{}); len(got) != 0 {
		t.Errorf("a deleted job is listed: %v", got)
	}
	put(t, s, tenant, k, doc(t, 1, map[string]any{"jobNumber": "1"}))
	if got := list(t, s, k, domain.Query{}); len(got) != 1 {
		t.Errorf("a job that came back is not listed")
	}
}

func TestReads_neverLeaveTheTenant(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, tn := range []domain.TenantID{tenant, otherTenant} {
		put(t, s, tn, domain.Customers.Kind, doc(t, 1, map[string]any{"name": fmt.Sprint("of tenant ", tn), "tagTypeIds": []int{9}}))
		put(t, s, tn, domain.TagTypes.Kind, doc(t, 9, map[string]any{"name": fmt.Sprint("tag of ", tn)}))
		put(t, s, tn, domain.Locations.Kind, doc(t, 100+int64(tn), map[string]any{"customerId": 1}))
	}
	rows, err := s.ByIDs(t.Context(), tenant, domain.Customers.Kind, []int64{1})
	if err != nil || len(rows) != 1 || rows[0].(*domain.Customer).Name != "of tenant 1" {
		t.Errorf("ByIDs = %v, %v", rows, err)
	}
	linked, err := s.Linked(t.Context(), tenant, domain.CustomerLocations.Link, []any{int64(1)}, domain.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{101}, ids(linked[int64(1)])); diff != "" {
		t.Errorf("locations (-want +got):\n%s", diff)
	}
	n, err := s.Count(t.Context(), tenant, domain.Customers.Kind, domain.Query{})
	if err != nil || n != 1 {
		t.Errorf("Count = %d, %v", n, err)
	}
	found, err := s.SearchCustomers(t.Context(), tenant, "tenant", 10)
	if err != nil || len(found) != 1 {
		t.Errorf("SearchCustomers = %v, %v", found, err)
	}
}

func TestOpen_unreachableDatabaseIsUnavailable(t *testing.T) {
	t.Parallel()
	_, err := store.Open(t.Context(), "postgres://someone:hidden@127.0.0.1:1/none", store.Options{})
	if !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("error %v, want ErrUnavailable", err)
	}
	if text := fmt.Sprint(err); containsAny(text, "hidden", "someone", "127.0.0.1") {
		t.Errorf("the error tells the address: %q", text)
	}
}

func TestMarkComplete(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := s.MarkFailed(ctx, tenant, domain.Jobs.Kind, "sample"); err != nil {
		t.Fatal(err)
	}
	if err := s.MarkComplete(ctx, tenant, domain.Customers.Kind, began, 7); err != nil {
		t.Fatal(err)
	}
	got, err := s.CopyStates(ctx, tenant)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]domain.CopyState{"Customer": {CompleteAt: began, Records: 7}}, got); diff != "" {
		t.Errorf("CopyStates (-want +got):\n%s", diff)
	}
}

func TestTenant(t *testing.T) {
	t.Parallel()
	s := open(t)
	want := domain.Tenant{ID: 5, Name: "Sample", TimeZone: "America/Chicago", Currency: "CAD"}
	if err := s.PutTenant(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got, err := s.Tenant(t.Context(), 5)
	if err != nil || got != want {
		t.Errorf("Tenant = %+v, %v", got, err)
	}
	if _, err := s.Tenant(t.Context(), 6); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("an unknown tenant gives %v", err)
	}
}
