package stclient_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stclient"
	"lazilabs.com/lazi/internal/stspec"
)

const unlinkedTenant = 4712

// lawful lets through what the official documents allow, and tells the test of everything else.
type lawful struct {
	t    *testing.T
	next http.RoundTripper
}

func (l lawful) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case r.URL.Path == "/connect/token":
	case r.Method == http.MethodGet:
		if err := stspec.ValidateRequest(r.Method, r.URL); err != nil {
			l.t.Errorf("request: %v", err)
		}
	default:
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if err := stspec.ValidateWrite(r.Method, r.URL.Path, body); err != nil {
			l.t.Errorf("request: %v", err)
		}
	}
	return l.next.RoundTrip(r)
}

// simulated starts a simulator of two small companies, the second not linked to the first's app, and a client for it.
// It must be called inside synctest.Test, so that no wait is real.
func simulated(t *testing.T) (*simulator.Simulator, *upstream, *stclient.Client) {
	t.Helper()
	s, err := simulator.New(simulator.Config{Seed: 3, Anchor: time.Now(), ExportPageSize: 40, Tenants: []simulator.Tenant{
		{ID: testTenant, ClientID: "cid.sample", ClientSecret: testSecret, AppKey: testAppKey, Sizes: simulator.SmallSizes()},
		{ID: unlinkedTenant, ClientID: "cid.other", ClientSecret: "cs.other", AppKey: testAppKey, Sizes: simulator.SmallSizes()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.Clock().Advance(time.Hour) // feeds show what has settled
	h := s.Handler()
	u, c := setup(t, func(w http.ResponseWriter, r *http.Request, _ int) { h.ServeHTTP(w, r) },
		func(cfg *stclient.Config) { cfg.Transport = lawful{t, cfg.Transport} })
	u.token = h.ServeHTTP
	return s, u, c
}

func resourceOf(e stspec.Entity) stclient.Resource {
	return stclient.Resource{Name: e.Name, Module: e.Module, ListPath: e.ListPath, GetPath: e.GetPath, ExportPath: e.ExportPath}
}

// shown is the query that hides nothing of an entity's list, in id order where the list can sort.
func shown(e stspec.Entity, pageSize string) url.Values {
	q := url.Values{"pageSize": {pageSize}}
	for _, f := range e.Filters {
		switch {
		case f.Name == "active":
			q.Set("active", "Any")
		case f.Name == "activeState":
			q.Set("activeState", "All")
		case f.Name == "includeInactive":
			q.Set("includeInactive", "true")
		case f.Name == "sort" && slices.Contains(f.Sortable, "Id"):
			q.Set("sort", "+Id")
		}
	}
	if strings.HasSuffix(e.Name, "Contact") {
		q.Set("modifiedOnOrAfter", "1970-01-01T00:00:00Z")
	}
	return q
}

// gather adds the ids of records, and of the branches that they hold.
func gather(t *testing.T, into map[int64]int, items []json.RawMessage) {
	t.Helper()
	for _, item := range items {
		var r struct {
			ID            int64             `json:"id"`
			Subcategories []json.RawMessage `json:"subcategories"`
		}
		if err := json.Unmarshal(item, &r); err != nil {
			t.Fatal(err)
		}
		into[r.ID]++
		gather(t, into, r.Subcategories)
	}
}

func wantIDs(t *testing.T, s *simulator.Simulator, entity string, got map[int64]int) {
	t.Helper()
	if diff := cmp.Diff(s.IDs(testTenant, entity), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("%s: ids (-want +got):\n%s", entity, diff)
	}
}

// read gathers a list to its end. each is called after every page.
func read(t *testing.T, session *stclient.Tenant, e stspec.Entity, each func(stclient.Page)) (map[int64]int, error) {
	t.Helper()
	got := map[int64]int{}
	for page, err := range session.List(t.Context(), resourceOf(e), shown(e, "7")) {
		if err != nil {
			return got, err
		}
		gather(t, got, page.Items)
		each(page)
	}
	return got, nil
}

func entity(t *testing.T, name string) stspec.Entity {
	t.Helper()
	e, ok := stspec.Lookup(name)
	if !ok {
		t.Fatalf("no entity %s", name)
	}
	return e
}

func TestSimulator_everyListIsReadToTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _, c := simulated(t)
		session := open(c)
		for _, e := range stspec.Entities() {
			pages := 0
			got, err := read(t, session, e, func(stclient.Page) { pages++ })
			if err != nil {
				t.Errorf("%s: %v", e.Name, err)
			}
			wantIDs(t, s, e.Name, got)
			for id, n := range got {
				if n != 1 {
					t.Errorf("%s %d came %d times", e.Name, id, n)
				}
			}
			if e.Name != "PricebookCategory" && pages != (len(got)+6)/7 {
				t.Errorf("%s: %d pages of 7 for %d records", e.Name, pages, len(got))
			}
		}
	})
}

func TestSimulator_byIDsInChunksOfFifty(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, u, c := simulated(t)
		session := open(c)
		for _, e := range stspec.Entities() {
			if _, ok := e.Filter("ids"); !ok {
				continue
			}
			ids := s.IDs(testTenant, e.Name)
			want := (len(ids) + 1 + stclient.MaxIDs - 1) / stclient.MaxIDs
			asked := append(slices.Clone(ids), 5, ids[0]) // 5 does not exist, the first is asked for twice
			got, before := map[int64]int{}, len(u.requests())
			q := shown(e, "")
			q.Del("pageSize")
			for page, err := range session.ByIDs(t.Context(), resourceOf(e), asked, q) {
				if err != nil {
					t.Fatalf("%s: %v", e.Name, err)
				}
				gather(t, got, page.Items)
			}
			wantIDs(t, s, e.Name, got)
			if calls := len(u.requests()) - before; calls != want {
				t.Errorf("%s: %d calls for %d ids, want %d", e.Name, calls, len(ids)+1, want)
			}
		}
	})
}

