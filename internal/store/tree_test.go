package store_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
	"lazilabs.com/lazi/internal/table"
)

// wood is a store that notes the statements about the mirror's rows.
type wood struct {
	*store.Store
	mu   sync.Mutex
	sent []string
}

func openWood(t *testing.T) *wood {
	t.Helper()
	w := &wood{}
	var err error
	w.Store, err = store.Open(t.Context(), storetest.New(t), store.Options{MaxConns: 4, Observe: func(sql string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if strings.Contains(sql, "raw.st_") {
			w.sent = append(w.sent, sql)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// below puts a question below another, whose keys stand in a column of it.
func below(t *testing.T, a, b *table.Ask, column string) *table.Ask {
	t.Helper()
	at := slices.IndexFunc(a.Columns, func(c table.Column) bool { return c.Name == column })
	if at < 0 {
		a.Columns, at = append(a.Columns, columns(t, a.Kind, column)...), len(a.Columns)
	}
	b.KeyColumns = []int{at}
	a.Below = append(a.Below, b)
	return a
}

// keysIn returns what stands in the columns that a question below another has its keys from, each once.
func keysIn(a, b *table.Ask) (ids []int64) {
	for row := range a.Answer.Len() {
		for _, c := range b.KeyColumns {
			v := a.Answer.Value(row, c)
			switch {
			case v == nil:
			case a.Columns[c].Array():
				for each := table.ArrayOf(v); ; {
					element, ok := each.Next()
					if !ok {
						break
					}
					ids = append(ids, table.Int(element))
				}
			default:
				ids = append(ids, table.Int(v))
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func TestAnswer_whatIsBelowComesAlong(t *testing.T) {
	t.Parallel()
	w := openWood(t)
	category := func(id int) []map[string]any { return []map[string]any{{"id": id, "name": "c", "active": true}} }
	for k, docs := range map[*domain.Kind][]domain.Document{
		domain.Customers.Kind: {doc(t, 1, nil), doc(t, 2, nil), doc(t, 3, nil)},
		domain.Locations.Kind: {
			doc(t, 11, map[string]any{"customerId": 1, "name": "b", "zoneId": 51}), doc(t, 12, map[string]any{"customerId": 1, "name": "a", "zoneId": 51}),
			doc(t, 13, map[string]any{"customerId": 1, "name": "c"}), doc(t, 14, map[string]any{"customerId": 3, "zoneId": 99}),
		},
		domain.Jobs.Kind: {
			doc(t, 21, map[string]any{"customerId": 1, "locationId": 11, "tagTypeIds": []int{61, 62}, "firstAppointmentId": 31, "lastAppointmentId": 32}), doc(t, 22, map[string]any{"customerId": 3, "locationId": 14, "tagTypeIds": []int{62}}),
			doc(t, 23, map[string]any{"customerId": 1, "locationId": 12}),
		},
		domain.Appointments.Kind: {doc(t, 31, map[string]any{"jobId": 21}), doc(t, 32, map[string]any{"jobId": 21}), doc(t, 33, map[string]any{"jobId": 22})},
		domain.AppointmentAssignments.Kind: {
			doc(t, 41, map[string]any{"appointmentId": 31, "technicianId": 71}), doc(t, 42, map[string]any{"appointmentId": 31, "technicianId": 71}), // twice
			doc(t, 43, map[string]any{"appointmentId": 32, "technicianId": 71}), doc(t, 44, map[string]any{"appointmentId": 32, "technicianId": 72}),
		},
		domain.Technicians.Kind: {
			doc(t, 71, map[string]any{"name": "b", "zoneIds": []int{51, 52}, "businessUnitId": 81}), doc(t, 72, map[string]any{"name": "a", "zoneIds": []int{51}, "businessUnitId": 81}),
		},
		domain.BusinessUnits.Kind:       {doc(t, 81, nil)},
		domain.Zones.Kind:               {doc(t, 51, map[string]any{"name": "z"}), doc(t, 52, nil)},
		domain.TagTypes.Kind:            {doc(t, 61, nil), doc(t, 62, nil)},
		domain.PricebookCategories.Kind: {doc(t, 91, nil), doc(t, 92, map[string]any{"parentId": 91})},
		domain.PricebookServices.Kind:   {doc(t, 95, map[string]any{"categories": category(91)}), doc(t, 96, map[string]any{"categories": category(92)})},
	} {
		put(t, w.Store, tenant, k, docs...)
	}
	put(t, w.Store, otherTenant, domain.Locations.Kind, doc(t, 11, map[string]any{"customerId": 1}))

	rows := func(k *domain.Kind, names ...string) *table.Ask {
		return &table.Ask{Kind: k, Columns: columns(t, k, append([]string{"st_id"}, names...)...)}
	}
	byID := func(k *domain.Kind, ids ...int64) *table.Ask {
		a := rows(k)
		a.ByID, a.Keys.IDs = true, ids
		return a
	}
	of := func(l *domain.Link, q domain.Query, names ...string) *table.Ask {
		a := rows(l.To, names...)
		a.Link, a.Query = l, q
		return a
	}
	count := func(l *domain.Link) *table.Ask {
		a := of(l, domain.Query{})
		a.Count = true
		return a
	}
	from := func(a *table.Ask, ids ...int64) *table.Ask {
		a.Keys.IDs = ids
		return a
	}
	customers := rows(domain.Customers.Kind)
	customers.Query.Limit = 2
	for name, a := range map[string]*table.Ask{
		"a list's":             below(t, customers, of(domain.CustomerLocations.Link, domain.Query{Limit: 25}, "name", "active", "modified_on"), "st_id"),
		"a page each":          below(t, byID(domain.Customers.Kind, 1, 2, 3), of(domain.CustomerLocations.Link, domain.Query{Order: "name", Desc: true, Limit: 2}, "name"), "st_id"),
		"the last of each":     below(t, byID(domain.Customers.Kind, 1, 3), of(domain.CustomerLocations.Link, domain.Query{Order: "name", Backward: true, Limit: 1}), "st_id"),
		"numbers":              below(t, byID(domain.Customers.Kind, 1, 2, 3), count(domain.CustomerLocations.Link), "st_id"),
		"by id, some unknown":  below(t, from(of(domain.CustomerLocations.Link, domain.Query{}), 1, 3), byID(domain.Zones.Kind), "zone_id"),
		"by id, ids in a list": below(t, from(of(domain.CustomerJobs.Link, domain.Query{}), 1, 3), byID(domain.TagTypes.Kind), "tag_type_ids"),
		"by id, of two columns": func() *table.Ask {
			jobs := of(domain.CustomerJobs.Link, domain.Query{}, "customer_id", "first_appointment_id", "last_appointment_id")
			visits := byID(domain.Appointments.Kind)
			below(t, jobs, visits, "first_appointment_id")
			visits.KeyColumns = []int{2, 3}
			return from(jobs, 1, 3)
		}(),
		"through a table":           below(t, byID(domain.Appointments.Kind, 31, 32, 33), of(domain.AppointmentTechnicians.Link, domain.Query{Order: "name"}, "name"), "st_id"),
		"of rows that come twice":   below(t, from(of(domain.AppointmentTechnicians.Link, domain.Query{}), 31, 32), of(domain.BusinessUnitTechnicians.Link, domain.Query{Limit: 9}), "business_unit_id"),
		"that list the row above":   below(t, byID(domain.Zones.Kind, 51, 52), of(domain.ZoneTechnicians.Link, domain.Query{}), "st_id"),
		"of a category and below":   below(t, byID(domain.PricebookCategories.Kind, 91, 92), of(domain.CategoryServices.Link, domain.Query{Descendants: true, Limit: 5}), "st_id"),
		"where there is none above": below(t, byID(domain.Customers.Kind, 999), of(domain.CustomerLocations.Link, domain.Query{}), "st_id"),
		"in a tree": below(t, below(t, byID(domain.Customers.Kind, 1, 2),
			below(t, of(domain.CustomerJobs.Link, domain.Query{}), below(t, of(domain.JobAppointments.Link, domain.Query{}, "status"),
				of(domain.AppointmentTechnicians.Link, domain.Query{}, "name"), "st_id"), "st_id"), "st_id"),
			below(t, of(domain.CustomerLocations.Link, domain.Query{}, "name"), byID(domain.Zones.Kind), "zone_id"), "st_id"),
	} {
		t.Run(name, func(t *testing.T) {
			w.sent = nil
			if err := w.Answer(t.Context(), tenant, []*table.Ask{a}); err != nil {
				t.Fatal(err)
			}
			if len(w.sent) != 1 {
				t.Errorf("%d statements:\n%s", len(w.sent), strings.Join(w.sent, "\n"))
			}
			w.wantBelow(t, a)
		})
	}
}

// wantBelow checks that what came along with a question is what each gets that is asked by itself.
func (w *wood) wantBelow(t *testing.T, a *table.Ask) {
	t.Helper()
	for _, b := range a.Below {
		if !b.Along {
			t.Errorf("%s did not come along", b.Kind.Plural())
		}
		alone := *b
		alone.Keys.IDs, alone.Below, alone.Answer = keysIn(a, b), nil, table.Rows{}
		if err := w.Answer(t.Context(), tenant, []*table.Ask{&alone}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(shown(&alone), shown(b)); diff != "" {
			t.Errorf("%s (-by themselves +along):\n%s", b.Kind.Plural(), diff)
		}
		w.wantBelow(t, b)
	}
}

func TestAnswer_everyColumnComesAlong(t *testing.T) {
	t.Parallel()
	w := openWood(t)
	for _, k := range domain.Kinds() {
		put(t, w.Store, tenant, k, doc(t, 1, map[string]any{"name": "n", "address": map[string]any{"street": "s"}}))
		a := &table.Ask{Kind: k, ByID: true, Keys: table.Keys{IDs: []int64{1}}}
		for _, c := range k.Columns {
			a.Columns = append(a.Columns, table.Column{Column: c})
		}
		at := slices.IndexFunc(a.Columns, func(c table.Column) bool { return c.Name == "st_id" })
		a.Columns[0], a.Columns[at] = a.Columns[at], a.Columns[0]
		if at := slices.IndexFunc(a.Columns, func(c table.Column) bool { return c.Name == "address" }); at > 0 {
			a.Columns = append(a.Columns, table.Column{Column: a.Columns[at].Column, Member: "street"}, table.Column{Column: a.Columns[at].Column, Presence: true})
		}
		other := &table.Ask{Kind: domain.Zones.Kind, ByID: true, Columns: columns(t, domain.Zones.Kind, "st_id", "zips", "technicians"), KeyColumns: []int{0}}
		same := *a
		same.Keys.IDs, same.KeyColumns = nil, []int{0}
		a.Below = []*table.Ask{other, &same}
		if err := w.Answer(t.Context(), tenant, []*table.Ask{a}); err != nil {
			t.Errorf("%s: %v", k.Name, err)
			continue
		}
		if a.Answer.Len() != 1 {
			t.Errorf("%s: %d rows", k.Name, a.Answer.Len())
		}
		w.wantBelow(t, a)
		if diff := cmp.Diff(shown(a), shown(&same)); diff != "" {
			t.Errorf("%s (-above +below):\n%s", k.Name, diff)
		}
	}
}

func TestAnswer_listsWithATailStandAlone(t *testing.T) {
	t.Parallel()
	w := openWood(t)
	put(t, w.Store, tenant, domain.Jobs.Kind, doc(t, 1, map[string]any{"completedOn": "2026-01-01T00:00:00Z", "customerId": 5}), doc(t, 2, map[string]any{"customerId": 5}))
	a := &table.Ask{Kind: domain.Jobs.Kind, Columns: columns(t, domain.Jobs.Kind, "st_id", "customer_id")}
	a.Query = domain.Query{Order: "completed_on", Limit: 2, After: &domain.Position{Value: new("2025-01-01T00:00:00Z")}}
	customer := &table.Ask{Kind: domain.Customers.Kind, ByID: true, Columns: columns(t, domain.Customers.Kind, "st_id"), KeyColumns: []int{1}}
	a.Below = []*table.Ask{customer}
	if err := w.Answer(t.Context(), tenant, []*table.Ask{a}); err != nil {
		t.Fatal(err)
	}
	if a.Answer.Len() != 2 || customer.Along {
		t.Errorf("%d jobs, along with their customers: %t", a.Answer.Len(), customer.Along)
	}
}

func TestAnswer_inACrowdLevelsStandAlone(t *testing.T) {
	t.Parallel()
	w := openWood(t)
	put(t, w.Store, tenant, domain.Customers.Kind, doc(t, 1, nil))
	w.SetCrowd(0)
	locations := &table.Ask{Kind: domain.Locations.Kind, Link: domain.CustomerLocations.Link, Columns: columns(t, domain.Locations.Kind, "st_id"), KeyColumns: []int{0}}
	a := &table.Ask{
		Kind: domain.Customers.Kind, ByID: true, Keys: table.Keys{IDs: []int64{1}}, Columns: columns(t, domain.Customers.Kind, "st_id"),
		Below: []*table.Ask{locations},
	}
	if err := w.Answer(t.Context(), tenant, []*table.Ask{a}); err != nil {
		t.Fatal(err)
	}
	if a.Answer.Len() != 1 || locations.Along {
		t.Errorf("%d customers, along with their locations: %t", a.Answer.Len(), locations.Along)
	}
}
