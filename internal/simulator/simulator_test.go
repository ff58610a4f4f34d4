package simulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stspec"
)

const (
	tenant = 1001
	other  = 1002
)

var anchor = time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)

// fixture is a simulator behind HTTP and a token for its first company.
type fixture struct {
	*simulator.Simulator
	server *httptest.Server
	token  string
}

func newSimulator(t *testing.T) *simulator.Simulator {
	t.Helper()
	return newSized(t, simulator.SmallSizes())
}

func newSized(t *testing.T, sizes simulator.Sizes) *simulator.Simulator {
	t.Helper()
	s, err := simulator.New(simulator.Config{Seed: 7, Anchor: anchor, ExportPageSize: 40, Tenants: []simulator.Tenant{
		{ID: tenant, ClientID: "cid.one", ClientSecret: "cs.one", AppKey: "ak1.sample", Sizes: sizes},
		{ID: other, ClientID: "cid.two", ClientSecret: "cs.two", AppKey: "ak1.sample", Sizes: sizes},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func setup(t *testing.T) *fixture {
	t.Helper()
	return serve(t, newSimulator(t))
}

func serve(t *testing.T, s *simulator.Simulator) *fixture {
	t.Helper()
	f := &fixture{Simulator: s}
	f.server = httptest.NewServer(f.Handler())
	t.Cleanup(f.server.Close)
	f.token = f.login(t)
	return f
}

func (f *fixture) login(tb testing.TB) string {
	tb.Helper()
	resp, err := f.server.Client().PostForm(f.server.URL+"/connect/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {"cid.one"}, "client_secret": {"cs.one"},
	})
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	var body struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil || body.ExpiresIn != 900 {
		tb.Fatalf("token answer %+v, %v", body, err)
	}
	return body.AccessToken
}

// get sends a GET for the first company; edit may change it.
func (f *fixture) get(tb testing.TB, path string, edit ...func(*http.Request)) (int, string) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, f.server.URL+strings.ReplaceAll(path, "{tenant}", itoa(tenant)), nil)
	if err != nil {
		tb.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+f.token)
	req.Header.Set("ST-App-Key", "ak1.sample")
	for _, e := range edit {
		e(req)
	}
	resp, err := f.server.Client().Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// page is a page of a list or feed.
type page struct {
	Page, PageSize int
	HasMore        bool
	TotalCount     *int
	ContinueFrom   string
	Data           []json.RawMessage
}

func (f *fixture) page(t *testing.T, path string) page {
	t.Helper()
	status, body := f.get(t, path)
	if status != http.StatusOK {
		t.Fatalf("%s: status %d, %.200s", path, status, body)
	}
	var p page
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return p
}

// all is the query that hides nothing of an entity's list, with parameters (name, value, …) that narrow it.
func all(e stspec.Entity, query ...string) string {
	q := url.Values{"pageSize": {"5000"}}
	for _, f := range e.Filters {
		switch f.Name {
		case "active":
			q.Set("active", "Any")
		case "activeState":
			q.Set("activeState", "All")
		case "includeInactive":
			q.Set("includeInactive", "true")
		}
	}
	if strings.HasSuffix(e.Name, "Contact") {
		q.Set("modifiedOnOrAfter", "1970-01-01T00:00:00Z")
	}
	for i := 0; i < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	return e.ListPath + "?" + q.Encode()
}

func TestDocuments_areWhatTheFactsSay(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.Clock().Advance(time.Hour) // feeds show what has settled
	f.token = f.login(t)
	for _, e := range stspec.Entities() {
		t.Run(e.Name, func(t *testing.T) {
			list := f.page(t, all(e)).Data
			if len(list) == 0 {
				t.Error("the list is empty")
			}
			for _, doc := range list {
				if err := stspec.ValidateDocument(e, stspec.List, doc); err != nil {
					t.Fatalf("list: %v", err)
				}
			}
			if e.GetPath != "" {
				_, body := f.get(t, strings.ReplaceAll(e.GetPath, "{id}", fmt.Sprint(f.IDs(tenant, e.Name)[0])))
				if err := stspec.ValidateDocument(e, stspec.Get, []byte(body)); err != nil {
					t.Errorf("get: %v", err)
				}
			}
			if e.ExportPath == "" {
				return
			}
			rows := 0
			for from, more := "", true; more; {
				p := f.page(t, e.ExportPath+"?from="+url.QueryEscape(from))
				for _, doc := range p.Data {
					if err := stspec.ValidateDocument(e, stspec.Export, doc); err != nil {
						t.Fatalf("export: %v", err)
					}
				}
				rows += len(p.Data)
				from, more = p.ContinueFrom, p.HasMore
				if from == "" {
					t.Fatal("continueFrom is missing")
				}
			}
			if rows == 0 {
				t.Error("the feed is empty")
			}
		})
	}
}

func TestRecords_areAFunctionOfTheSeed(t *testing.T) {
	t.Parallel()
	a, b := newSimulator(t), newSimulator(t)
	for _, e := range stspec.Entities() {
		same, differ := true, false
		for _, id := range a.IDs(tenant, e.Name) {
			x, _ := a.Document(tenant, e.Name, id)
			y, _ := b.Document(tenant, e.Name, id)
			z, ok := a.Document(other, e.Name, id)
			same = same && string(x) == string(y)
			differ = differ || !ok || string(x) != string(z)
		}
		if !same {
			t.Errorf("%s: two simulators of one seed differ", e.Name)
		}
		if !differ {
			t.Errorf("%s: two companies are the same", e.Name)
		}
	}
}

func TestLists_hideInactiveRecordsInTheirOwnWay(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, e := range stspec.Entities() {
		hides := false
		for _, filter := range e.Filters {
			hides = hides || filter.Default == "activeOnly" || filter.Name == "includeInactive"
		}
		if strings.HasSuffix(e.Name, "Contact") || e.Name == "PricebookCategory" {
			continue
		}
		whole, shown := f.page(t, all(e)).Data, f.page(t, e.ListPath+"?pageSize=5000").Data
		inactive := 0
		for _, doc := range whole {
			var r struct{ Active *bool }
			if err := json.Unmarshal(doc, &r); err != nil {
				t.Fatal(err)
			}
			if r.Active != nil && !*r.Active {
				inactive++
			}
		}
		want := len(whole)
		if hides {
			want -= inactive
		}
		if len(shown) != want {
			t.Errorf("%s: %d rows by default, want %d of %d", e.Name, len(shown), want, len(whole))
		}
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	f := setup(t)
	first := f.page(t, "/crm/v2/tenant/{tenant}/customers?active=Any&pageSize=25")
	if first.Page != 1 || first.PageSize != 25 || !first.HasMore || first.TotalCount != nil || len(first.Data) != 25 {
		t.Errorf("first page %+v", first)
	}
	last := f.page(t, "/crm/v2/tenant/{tenant}/customers?active=Any&pageSize=25&page=3&includeTotal=true")
	if last.HasMore || last.TotalCount == nil || *last.TotalCount != 60 || len(last.Data) != 10 {
		t.Errorf("last page: %d rows, more %v", len(last.Data), last.HasMore)
	}
	if p := f.page(t, "/crm/v2/tenant/{tenant}/customers?nonsense=1"); p.PageSize != 50 {
		t.Errorf("the default page holds %d", p.PageSize)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	f := setup(t)
	without := func(name string) func(*http.Request) { return func(r *http.Request) { r.Header.Del(name) } }
	ids := strings.TrimSuffix(strings.Repeat("1,", 51), ",")
	tests := []struct {
		name, path string
		edit       func(*http.Request)
		status     int
		body       string
	}{
		{"no token", "/crm/v2/tenant/{tenant}/customers", without("Authorization"), 401, `"statusCode":401`},
		{"bare token", "/crm/v2/tenant/{tenant}/customers", func(r *http.Request) { r.Header.Set("Authorization", f.token) }, 200, `"data"`},
		{"no app key", "/crm/v2/tenant/{tenant}/customers", without("ST-App-Key"), 401, "subscription key"},
		{"app key in the query", "/crm/v2/tenant/{tenant}/customers?servicetitanapplicationkey=ak1.sample", without("ST-App-Key"), 200, `"data"`},
		{"another's tenant", "/crm/v2/tenant/1002/customers", func(*http.Request) {}, 403, "traceId"},
		{"no tenant segment", "/crm/v2/customers", func(*http.Request) {}, 404, "Unable to match incoming request to an operation."},
		{"no such operation", "/accounting/v2/tenant/{tenant}/invoices/5", func(*http.Request) {}, 404, "Unable to match"},
		{"no such record", "/crm/v2/tenant/{tenant}/customers/5", func(*http.Request) {}, 404, "traceId"},
		{"sort by nothing", "/crm/v2/tenant/{tenant}/customers?sort=%2BShoeSize", func(*http.Request) {}, 400, `"sort"`},
		{"51 ids", "/crm/v2/tenant/{tenant}/customers?ids=" + ids, func(*http.Request) {}, 400, `"ids"`},
		{"pages too large", "/crm/v2/tenant/{tenant}/customers?pageSize=5001", func(*http.Request) {}, 400, `"pageSize"`},
		{"a word for a number", "/jpm/v2/tenant/{tenant}/jobs?customerId=x", func(*http.Request) {}, 400, `"customerId"`},
		{"contacts of everybody", "/crm/v2/tenant/{tenant}/customers/contacts", func(*http.Request) {}, 400, "range"},
		{"a broken place in a feed", "/crm/v2/tenant/{tenant}/export/customers?from=yesterday", func(*http.Request) {}, 400, `"from"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, body := f.get(t, tt.path, tt.edit)
			if status != tt.status || !strings.Contains(body, tt.body) {
				t.Errorf("status %d, %.200s; want %d with %q", status, body, tt.status, tt.body)
			}
		})
	}
}

func TestToken_rules(t *testing.T) {
	t.Parallel()
	f := setup(t)
	resp, err := f.server.Client().Post(f.server.URL+"/connect/token", "application/json", strings.NewReader(`{"grant_type":"client_credentials"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a JSON body gets %d", resp.StatusCode)
	}
	resp, err = f.server.Client().PostForm(f.server.URL+"/connect/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"cid.one"}, "client_secret": {"no"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); !strings.Contains(string(body), "invalid_client") {
		t.Errorf("wrong credentials get %s", body)
	}
	f.Clock().Advance(901 * time.Second)
	if status, _ := f.get(t, "/crm/v2/tenant/{tenant}/customers"); status != http.StatusUnauthorized {
		t.Errorf("an expired token gets %d", status)
	}
}
