package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

func TestLinked(t *testing.T) {
	t.Parallel()
	s := open(t)
	put(t, s, tenant, domain.Locations.Kind,
		doc(t, 1, map[string]any{"customerId": 100, "name": "b"}), doc(t, 2, map[string]any{"customerId": 100, "name": "a"}),
		doc(t, 3, map[string]any{"customerId": 100, "name": "c"}), doc(t, 4, map[string]any{"customerId": 200, "name": "z"}),
	)
	put(t, s, tenant, domain.Technicians.Kind,
		doc(t, 11, map[string]any{"name": "T11", "team": "North", "zoneIds": []int{1, 2}}),
		doc(t, 12, map[string]any{"name": "T12", "team": "North", "zoneIds": []int{2}}), doc(t, 13, map[string]any{"name": "T13"}),
	)
	put(t, s, tenant, domain.AppointmentAssignments.Kind,
		doc(t, 21, map[string]any{"appointmentId": 5, "technicianId": 12}), doc(t, 22, map[string]any{"appointmentId": 5, "technicianId": 11}),
		doc(t, 23, map[string]any{"appointmentId": 5, "technicianId": 11, "assignedOn": nil}), // twice
		doc(t, 24, map[string]any{"appointmentId": 5, "technicianId": 13, "active": false}),
	)
	for id, parent := range map[int64]any{1: nil, 2: 1, 3: 2, 4: nil} {
		put(t, s, tenant, domain.PricebookCategories.Kind, doc(t, id, map[string]any{"name": "c", "parentId": parent}))
	}
	in := func(ids ...int) []map[string]any {
		out := []map[string]any{}
		for _, id := range ids {
			out = append(out, map[string]any{"id": id, "name": "c", "active": true})
		}
		return out
	}
	put(t, s, tenant, domain.PricebookServices.Kind,
		doc(t, 31, map[string]any{"code": "A", "categories": in(1)}), doc(t, 32, map[string]any{"code": "B", "categories": in(3, 4)}),
		doc(t, 33, map[string]any{"code": "C", "categories": nil}),
	)
	tests := []struct {
		name string
		link *domain.Link
		keys []any
		q    domain.Query
		want map[any][]int64
	}{
		{"children by name", domain.CustomerLocations.Link, []any{int64(200), int64(100), int64(300)}, domain.Query{Order: "name"}, map[any][]int64{int64(100): {2, 1, 3}, int64(200): {4}}},
		{"a page for each parent", domain.CustomerLocations.Link, []any{int64(100), int64(200)}, domain.Query{Order: "name", Desc: true, Limit: 2}, map[any][]int64{int64(100): {3, 1}, int64(200): {4}}},
		{"the last for each parent", domain.CustomerLocations.Link, []any{int64(100), int64(200)}, domain.Query{Order: "name", Backward: true, Limit: 2}, map[any][]int64{int64(100): {1, 3}, int64(200): {4}}},
		{"rows that list the parent", domain.ZoneTechnicians.Link, []any{int64(1), int64(2)}, domain.Query{}, map[any][]int64{int64(1): {11}, int64(2): {11, 12}}},
		{"through a table in between, once each", domain.AppointmentTechnicians.Link, []any{int64(5)}, domain.Query{}, map[any][]int64{int64(5): {11, 12}}},
		{"by name", domain.TeamTechnicians.Link, []any{"North", "South"}, domain.Query{}, map[any][]int64{"North": {11, 12}}},
		{"of a category alone", domain.CategoryServices.Link, []any{int64(1), int64(4)}, domain.Query{}, map[any][]int64{int64(1): {31}, int64(4): {32}}},
		{"of a category and all below", domain.CategoryServices.Link, []any{int64(1), int64(2), int64(4)}, domain.Query{Descendants: true}, map[any][]int64{int64(1): {31, 32}, int64(2): {32}, int64(4): {32}}},
		{"no keys", domain.CustomerLocations.Link, nil, domain.Query{}, map[any][]int64{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.Linked(t.Context(), tenant, tt.link, tt.keys, tt.q)
			if err != nil {
				t.Fatal(err)
			}
			byKey := map[any][]int64{}
			for key, rows := range got {
				byKey[key] = ids(rows)
			}
			if diff := cmp.Diff(tt.want, byKey); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if len(tt.keys) > 0 {
				if diff := cmp.Diff(byKey, answered(t, s, &table.Ask{Kind: tt.link.To, Link: tt.link, Keys: keysOf(tt.keys), Query: tt.q})); diff != "" {
					t.Errorf("rows (-Linked +Answer):\n%s", diff)
				}
			}
			if tt.q.Limit > 0 {
				return
			}
			counts, err := s.CountLinked(t.Context(), tenant, tt.link, tt.keys, tt.q)
			if err != nil {
				t.Fatal(err)
			}
			for key, n := range counts {
				if int(n) != len(tt.want[key]) {
					t.Errorf("CountLinked[%v] = %d, want %d", key, n, len(tt.want[key]))
				}
			}
		})
	}
}

