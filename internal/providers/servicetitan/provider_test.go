package servicetitan_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers/servicetitan"
	"lazilabs.com/lazi/internal/stclient"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
)

const tenant = 7

// setup returns a provider over an empty mirror, the mirror and the upstream.
func setup(t *testing.T) (*servicetitan.Provider, *store.Store, *upstream) {
	t.Helper()
	u := newUpstream(t)
	s, err := store.Open(t.Context(), storetest.New(t), store.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	client, err := stclient.New(stclient.Config{
		APIBaseURL: u.URL, AuthBaseURL: u.URL, RequestsPerSecond: 60, MaxAttempts: 1, BreakerFailures: 1000,
	})
	if err != nil {
		t.Fatal(err)
	}
	account := client.Tenant(stclient.Credentials{TenantID: tenant, ClientID: "cid.sample", ClientSecret: "cs.sample", AppKey: "ak1.sample"})
	p := servicetitan.New(s, func(context.Context, domain.TenantID) (*stclient.Tenant, error) { return account, nil },
		servicetitan.Config{PageSize: 5000, Patience: 5 * time.Second})
	t.Cleanup(p.Close)
	return p, s, u
}

func records(from, to int, members map[string]any) []map[string]any {
	var out []map[string]any
	for id := from; id <= to; id++ {
		rec := map[string]any{"id": id, "name": fmt.Sprint("Sample ", id), "modifiedOn": "2026-01-01T00:00:00Z", "active": true}
		maps.Copy(rec, members)
		out = append(out, rec)
	}
	return out
}

func idRange(from, to int64) []int64 {
	var out []int64
	for id := from; id <= to; id++ {
		out = append(out, id)
	}
	return out
}

func keys(ids ...int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

func stIDs(rows []domain.Entity) []int64 {
	out := []int64{}
	for _, r := range rows {
		out = append(out, r.Base().STID)
	}
	return out
}

func wantCalls(t *testing.T, u *upstream, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, u.asked()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestByIDs_missingRowsComeInBatchesOfFifty(t *testing.T) {
	t.Parallel()
	p, _, u := setup(t)
	u.has(domain.Customers.Kind, records(1, 120, nil)...)
	rows, err := p.ByIDs(t.Context(), tenant, domain.Customers.Kind, idRange(1, 120))
	if err != nil || len(rows) != 120 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if calls := u.asked(); len(calls) != 3 {
		t.Errorf("%d calls for 120 rows, want 3: %q", len(calls), calls)
	}
	if rows[0].Base().Source != domain.SourceLive {
		t.Errorf("a fetched row says %s", rows[0].Base().Source)
	}
	rows, err = p.ByIDs(t.Context(), tenant, domain.Customers.Kind, idRange(1, 120))
	if err != nil || len(rows) != 120 || rows[0].Base().Source != domain.SourceCache {
		t.Errorf("again: %d rows, %v", len(rows), err)
	}
	wantCalls(t, u)
}

func TestByIDs_absenceIsRememberedAndStoresNothing(t *testing.T) {
	t.Parallel()
	p, s, u := setup(t)
	u.has(domain.Jobs.Kind)
	for range 2 {
		rows, err := p.ByIDs(t.Context(), tenant, domain.Jobs.Kind, []int64{404})
		if err != nil || len(rows) != 0 {
			t.Fatalf("%v, %v", rows, err)
		}
	}
	wantCalls(t, u, "jobs?ids=404")
	if n, err := s.Count(t.Context(), tenant, domain.Jobs.Kind, domain.Query{}); n != 0 || err != nil {
		t.Errorf("%d rows stored, %v", n, err)
	}
}

func TestByIDs_equalRequestsShareOneFlight(t *testing.T) {
	t.Parallel()
	p, _, u := setup(t)
	u.has(domain.Customers.Kind, records(1, 10, nil)...)
	u.hold = make(chan struct{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			rows, err := p.ByIDs(t.Context(), tenant, domain.Customers.Kind, idRange(1, 10))
			if err != nil || len(rows) != 10 {
				t.Errorf("%d rows, %v", len(rows), err)
			}
		})
	}
	close(u.hold)
	wg.Wait()
	if calls := u.asked(); len(calls) != 1 {
		t.Errorf("%d calls, want 1", len(calls))
	}
}

func TestByIDs_kindsWithoutIDsAreReadWhole(t *testing.T) {
	t.Parallel()
	p, _, u := setup(t)
	u.has(domain.TagTypes.Kind, records(1, 30, nil)...)
	u.has(domain.Teams.Kind, records(1, 3, nil)...)
	if rows, err := p.ByIDs(t.Context(), tenant, domain.TagTypes.Kind, []int64{3, 4}); err != nil || len(rows) != 2 {
		t.Errorf("tags: %v, %v", rows, err)
	}
	if rows, err := p.ByIDs(t.Context(), tenant, domain.Teams.Kind, []int64{2}); err != nil || len(rows) != 1 {
		t.Errorf("team: %v, %v", rows, err)
	}
	if rows, err := p.ByIDs(t.Context(), tenant, domain.Teams.Kind, []int64{9}); err != nil || len(rows) != 0 {
		t.Errorf("no such team: %v, %v", rows, err)
	}
	wantCalls(t, u, "tag-types", "teams/2", "teams/9")
}

func TestList_pushesTheFilterDownUntilTheKindIsCopied(t *testing.T) {
	t.Parallel()
	p, _, u := setup(t)
	u.columns["jobStatus"] = "jobStatus"
	u.has(domain.Jobs.Kind, records(1, 5, map[string]any{"jobStatus": "Hold", "jobNumber": "1"})...)
	u.has(domain.Jobs.Kind, records(6, 9, map[string]any{"jobStatus": "Completed", "jobNumber": "2"})...)
	list := func(f *domain.JobFilter) []int64 {
		t.Helper()
		where, err := domain.Conditions(f)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := p.List(t.Context(), tenant, domain.Jobs.Kind, domain.Query{Where: where})
		if err != nil {
			t.Fatal(err)
		}
		return stIDs(rows)
	}
	hold := &domain.JobFilter{Statuses: []domain.JobStatus{"Hold"}}
	for range 2 {
		if diff := cmp.Diff(idRange(1, 5), list(hold)); diff != "" {
			t.Errorf("held jobs (-want +got):\n%s", diff)
		}
	}
	wantCalls(t, u, "jobs?jobStatus=Hold")
	if diff := cmp.Diff(idRange(1, 9), list(nil)); diff != "" {
		t.Errorf("all jobs (-want +got):\n%s", diff)
	}
	wantCalls(t, u, "jobs")
	list(&domain.JobFilter{Statuses: []domain.JobStatus{"Completed"}})
	wantCalls(t, u) // copied whole: the mirror is the truth, empty is an answer
}

func TestLinked_coldMirror(t *testing.T) {
	t.Parallel()
	p, _, u := setup(t)
	u.columns = map[string]string{"customerIds": "customerId", "appointmentIds": "appointmentId", "jobId": "jobId"}
	for id := range 60 {
		u.has(domain.CustomerContacts.Kind, map[string]any{"id": 1000 + id, "customerId": 1 + id, "type": "Phone", "value": "555-0100"})
	}
	u.has(domain.Locations.Kind, records(1, 4, map[string]any{"customerId": 1})...)
	u.has(domain.AppointmentAssignments.Kind, records(1, 2, map[string]any{"appointmentId": 5, "technicianId": 3, "active": true})...)
	u.has(domain.Technicians.Kind, records(1, 5, nil)...)
	tests := []struct {
		name  string
		link  *domain.Link
		keys  []any
		first any
		want  []int64
		calls []string
	}{
		{
			"a parameter that takes many parents", domain.CustomerContactsOf.Link, keys(idRange(1, 60)...), int64(60),
			[]int64{1059},
			[]string{"customers/contacts?customerIds=" + text(1, 50), "customers/contacts?customerIds=" + text(51, 60)},
		},
		{"a parameter for one parent, and many parents: one crawl", domain.CustomerLocations.Link, keys(1, 2, 3), int64(1), idRange(1, 4), []string{"locations"}},
		{
			"through a table in between", domain.AppointmentTechnicians.Link, keys(5), int64(5),
			[]int64{3},
			[]string{"appointment-assignments?appointmentIds=5", "technicians?ids=3"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 2 {
				got, err := p.Linked(t.Context(), tenant, tt.link, tt.keys, domain.Query{})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, stIDs(got[tt.first])); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
			}
			wantCalls(t, u, tt.calls...)
		})
	}
}

func text(from, to int64) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(idRange(from, to)), " ", ","), "[]")
}

