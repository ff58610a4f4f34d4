package app_test

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/store/storetest"
)

func TestBadInput_isToldByFieldAndCode(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	var page struct {
		Customers struct{ PageInfo struct{ EndCursor string } }
	}
	w.ask(t, `{ customers(first: 2) { pageInfo { endCursor } } }`, nil).decode(t, &page)
	cursor := page.Customers.PageInfo.EndCursor
	tests := []struct {
		name, query string
		variables   any
		code, words string
	}{
		{"first 0", `{ customers(first: 0) { totalCount } }`, nil, "BAD_USER_INPUT", "first: 0 is not between 1 and 500"},
		{"first 501", `{ customers(first: 501) { totalCount } }`, nil, "BAD_USER_INPUT", "first: 501 is not between 1 and 500"},
		{"first and last", `{ customers(first: 1, last: 1) { totalCount } }`, nil, "BAD_USER_INPUT", "give first or last, not both"},
		{"broken cursor", `{ customers(after: "zz") { totalCount } }`, nil, "BAD_USER_INPUT", "after: this is not a cursor of this API"},
		{
			"cursor of another list", `query($c: String) { customers(after: $c, filter: {types: [COMMERCIAL]}) { totalCount } }`,
			map[string]any{"c": cursor},
			"BAD_USER_INPUT", "after: this cursor belongs to a list with another filter or order",
		},
		{"unknown filter value", `{ jobs(filter: {statuses: [TELEPORTED]}) { totalCount } }`, nil, "GRAPHQL_VALIDATION_FAILED", "TELEPORTED"},
		{"unknown filter", `{ jobs(filter: {shoeSize: 4}) { totalCount } }`, nil, "GRAPHQL_VALIDATION_FAILED", "shoeSize"},
		{"the word for unknown words", `{ jobs(filter: {statuses: [UNKNOWN]}) { totalCount } }`, nil, "BAD_USER_INPUT", "cannot be asked for"},
		{"no id", `{ customer(id: "7") { name } }`, nil, "BAD_USER_INPUT", "is not an id of this API"},
		{"an id of another kind", `{ job(id: "MTpDdXN0b21lcjox") { number } }`, nil, "BAD_USER_INPUT", "id: this is the id of a Customer, not of a Job"},
		{
			"an id of another kind in a filter", `{ jobs(filter: {customerIds: ["MTpKb2I6MQ"]}) { totalCount } }`, nil,
			"BAD_USER_INPUT", "filter.customerIds[0]: this is the id of a Job, not of a Customer",
		},
		{"missing variable", `query($id: ID!) { customer(id: $id) { name } }`, nil, "GRAPHQL_VALIDATION_FAILED", "must be defined"},
		{"no time", `{ jobs(filter: {createdAt: {gte: "yesterday"}}) { totalCount } }`, nil, "BAD_USER_INPUT", ""},
		{"a span that ends before it starts", `{ appointments(filter: {within: {start: "2026-01-02T00:00:00Z", end: "2026-01-01T00:00:00Z"}}) { totalCount } }`, nil, "BAD_USER_INPUT", "the end is before the start"},
		{"search for a letter", `{ searchCustomers(query: "x") { score } }`, nil, "BAD_USER_INPUT", "query: give 2 to 200 characters"},
		{"a text that no database holds", `{ customers(filter: {search: "a\u0000b"}) { totalCount } }`, nil, "BAD_USER_INPUT", "filter.search: a text cannot hold"},
		{"a search that no database holds", `{ searchCustomers(query: "a\u0000b") { score } }`, nil, "BAD_USER_INPUT", "query: "},
		{
			"a representation of no type of ours", `query($r: [_Any!]!) { _entities(representations: $r) { __typename } }`,
			map[string]any{"r": []any{map[string]any{"__typename": "Spaceship", "id": "x"}}},
			"BAD_USER_INPUT", "representations: each must have",
		},
		{
			"a representation without a key", `query($r: [_Any!]!) { _entities(representations: $r) { __typename } }`,
			map[string]any{"r": []any{map[string]any{"__typename": "Job"}}},
			"BAD_USER_INPUT", "representations: each must have",
		},
		{"no GraphQL", `{ customers(`, nil, "GRAPHQL_PARSE_FAILED", ""},
		{"no such field", `{ customers { nodes { shoeSize } } }`, nil, "GRAPHQL_VALIDATION_FAILED", "shoeSize"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.statements.take()
			a := w.ask(t, tt.query, tt.variables)
			if diff := cmp.Diff([]string{tt.code}, a.codes()); diff != "" {
				t.Fatalf("codes (-want +got):\n%s%+v", diff, a.Errors)
			}
			if !strings.Contains(a.Errors[0].Message, tt.words) {
				t.Errorf("message %q, want one about %q", a.Errors[0].Message, tt.words)
			}
		})
	}
}