func TestLinked_pagesForEachParent(t *testing.T) {
	t.Parallel()
	s := open(t)
	var docs []domain.Document
	for i := range int64(12) {
		docs = append(docs, doc(t, i+1, map[string]any{"customerId": 100 + i%2, "name": fmt.Sprint("n", i/4)}))
	}
	put(t, s, tenant, domain.Locations.Kind, docs...)
	q := domain.Query{Order: "name", Limit: 2, After: &domain.Position{Value: new("n0"), ID: 2}}
	got, err := s.Linked(t.Context(), tenant, domain.CustomerLocations.Link, []any{int64(100), int64(101)}, q)
	if err != nil {
		t.Fatal(err)
	}
	want := map[any][]int64{int64(100): {3, 5}, int64(101): {4, 6}}
	for key, rows := range got {
		if diff := cmp.Diff(want[key], ids(rows)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", key, diff)
		}
	}
}

func TestLinked_pagesOnIntoRowsWithoutAValue(t *testing.T) {
	t.Parallel()
	s := open(t)
	put(t, s, tenant, domain.Jobs.Kind,
		doc(t, 1, map[string]any{"customerId": 100, "completedOn": "2026-01-01T00:00:00Z"}), doc(t, 2, map[string]any{"customerId": 100}),
		doc(t, 3, map[string]any{"customerId": 100, "completedOn": "2026-01-02T00:00:00Z"}), doc(t, 4, map[string]any{"customerId": 200}),
	)
	q := domain.Query{Order: "completed_on", After: &domain.Position{Value: new("2026-01-01T00:00:00Z"), ID: 1}}
	got, err := s.Linked(t.Context(), tenant, domain.CustomerJobs.Link, []any{int64(100)}, q)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{3, 2}, ids(got[int64(100)])); diff != "" {
		t.Errorf("jobs (-want +got):\n%s", diff)
	}
}

func TestSearchCustomers(t *testing.T) {
	t.Parallel()
	s := open(t)
	put(t, s, tenant, domain.Customers.Kind,
		doc(t, 1, map[string]any{"name": "Fixture Alpha"}), doc(t, 2, map[string]any{"name": "Beta Fixture"}), doc(t, 3, map[string]any{"name": "Gamma"}),
	)
	put(t, s, tenant, domain.CustomerContacts.Kind,
		doc(t, 11, map[string]any{"customerId": 3, "type": "Phone", "value": "(303) 555-0142"}),
		doc(t, 12, map[string]any{"customerId": 3, "type": "Email", "value": "gamma.fixture@example.test"}),
		doc(t, 13, map[string]any{"customerId": 1, "type": "Phone", "value": "303.555.0199", "active": false}),
	)
	tests := map[string][]string{
		"fixture":    {"1 NAME", "2 NAME", "3 EMAIL"},
		"Gamma":      {"3 EMAIL"},
		"3035550142": {"3 PHONE"},
		"303-555-01": {"3 PHONE"},
		"555":        {"3 PHONE"},
		"100%":       nil,
		"nothing":    nil,
	}
	tests["Gamma"] = []string{"3 NAME"}
	for text, want := range tests {
		found, err := s.SearchCustomers(t.Context(), tenant, text, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range found {
			got = append(got, fmt.Sprint(m.Customer.STID, " ", m.Field))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("search for %q (-want +got):\n%s", text, diff)
		}
	}
	// The first phone and e-mail address stand on the customer too.
	rows, err := s.ByIDs(t.Context(), tenant, domain.Customers.Kind, []int64{3})
	if err != nil {
		t.Fatal(err)
	}
	c := rows[0].(*domain.Customer)
	if c.Phone == nil || *c.Phone != "(303) 555-0142" || c.Email == nil || *c.Email != "gamma.fixture@example.test" {
		t.Errorf("phone %v, e-mail %v", c.Phone, c.Email)
	}
}