func TestOutage_theMirrorAnswersAndSaysSo(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"down": 503, "out of budget": 429, "credentials refused": 401} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, s, u := setup(t)
			u.refuse = func(string) int { return status }
			if _, err := s.Upsert(t.Context(), tenant, domain.Customers.Kind, []domain.Document{{ID: 1, JSON: []byte(`{"id":1,"name":"Sample"}`)}}); err != nil {
				t.Fatal(err)
			}
			rows, err := p.List(t.Context(), tenant, domain.Customers.Kind, domain.Query{})
			if err != nil || len(rows) != 1 || rows[0].Base().Source != domain.SourceFallback {
				t.Errorf("list: %v, %v", rows, err)
			}
			rows, err = p.ByIDs(t.Context(), tenant, domain.Customers.Kind, []int64{1, 2})
			if len(rows) != 1 || err == nil {
				t.Errorf("by id: %v, %v; want the row that is there and an error for the other", rows, err)
			}
			if errors.Is(err, domain.ErrNotFound) {
				t.Errorf("an outage is told as %v", err)
			}
		})
	}
}

func TestSlowUpstream_theReaderDoesNotWait(t *testing.T) {
	t.Parallel()
	p, _, u := setup(t)
	u.has(domain.Customers.Kind, records(1, 3, nil)...)
	u.hold = make(chan struct{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.ByIDs(ctx, tenant, domain.Customers.Kind, []int64{1}); !errors.Is(err, domain.ErrUnavailable) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	close(u.hold)
	p.Wait() // the fetch goes on and is stored for the next reader
	rows, err := p.ByIDs(t.Context(), tenant, domain.Customers.Kind, []int64{1})
	if err != nil || len(rows) != 1 {
		t.Errorf("next reader: %v, %v", rows, err)
	}
	if calls := u.asked(); len(calls) != 1 {
		t.Errorf("calls %q, want one", calls)
	}
}

func TestCrawl_categoriesAreFlattened(t *testing.T) {
	t.Parallel()
	p, _, u := setup(t)
	u.has(domain.PricebookCategories.Kind, map[string]any{"id": 1, "name": "root", "parentId": nil, "subcategories": []any{
		map[string]any{"id": 2, "name": "branch", "parentId": 1, "subcategories": []any{
			map[string]any{"id": 3, "name": "leaf", "parentId": 2, "subcategories": nil},
		}},
	}})
	rows, err := p.List(t.Context(), tenant, domain.PricebookCategories.Kind, domain.Query{Order: "st_id"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{1, 2, 3}, stIDs(rows)); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
}
