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
	if err := s.MarkComplete(ctx, tenant, domain.Customers.Kind, began); err != nil {
		t.Fatal(err)
	}
	got, err := s.CopyStates(ctx, tenant)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]domain.CopyState{"Customer": {CompleteAt: began}}, got); diff != "" {
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
