package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/table"
)

// answered asks for rows as compiled reads do and returns their ids by the keys that led to them, in the list's order.
func answered(t *testing.T, s *store.Store, a *table.Ask) map[any][]int64 {
	t.Helper()
	a.Columns = columns(t, a.Kind, "st_id")
	if err := s.Answer(t.Context(), tenant, []*table.Ask{a}); err != nil {
		t.Fatal(err)
	}
	out := map[any][]int64{}
	for row := range a.Answer.Len() {
		var key any
		if a.Link != nil {
			key = a.Answer.Key(row)
			if len(a.Keys.Names) > 0 {
				key = a.Keys.Names[a.Answer.Key(row)]
			}
		}
		out[key] = append(out[key], a.Answer.ID(row))
	}
	if a.Query.Backward {
		for _, ids := range out {
			slices.Reverse(ids)
		}
	}
	return out
}

// keysOf are keys as compiled reads hold them.
func keysOf(keys []any) table.Keys {
	var out table.Keys
	for _, k := range keys {
		switch k := k.(type) {
		case int64:
			out.IDs = append(out.IDs, k)
		case string:
			out.Names = append(out.Names, k)
		}
	}
	return out
}

func columns(t *testing.T, k *domain.Kind, names ...string) []table.Column {
	t.Helper()
	out := make([]table.Column, len(names))
	for i, name := range names {
		var ok bool
		if out[i].Column, ok = k.Column(name); !ok {
			t.Fatalf("%s has no column %s", k.Name, name)
		}
	}
	return out
}

func TestAnswer_valuesOfEveryForm(t *testing.T) {
	t.Parallel()
	s := open(t)
	k := domain.Zones.Kind
	put(t, s, tenant, k, doc(t, 1, map[string]any{
		"name": "Zone \"A\"", "zips": []any{"80000", nil, "é"}, "technicians": []int{7, 8}, "modifiedOn": "2026-01-02T03:04:05.678Z",
	}))
	put(t, s, tenant, domain.Customers.Kind, doc(t, 2, map[string]any{"name": "C", "balance": 12.50, "address": map[string]any{"city": "Sampletown"}}))
	zone := &table.Ask{Kind: k, Columns: columns(t, k, "st_id", "name", "zips", "technicians", "modified_on", "active", "created_on")}
	customer := &table.Ask{Kind: domain.Customers.Kind, Columns: columns(t, domain.Customers.Kind, "st_id", "balance", "address", "tag_type_ids")}
	number := &table.Ask{Kind: k, Count: true}
	if err := s.Answer(t.Context(), tenant, []*table.Ask{zone, customer, number}); err != nil {
		t.Fatal(err)
	}
	value := func(a *table.Ask, column int) []byte { return a.Answer.Value(0, column) }
	var zips []string
	for a := table.ArrayOf(value(zone, 2)); ; {
		v, ok := a.Next()
		if !ok {
			break
		}
		zips = append(zips, string(v))
	}
	if diff := cmp.Diff([]string{"80000", "é"}, zips); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	technicians := table.ArrayOf(value(zone, 3))
	first, _ := technicians.Next()
	want := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	switch {
	case zone.Answer.ID(0) != 1, string(value(zone, 1)) != `Zone "A"`, table.Int(first) != 7:
		t.Errorf("the zone's values are %q %q %v", value(zone, 0), value(zone, 1), first)
	case !table.Time(value(zone, 4)).Equal(want), !table.Bool(value(zone, 5)), value(zone, 6) != nil:
		t.Errorf("the zone's time, flag and NULL are %v %v %v", value(zone, 4), value(zone, 5), value(zone, 6))
	case string(value(customer, 1)) != "12.50", string(value(customer, 2)) != `{"city": "Sampletown"}`:
		t.Errorf("the customer's amount and address are %q %q", value(customer, 1), value(customer, 2))
	}
	if diff := cmp.Diff([]int64{1}, number.Answer.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestAnswer_neverLeavesTheTenant(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, tn := range []domain.TenantID{tenant, otherTenant} {
		put(t, s, tn, domain.Customers.Kind, doc(t, int64(tn), nil), doc(t, 50, nil))
		put(t, s, tn, domain.Locations.Kind, doc(t, 100+int64(tn), map[string]any{"customerId": 50}))
		put(t, s, tn, domain.AppointmentAssignments.Kind, doc(t, 1, map[string]any{"appointmentId": 5, "technicianId": 10 + int64(tn)}))
		put(t, s, tn, domain.Technicians.Kind, doc(t, 11, nil), doc(t, 12, nil))
	}
	tests := map[string]struct {
		ask  table.Ask
		want map[any][]int64
	}{
		"by id": {table.Ask{Kind: domain.Customers.Kind, ByID: true, Keys: table.Keys{IDs: []int64{1, 2}}}, map[any][]int64{nil: {1}}},
		"list":  {table.Ask{Kind: domain.Customers.Kind}, map[any][]int64{nil: {1, 50}}},
		"link": {
			table.Ask{Kind: domain.Locations.Kind, Link: domain.CustomerLocations.Link, Keys: table.Keys{IDs: []int64{50}}},
			map[any][]int64{int64(50): {101}},
		},
		"through a table": {
			table.Ask{Kind: domain.Technicians.Kind, Link: domain.AppointmentTechnicians.Link, Keys: table.Keys{IDs: []int64{5}}},
			map[any][]int64{int64(5): {11}},
		},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, answered(t, s, &tt.ask)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