func TestSimulator_get(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _, c := simulated(t)
		session := open(c)
		for _, e := range stspec.Entities() {
			r, id := resourceOf(e), s.IDs(testTenant, e.Name)[0]
			if e.GetPath == "" {
				_, err := session.Get(t.Context(), r, id)
				wantCode(t, err, stclient.CodeNoSuchOperation)
				continue
			}
			doc, err := session.Get(t.Context(), r, id)
			if err != nil {
				t.Fatalf("%s: %v", e.Name, err)
			}
			if err := stspec.ValidateDocument(e, stspec.Get, doc); err != nil {
				t.Errorf("record: %v", err)
			}
			_, err = session.Get(t.Context(), r, 5)
			wantCode(t, err, stclient.CodeNotFound)
		}
	})
}

// live leaves out the records that were deleted, which a feed must show as inactive.
func live(t *testing.T, s *simulator.Simulator, e stspec.Entity, items []json.RawMessage) []json.RawMessage {
	t.Helper()
	var out []json.RawMessage
	for _, item := range items {
		var r struct {
			ID     int64 `json:"id"`
			Active *bool `json:"active"`
		}
		if err := json.Unmarshal(item, &r); err != nil {
			t.Fatal(err)
		}
		if _, ok := s.Document(testTenant, e.Name, r.ID); ok {
			out = append(out, item)
		} else if r.Active == nil || *r.Active {
			t.Errorf("%s %d was deleted and came as active", e.Name, r.ID)
		}
	}
	return out
}

// exported reads a feed from a place to its end, or through a number of pages. It returns where it stopped.
func exported(t *testing.T, s *simulator.Simulator, session *stclient.Tenant, e stspec.Entity, from string, pages int, into map[int64]int) string {
	t.Helper()
	q := url.Values{}
	for _, f := range e.ExportFilters {
		if f.Name == "active" {
			q.Set("active", "Any")
		}
	}
	for page, err := range session.Export(t.Context(), resourceOf(e), from, q) {
		if err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		gather(t, into, live(t, s, e, page.Items))
		from = page.ContinueFrom
		if pages--; pages == 0 {
			break
		}
	}
	return from
}

