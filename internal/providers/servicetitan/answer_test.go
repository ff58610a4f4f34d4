package servicetitan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// byID asks for customers by id.
func byID(t *testing.T, ids ...int64) *table.Ask {
	t.Helper()
	column, _ := domain.Customers.Column("st_id")
	return &table.Ask{Kind: domain.Customers.Kind, ByID: true, Keys: table.Keys{IDs: ids}, Columns: []table.Column{{Column: column}}}
}

func answerIDs(a *table.Ask) []int64 {
	out := []int64{}
	for row := range a.Answer.Len() {
		out = append(out, a.Answer.ID(row))
	}
	return out
}

func TestAnswer_missingRowsAreFetchedAndMarked(t *testing.T) {
	t.Parallel()
	p, s, u := setup(t)
	u.has(domain.Customers.Kind, records(1, 3, nil)...)
	if _, err := s.Upsert(t.Context(), tenant, domain.Customers.Kind, []domain.Document{{ID: 1, JSON: []byte(`{"id":1,"name":"Sample"}`)}}); err != nil {
		t.Fatal(err)
	}
	a := byID(t, 1, 2, 3, 999)
	if err := p.Answer(t.Context(), tenant, []*table.Ask{a}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{1, 2, 3}, answerIDs(a)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if a.Answer.Source != domain.SourceCache || a.Answer.Live != 1 {
		t.Errorf("the first %d rows are from %s, the others live; want 1 from the cache", a.Answer.Live, a.Answer.Source)
	}
	wantCalls(t, u, "customers?ids=2,3,999")
	again := byID(t, 1, 2, 3, 999)
	if err := p.Answer(t.Context(), tenant, []*table.Ask{again}); err != nil || again.Answer.Len() != 3 {
		t.Errorf("again: %d rows, %v", again.Answer.Len(), err)
	}
	wantCalls(t, u)
}

// locationsOf asks for the locations of customers, below a question for them.
func locationsOf(t *testing.T, customers *table.Ask) *table.Ask {
	t.Helper()
	column, _ := domain.Locations.Column("st_id")
	a := &table.Ask{Kind: domain.Locations.Kind, Link: domain.CustomerLocations.Link, Columns: []table.Column{{Column: column}}, KeyColumns: []int{0}}
	customers.Below = []*table.Ask{a}
	return a
}

func TestAnswer_whatTheMirrorKnowsComesAlong(t *testing.T) {
	t.Parallel()
	p, _, u := setup(t)
	u.has(domain.Customers.Kind, records(1, 3, nil)...)
	u.has(domain.Locations.Kind, records(11, 12, map[string]any{"customerId": 2})...)
	ask := func(ids ...int64) (customers, locations *table.Ask) {
		t.Helper()
		customers = byID(t, ids...)
		locations = locationsOf(t, customers)
		if err := p.Answer(t.Context(), tenant, []*table.Ask{customers}); err != nil {
			t.Fatal(err)
		}
		return customers, locations
	}
	if _, locations := ask(1); locations.Along {
		t.Error("locations come along that the mirror was never filled with")
	}
	all := locationsOf(t, byID(t))
	all.Link = nil
	if err := p.Answer(t.Context(), tenant, []*table.Ask{all}); err != nil { // copies them whole
		t.Fatal(err)
	}
	if _, locations := ask(2); locations.Along {
		t.Error("locations come along with a customer that had to be fetched: nobody asked for his")
	}
	customers, locations := ask(1, 2)
	if !locations.Along || locations.Answer.Source != domain.SourceCache {
		t.Errorf("along: %t, from %s; want the mirror's, along", locations.Along, locations.Answer.Source)
	}
	if diff := cmp.Diff([][]int64{{1, 2}, {11, 12}}, [][]int64{answerIDs(customers), answerIDs(locations)}); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestAnswer_coldLists(t *testing.T) {
	t.Parallel()
	p, _, u := setup(t)
	u.has(domain.Customers.Kind, records(1, 3, nil)...)
	u.has(domain.Locations.Kind, records(11, 12, map[string]any{"customerId": 2})...)
	column, _ := domain.Locations.Column("st_id")
	customers := byID(t)
	customers.ByID = false
	locations := &table.Ask{
		Kind: domain.Locations.Kind, Link: domain.CustomerLocations.Link, Keys: table.Keys{IDs: []int64{2}}, Columns: []table.Column{{Column: column}},
	}
	count := &table.Ask{Kind: domain.Customers.Kind, Count: true}
	if err := p.Answer(t.Context(), tenant, []*table.Ask{customers, locations, count}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{[]int64{1, 2, 3}, []int64{11, 12}, []int64{3}}, []any{answerIDs(customers), answerIDs(locations), count.Answer.Counts}); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestAnswer_outage(t *testing.T) {
	t.Parallel()
	p, s, u := setup(t)
	u.refuse = func(string) int { return 503 }
	if _, err := s.Upsert(t.Context(), tenant, domain.Customers.Kind, []domain.Document{{ID: 1, JSON: []byte(`{"id":1,"name":"Sample"}`)}}); err != nil {
		t.Fatal(err)
	}
	list := byID(t)
	list.ByID = false
	if err := p.Answer(t.Context(), tenant, []*table.Ask{list}); err != nil || list.Answer.Len() != 1 || list.Answer.Source != domain.SourceFallback {
		t.Errorf("a list gives %d rows from %s, %v; want the mirror's, marked", list.Answer.Len(), list.Answer.Source, err)
	}
	if err := p.Answer(t.Context(), tenant, []*table.Ask{byID(t, 1, 2)}); err == nil {
		t.Error("a row that cannot be had is no error: resolvers would not be asked")
	}
}
