package graph_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/internal/auth"
)

func TestHTTP(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	const (
		viewer   = `{"query":"{ viewer { role } }"}`
		mutation = `mutation { cancelSync(input: {runId: "1"}) { userErrors { code } } }`
		strict   = "application/graphql-response+json"
	)
	get := func(query string) string { return "?query=" + url.QueryEscape(query) }
	for name, tt := range map[string]struct {
		method, address, body string
		headers               []string
		status                int
		want                  string
	}{
		"post":                    {"POST", "", viewer, nil, 200, `{"data":{"viewer":{"role":"ADMIN"}}}`},
		"get":                     {"GET", get("{ viewer { role } }"), "", nil, 200, `{"data":{"viewer":{"role":"ADMIN"}}}`},
		"get with variables":      {"GET", get("query($a: Boolean!) { viewer { role @skip(if: $a) subject } }") + "&variables=" + url.QueryEscape(`{"a":true}`), "", nil, 200, `{"data":{"viewer":{"subject":"tester"}}}`},
		"no query":                {"POST", "", `{}`, nil, 400, "the body has no query"},
		"get without query":       {"GET", "", "", nil, 400, "parameter query is missing"},
		"get with bad variables":  {"GET", get("{ viewer { role } }") + "&variables=5", "", nil, 400, "parameter variables"},
		"get with two variables":  {"GET", get("{ viewer { role } }") + "&variables=" + url.QueryEscape(`{}{}`), "", nil, 400, "parameter variables"},
		"get with bad escapes":    {"GET", "?query=%zz", "", nil, 400, "cannot be read"},
		"get with bad extensions": {"GET", get("{ viewer { role } }") + "&extensions=x", "", nil, 400, "parameter extensions"},
		"mutation by get":         {"GET", get(mutation), "", nil, 405, "must be sent by POST"},
		"subscription by post":    {"POST", "", watchBody, nil, 400, "needs a stream"},
		"subscription by get":     {"GET", get("subscription { syncProgress { runId } }"), "", nil, 400, "needs a stream"},
		"put":                     {"PUT", "", viewer, nil, 405, "served by GET and POST"},
		"options":                 {"OPTIONS", "", "", nil, 204, ""},
		"a form":                  {"POST", "", "query=x", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "application/json"},
		"a packed body":           {"POST", "", viewer, []string{"Content-Encoding", "gzip"}, 415, "not packed"},
		"a bad document":          {"POST", "", `{"query":"{"}`, nil, 200, `{"errors":[{"message":"Expected Name`},
		"the same, strictly":      {"POST", "", `{"query":"{"}`, []string{"Accept", strict}, 400, `{"errors":[{"message":"Expected Name`},
		"an unknown operation":    {"POST", "", `{"query":"query A { viewer { role } }","operationName":"B"}`, []string{"Accept", strict}, 400, "operation B not found"},
		"a bad hash":              {"POST", "", `{"query":"{ viewer { role } }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`, []string{"Accept", strict}, 400, `"code":"BAD_REQUEST"`},
		"an unknown hash":         {"POST", "", `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`, nil, 200, "PERSISTED_QUERY_NOT_FOUND"},
		"cost":                    {"POST", "", `{"query":"{ a: viewer { role } b: viewer { role } }"}`, []string{graph.CostHeader, "1"}, 200, `"extensions":{"cost":{"asked":2,"max":1000000}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, got := s.do(t, s.request(t, tt.method, tt.address, tt.body, tt.headers...))
			if resp.StatusCode != tt.status || !strings.Contains(got, tt.want) {
				t.Errorf("status %d, answer %s\nwant %d, %s", resp.StatusCode, got, tt.status, tt.want)
			}
			if strings.Contains(got, `"errors"`) && strings.Contains(got, `"data"`) {
				t.Errorf("what is not executed has no data: %s", got)
			}
		})
	}
}

func TestIntrospection_isForWhomItIsSaid(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(cfg *graph.Config) {
		cfg.Introspect = func(id auth.Identity) bool { return id.Role == auth.Owner }
	})
	got := map[string]string{}
	for _, role := range []auth.Role{auth.Owner, auth.Viewer} {
		for _, query := range []string{
			`{ __schema { queryType { name } } }`, `{ ...on Query { __type(name: \"Job\") { name } } }`, `query A { ...F } fragment F on Query { __schema { queryType { name } } }`,
			`{ __typename }`, `{ _service { __typename } }`,
			`{ custmers { totalCount } }`, `{ viewer { rolle } }`, `{ viewer(a: 1) { role } }`, `query($a: Strin) { viewer { role } }`,
			`{ customers(filter: {serch: \"x\"}) { totalCount } }`, `{ customers(orderBy: {field: NAM}) { totalCount } }`,
		} {
			_, text := s.do(t, s.request(t, "POST", "", `{"query":"`+query+`"}`, "Authorization", s.bearer(t, role, 1e9*3600)))
			switch {
			case strings.Contains(text, "INTROSPECTION_DISABLED"):
				got[string(role)] += "refused "
			case strings.Contains(text, "Did you mean"):
				got[string(role)] += "suggested "
			case strings.Contains(text, `"errors"`):
				got[string(role)] += "wrong "
			default:
				got[string(role)] += "told "
			}
		}
	}
	want := map[string]string{
		"OWNER":  "told told told told told suggested suggested wrong wrong suggested suggested ",
		"VIEWER": "refused refused refused told told wrong wrong wrong wrong wrong wrong ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, e := range map[string]string{"a GET request": http.MethodGet, "a POST request": http.MethodPost} {
		address, body := "", `{"query":"{ __schema { queryType { name } } }"}`
		if e == http.MethodGet {
			address, body = "?query="+url.QueryEscape("{ __schema { queryType { name } } }"), ""
		}
		if _, text := s.do(t, s.request(t, e, address, body, "Authorization", s.bearer(t, auth.Viewer, 1e9*3600))); !strings.Contains(text, "INTROSPECTION_DISABLED") {
			t.Errorf("%s is told the schema: %.100s", name, text)
		}
	}
}

func TestAnswer_tellsFiftyErrorsAndHowManyMore(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	_, text := s.do(t, s.request(t, http.MethodPost, "", bodyOf(map[string]any{
		"query": "{ " + times(40, "a%d: jobs { nodes { id } edges { cursor } } ") + "}",
	})))
	if n := strings.Count(text, `"code":"UNAVAILABLE"`); n != 50 || !strings.Contains(text, `{"message":"30 more errors are left out","extensions":{"code":"LIMIT_EXCEEDED"}}`) {
		t.Errorf("%d errors in %.3000s", n, text)
	}
}