func TestSimulator_everyFeedIsReadToTheEndAndResumed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		faults simulator.Settings
	}{
		{"as it should be", simulator.Settings{}},
		{"repeated and disordered rows", simulator.Settings{Duplicates: true, Disorder: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, _, c := simulated(t)
				s.Faults().Set(tt.faults)
				session := open(c)
				for _, e := range stspec.Entities() {
					if e.ExportPath == "" {
						continue
					}
					got := map[int64]int{}
					from := exported(t, s, session, e, "", 1, got)
					if n := len(s.IDs(testTenant, e.Name)); n > 40 && len(got) >= n {
						t.Errorf("%s: the first page held all %d records", e.Name, n)
					}
					exported(t, s, session, e, from, 0, got)
					wantIDs(t, s, e.Name, got)
				}
			})
		})
	}
}

func TestSimulator_feedGoesOnWithWhatChangedSince(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _, c := simulated(t)
		session, e := open(c), entity(t, "Customer")
		from := exported(t, s, session, e, "", 0, map[int64]int{})
		changed := s.IDs(testTenant, e.Name)[4]
		if err := s.Change(testTenant, e.Name, changed, map[string]any{"name": "Sample Renamed"}); err != nil {
			t.Fatal(err)
		}
		s.Clock().Advance(time.Hour)
		got := map[int64]int{}
		exported(t, s, session, e, from, 0, got)
		if diff := cmp.Diff(map[int64]int{changed: 1}, got); diff != "" {
			t.Errorf("rows since (-want +got):\n%s", diff)
		}
	})
}

func TestSimulator_passingFaultsAreRecovered(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		faults simulator.Settings
		wait   time.Duration // at least; jitter is 0
	}{
		{"429 in seconds", simulator.Settings{Status: 429, RetryAfter: "seconds", RetrySeconds: 7, Next: 2}, 14 * time.Second},
		{"429 by date", simulator.Settings{Status: 429, RetryAfter: "date", RetrySeconds: 7, Next: 1}, 7 * time.Second},
		{"429 in the title", simulator.Settings{Status: 429, RetrySeconds: 7, Next: 1}, 7 * time.Second},
		{"500", simulator.Settings{Status: 500, Next: 3}, 0},
		{"502", simulator.Settings{Status: 502, Next: 3}, 0},
		{"503", simulator.Settings{Status: 503, Next: 3}, 0},
		{"504", simulator.Settings{Status: 504, Next: 3}, 0},
		{"cut off", simulator.Settings{Truncate: true, Next: 3}, 0},
		{"page instead of JSON", simulator.Settings{HTML: true, Next: 3}, 0},
		{"page of a gateway", simulator.Settings{HTML: true, Status: 502, Next: 3}, 0},
		{"dropped connection", simulator.Settings{Drop: true, Next: 3}, 0},
		{"hanging", simulator.Settings{Delay: time.Hour, Next: 1}, 100 * time.Second},
		{"throttled token", simulator.Settings{TokenThrottle: 2, RetrySeconds: 3, RetryAfter: "seconds"}, 6 * time.Second},
		{"one call in three", simulator.Settings{Status: 503, Probability: 0.3}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, u, c := simulated(t)
				s.Faults().Set(tt.faults)
				e := entity(t, "Customer")
				got, err := read(t, open(c), e, func(stclient.Page) {})
				if err != nil {
					t.Fatal(err)
				}
				wantIDs(t, s, e.Name, got)
				if len(u.requests())+u.authCount() <= (len(got)+6)/7+1 {
					t.Error("no call was hit")
				}
				if took := time.Since(u.start); took < tt.wait {
					t.Errorf("done after %s, told to wait %s", took, tt.wait)
				}
			})
		})
	}
}