func TestBadBodies_areRefusedWithoutAnEcho(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.SmallSizes())
	bearer := "Bearer " + w.token(t, tenant)
	tests := []struct {
		name, body string
		status     int
		words      string
	}{
		{"malformed", `{"query": "{ viewer { subject } }", secretword`, 400, "not valid JSON at byte"},
		{"empty", ``, 400, "empty"},
		{"two values", `{"query":"{ viewer { subject } }"}{"secretword":1}`, 400, "not valid JSON"},
		{"a batch", `[{"query":"{ viewer { subject } }"}]`, 400, "batches are not supported"},
		{"a number for a document", `{"query":7,"x":"secretword"}`, 400, `"query"`},
		{"too large", `{"query":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "larger than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := w.post(t, bearer, tt.body)
			if a.Status != tt.status || len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "BAD_REQUEST" {
				t.Fatalf("status %d, errors %+v", a.Status, a.Errors)
			}
			if m := a.Errors[0].Message; !strings.Contains(m, tt.words) || strings.Contains(m, "secretword") {
				t.Errorf("message %q, want one about %q", m, tt.words)
			}
		})
	}
}

func TestTokens_areNeeded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.SmallSizes())
	const body = `{"query":"{ viewer { subject } }"}`
	for name, authorization := range map[string]string{"none": "", "no bearer": "Basic x", "forged": "Bearer a.b.c"} {
		a := w.post(t, authorization, body)
		if a.Status != http.StatusUnauthorized || len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
			t.Errorf("%s: status %d, errors %+v", name, a.Status, a.Errors)
		}
	}
	var viewer struct {
		Viewer struct{ Subject, Role, TenantID, Currency string }
	}
	w.post(t, "Bearer "+w.token(t, tenant), `{"query":"{ viewer { subject role tenantId currency } }"}`).decode(t, &viewer)
	if diff := cmp.Diff(struct{ Subject, Role, TenantID, Currency string }{"tester", "ADMIN", "1001", "USD"}, viewer.Viewer); diff != "" {
		t.Errorf("viewer (-want +got):\n%s", diff)
	}
}

func TestNew_unreachableDatabase(t *testing.T) {
	t.Parallel()
	_, err := app.New(t.Context(), testConfig(t, nil), app.Options{DSN: "postgres://x:hidden@127.0.0.1:1/x"})
	if err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("error %v", err)
	}
}

func TestDev_portInUse(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(t, map[string]string{"PORT": port, "LAZI_DATA_DIR": t.TempDir()})
	err = app.Dev(t.Context(), cfg, app.DevOptions{Seed: 1}, t.Output(), t.Output())
	if err == nil || !strings.Contains(err.Error(), "PORT: port "+port+" is in use") {
		t.Errorf("error %v", err)
	}
}

func TestServe_wantsADatabase(t *testing.T) {
	t.Parallel()
	err := app.Serve(t.Context(), testConfig(t, nil), t.Output())
	if err == nil || !strings.HasPrefix(err.Error(), "DATABASE_URL: ") {
		t.Errorf("error %v", err)
	}
}

func TestServe_wantsMigrations(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t, map[string]string{"DATABASE_URL": storetest.NewEmpty(t), "PORT": "0"})
	err := app.Serve(t.Context(), cfg, t.Output())
	if err == nil || !strings.Contains(err.Error(), "run `lazi migrate` first") {
		t.Errorf("error %v", err)
	}
}

func TestServe_unreachableDatabase(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t, map[string]string{"DATABASE_URL": "postgres://x:hidden@127.0.0.1:1/x", "PORT": "0"})
	err := app.Serve(t.Context(), cfg, t.Output())
	if err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("error %v", err)
	}
}

func TestMigrateDown_keepsRealDatabases(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t, map[string]string{"DATABASE_URL": storetest.New(t)})
	if err := app.Migrate(t.Context(), cfg, "down", 0, t.Output(), t.Output()); err == nil {
		t.Error("the database of DATABASE_URL was emptied")
	}
	var out strings.Builder
	if err := app.Migrate(t.Context(), cfg, "status", 0, &out, t.Output()); err != nil || !strings.Contains(out.String(), "00016 applied") {
		t.Errorf("status %q, %v", out.String(), err)
	}
}
