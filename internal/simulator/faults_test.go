package simulator_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stspec"
)

const (
	customers = "/crm/v2/tenant/{tenant}/customers"
	jobs      = "/jpm/v2/tenant/{tenant}/jobs"
)

// send is get with the whole answer, or an error of the connection.
func (f *fixture) send(t *testing.T, path string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.server.URL+strings.ReplaceAll(path, "{tenant}", itoa(tenant)), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", f.token)
	req.Header.Set("ST-App-Key", "ak1.sample")
	resp, err := f.server.Client().Do(req)
	if err == nil {
		t.Cleanup(func() { resp.Body.Close() })
	}
	return resp, err
}

func TestFaults_answerInTheirWay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		set    simulator.Settings
		status int
		body   string
	}{
		{"server error", simulator.Settings{Status: 500}, 500, `"traceId"`},
		{"bad gateway in HTML", simulator.Settings{Status: 502, HTML: true}, 502, "<html>"},
		{"HTML in place of JSON", simulator.Settings{HTML: true}, 200, "<html>"},
		{"too many", simulator.Settings{Status: 429, RetrySeconds: 7}, 429, "Rate limit is exceeded. Try again in 7 seconds."},
		{"one resource is forbidden", simulator.Settings{Status: 403, Path: "/customers"}, 403, "Forbidden"},
		{"another path", simulator.Settings{Status: 503, Path: "/jobs"}, 200, `"data"`},
		{"a lost scope", simulator.Settings{LostScopes: []string{"Customer"}}, 403, "Scope validation failed"},
		{"another lost scope", simulator.Settings{LostScopes: []string{"Job"}}, 200, `"data"`},
		{"nothing", simulator.Settings{}, 200, `"data"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.Faults().Set(tt.set)
			if status, body := f.get(t, customers); status != tt.status || !strings.Contains(body, tt.body) {
				t.Errorf("status %d, %.200s; want %d with %q", status, body, tt.status, tt.body)
			}
		})
	}
}

func TestFaults_brokenAnswers(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.Faults().Set(simulator.Settings{Truncate: true, Next: 1})
	if _, body := f.get(t, customers); json.Valid([]byte(body)) || !strings.HasPrefix(body, `{"page":1`) {
		t.Errorf("a truncated answer is %.80s", body)
	}
	f.Faults().Set(simulator.Settings{Drop: true})
	if _, err := f.send(t, customers); err == nil {
		t.Error("a dropped connection gives an answer")
	}
	f.Faults().Set(simulator.Settings{Delay: time.Hour})
	f.server.Client().Timeout = 20 * time.Millisecond
	if _, err := f.send(t, customers); err == nil {
		t.Error("an answer that takes an hour comes in 20 ms")
	}
}

func TestFaults_strikeTheNextCallsOrAShare(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.Faults().Set(simulator.Settings{Status: 503, Next: 2, Path: "/customers"})
	var got []int
	for _, path := range []string{jobs, customers, customers, customers} {
		status, _ := f.get(t, path)
		got = append(got, status)
	}
	if diff := gocmp.Diff([]int{200, 503, 503, 200}, got); diff != "" {
		t.Errorf("next two (-want +got):\n%s", diff)
	}
	f.Faults().Set(simulator.Settings{Status: 503, Probability: 0.5})
	failed := 0
	for range 40 {
		if status, _ := f.get(t, customers+"?pageSize=1"); status == 503 {
			failed++
		}
	}
	if failed < 5 || failed > 35 {
		t.Errorf("%d of 40 calls fail by a chance of one half", failed)
	}
}

func TestFaults_rateIsPerTenantAndSecond(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for retryAfter, holds := range map[string]func(string) bool{
		"":        func(h string) bool { return h == "" },
		"seconds": func(h string) bool { return h == "3" },
		"date":    func(h string) bool { _, err := time.Parse(http.TimeFormat, h); return err == nil },
	} {
		f.Faults().Set(simulator.Settings{Rate: 3, RetryAfter: retryAfter, RetrySeconds: 3})
		f.Clock().Advance(time.Minute)
		var last *http.Response
		limited := 0
		for range 200 { // a second of the clock may pass on a slow machine, 200 calls do not fit into it
			resp, err := f.send(t, customers+"?pageSize=1")
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode == http.StatusTooManyRequests {
				last = resp
				limited++
				break
			}
		}
		if limited == 0 || !holds(last.Header.Get("Retry-After")) {
			t.Errorf("%q: %d limited, Retry-After %q", retryAfter, limited, last.Header.Get("Retry-After"))
		}
		f.Clock().Advance(2 * time.Second)
		if status, _ := f.get(t, customers); status != http.StatusOK {
			t.Errorf("%q: two seconds later: %d", retryAfter, status)
		}
	}
}

func TestFaults_tokens(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.Faults().Set(simulator.Settings{TokenThrottle: 1})
	refused, err := f.server.Client().Post(f.server.URL+"/connect/token", "application/x-www-form-urlencoded", nil)
	if err != nil {
		t.Fatal(err)
	}
	refused.Body.Close()
	if refused.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a throttled token request gets %d", refused.StatusCode)
	}
	f.RevokeTokens()
	if status, _ := f.get(t, customers); status != http.StatusUnauthorized {
		t.Errorf("a revoked token gets %d", status)
	}
	f.Faults().Set(simulator.Settings{TokenLife: time.Minute})
	f.token = f.login(t)
	f.Clock().Advance(61 * time.Second)
	if status, _ := f.get(t, customers); status != http.StatusUnauthorized {
		t.Errorf("a token past its early end gets %d", status)
	}
	for status := range map[int]bool{401: true, 403: true, 404: true} {
		f.Faults().Set(simulator.Settings{NotLinkedStatus: status})
		f.token = f.login(t)
		if got, _ := f.get(t, "/crm/v2/tenant/1002/customers"); got != status {
			t.Errorf("a tenant that is not linked gets %d, want %d", got, status)
		}
	}
}

func TestFaults_feedsWithDuplicatesAndDisorder(t *testing.T) {
	t.Parallel()
	f := settled(t)
	e := entity(t, "Job")
	plain, _ := f.feed(t, e, "", "")
	f.Faults().Set(simulator.Settings{Duplicates: true, Disorder: true})
	odd, _ := f.feed(t, e, "", "")
	sorted := slices.IsSortedFunc(odd, func(a, b row) int { return compareTexts(a.text("modifiedOn"), b.text("modifiedOn")) })
	if len(odd) <= len(plain) || sorted {
		t.Errorf("%d rows after %d, in order: %v", len(odd), len(plain), sorted)
	}
	if diff := gocmp.Diff(idsOf(plain), slices.Compact(idsOf(odd))); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestFaults_driftSendsWhatNoDocumentNames(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.Faults().Set(simulator.Settings{Drift: true})
	unheard := 0
	e := entity(t, "Appointment")
	for _, doc := range f.page(t, all(e)).Data {
		r := parseRow(t, doc)
		if r["unheardOf"] == nil {
			t.Fatal("a row has no unknown field")
		}
		if r.text("status") == "Unheard" {
			unheard++
		}
		if err := stspec.ValidateDocument(e, stspec.List, doc); err == nil {
			t.Fatal("a drifted row holds against the facts")
		}
	}
	if unheard == 0 {
		t.Error("no row has an unknown value of an enum")
	}
}

func TestFaults_dataMoveWhileAListIsRead(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.Faults().Set(simulator.Settings{Moving: true})
	before := f.Count(tenant, "Job")
	seen := map[string]int{}
	for n, more := 1, true; more; n++ {
		p := f.page(t, jobs+"?pageSize=20&sort=-ModifiedOn&page="+strconv.Itoa(n))
		for _, doc := range p.Data {
			seen[parseRow(t, doc).text("id")]++
		}
		more = p.HasMore
	}
	repeated := 0
	for _, n := range seen {
		if n > 1 {
			repeated++
		}
	}
	if repeated == 0 || f.Count(tenant, "Job") <= before {
		t.Errorf("%d rows repeated, %d jobs after %d", repeated, f.Count(tenant, "Job"), before)
	}
	for id, doc := range f.Each(tenant, "Job") {
		if err := stspec.ValidateDocument(entity(t, "Job"), stspec.List, doc); err != nil {
			t.Fatalf("job %d: %v", id, err)
		}
	}
}

func TestFaults_listsLagBehindWrites(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.Faults().Set(simulator.Settings{ReadLag: 5 * time.Second})
	id := f.IDs(tenant, "Team")[0]
	if err := f.Change(tenant, "Team", id, map[string]any{"name": "Sample Team renamed"}); err != nil {
		t.Fatal(err)
	}
	made, err := f.Create(tenant, "Team", map[string]any{"name": "Sample Team new"})
	if err != nil {
		t.Fatal(err)
	}
	names := func() (changed, created bool) {
		_, list := f.get(t, "/dispatch/v2/tenant/{tenant}/teams")
		return strings.Contains(list, "renamed"), strings.Contains(list, "Sample Team new")
	}
	if changed, created := names(); changed || created {
		t.Errorf("the list shows at once: change %v, new record %v", changed, created)
	}
	if _, body := f.get(t, "/dispatch/v2/tenant/{tenant}/teams/"+itoa(made)); !strings.Contains(body, "Sample Team new") {
		t.Errorf("the record itself is %s", body)
	}
	f.Clock().Advance(6 * time.Second)
	if changed, created := names(); !changed || !created {
		t.Errorf("the list shows later: change %v, new record %v", changed, created)
	}
}

func TestFaults_stampsOfChanges(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.Faults().Set(simulator.Settings{Burst: true, Skew: -time.Hour})
	f.Clock().Advance(10 * time.Second) // off the full minute
	ids := f.IDs(tenant, "Customer")[:3]
	stamps := map[string]bool{}
	for _, id := range ids {
		if err := f.Change(tenant, "Customer", id, map[string]any{"doNotMail": true}); err != nil {
			t.Fatal(err)
		}
		doc, _ := f.Document(tenant, "Customer", id)
		stamps[parseRow(t, doc).text("modifiedOn")] = true
	}
	if want := map[string]bool{"2026-03-10T23:00:00Z": true}; !gocmp.Equal(want, stamps) {
		t.Errorf("stamps %v, want one for all: %v", stamps, want)
	}
}