func TestSimulator_lastingFaultsAreToldApart(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		faults simulator.Settings
		want   stclient.Code
	}{
		{"429", simulator.Settings{Status: 429, RetryAfter: "seconds"}, stclient.CodeRateLimited},
		{"429 with a long wait", simulator.Settings{Status: 429, RetryAfter: "date", RetrySeconds: 600}, stclient.CodeRateLimited},
		{"429 in the title", simulator.Settings{Status: 429}, stclient.CodeRateLimited},
		{"500", simulator.Settings{Status: 500}, stclient.CodeUnavailable},
		{"503", simulator.Settings{Status: 503}, stclient.CodeUnavailable},
		{"cut off", simulator.Settings{Truncate: true}, stclient.CodeBadResponse},
		{"page instead of JSON", simulator.Settings{HTML: true}, stclient.CodeBadResponse},
		{"page of a gateway", simulator.Settings{HTML: true, Status: 504}, stclient.CodeUnavailable},
		{"dropped connections", simulator.Settings{Drop: true}, stclient.CodeUnavailable},
		{"hanging", simulator.Settings{Delay: time.Hour}, stclient.CodeUnavailable},
		{"throttled tokens", simulator.Settings{TokenThrottle: 100}, stclient.CodeRateLimited},
		{"refused", simulator.Settings{Status: 403}, stclient.CodeTenantNotAuthorised},
		{"lost scope", simulator.Settings{LostScopes: []string{"Customer"}}, stclient.CodeForbidden},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, _, c := simulated(t)
				s.Faults().Set(tt.faults)
				got, err := read(t, open(c), entity(t, "Customer"), func(stclient.Page) {})
				wantCode(t, err, tt.want)
				if len(got) != 0 {
					t.Errorf("%d records came with the error", len(got))
				}
			})
		})
	}
}

func TestSimulator_lostScopeConcernsOneEntity(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _, c := simulated(t)
		s.Faults().Set(simulator.Settings{LostScopes: []string{"Customer"}})
		session := open(c)
		_, err := read(t, session, entity(t, "Customer"), func(stclient.Page) {})
		wantCode(t, err, stclient.CodeForbidden)
		got, err := read(t, session, entity(t, "Job"), func(stclient.Page) {})
		if err != nil {
			t.Fatal(err)
		}
		wantIDs(t, s, "Job", got)
	})
}

func TestSimulator_tenantThatIsNotLinked(t *testing.T) {
	t.Parallel()
	for _, form := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound} {
		t.Run(fmt.Sprint(form), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, _, c := simulated(t)
				s.Faults().Set(simulator.Settings{NotLinkedStatus: form})
				session := c.Tenant(stclient.Credentials{TenantID: unlinkedTenant, ClientID: "cid.sample", ClientSecret: testSecret, AppKey: testAppKey})
				_, err := read(t, session, entity(t, "Customer"), func(stclient.Page) {})
				wantCode(t, err, stclient.CodeTenantNotAuthorised)
			})
		})
	}
}

func TestSimulator_wrongCredentials(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		creds stclient.Credentials
	}{
		{"secret", stclient.Credentials{TenantID: testTenant, ClientID: "cid.sample", ClientSecret: "cs.wrong", AppKey: testAppKey}},
		{"client id", stclient.Credentials{TenantID: testTenant, ClientID: "cid.wrong", ClientSecret: testSecret, AppKey: testAppKey}},
		{"app key", stclient.Credentials{TenantID: testTenant, ClientID: "cid.sample", ClientSecret: testSecret, AppKey: "ak1.wrong"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, _, c := simulated(t)
				_, err := read(t, c.Tenant(tt.creds), entity(t, "Customer"), func(stclient.Page) {})
				wantCode(t, err, stclient.CodeUnauthorized)
			})
		})
	}
}

func TestSimulator_tokenEndsInTheMiddleOfAList(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		end  func(*simulator.Simulator)
	}{
		{"revoked", func(s *simulator.Simulator) { s.RevokeTokens() }},
		{"expired", func(s *simulator.Simulator) { s.Clock().Advance(901 * time.Second) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, u, c := simulated(t)
				e := entity(t, "Job")
				got, err := read(t, open(c), e, func(p stclient.Page) {
					if p.Number == 2 {
						tt.end(s)
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				wantIDs(t, s, e.Name, got)
				if n := u.authCount(); n != 2 {
					t.Errorf("%d tokens were asked for, want 2", n)
				}
			})
		})
	}
}

func TestSimulator_recordsThatMoveWhileAListIsReadAreNotLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _, c := simulated(t)
		e := entity(t, "Customer")
		atFirst := s.IDs(testTenant, e.Name)
		s.Faults().Set(simulator.Settings{Moving: true})
		got, err := read(t, open(c), e, func(stclient.Page) {})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range atFirst {
			if got[id] == 0 {
				t.Errorf("customer %d is missing", id)
			}
		}
		if len(s.IDs(testTenant, e.Name)) == len(atFirst) {
			t.Error("nothing moved")
		}
	})
}
