package graph_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/auth"
)

func textAttacks() []attack {
	return []attack{
		document("65 kB of spaces", limit, `{ viewer { role } }`+strings.Repeat(" ", 65<<10)),
		document("900 kB of names", limit, `{ `+strings.Repeat("a ", 450_000)+`}`),
		document("30,000 tokens", limit, `{ `+strings.Repeat("a ", 30_000)+`}`),
		document("30,000 opening braces", unparsed, strings.Repeat("{", 30_000)),
		document("60,000 commas", invalid, strings.Repeat(",", 60_000)),
		document("a comment of 60 kB", invalid, `#`+strings.Repeat("x", 60_000)),
		document("20,000 comments", limit, strings.Repeat("#\n", 20_000)),
		document("a name of 60 kB", limit, `{ `+strings.Repeat("a", 60_000)+` }`),
		document("an alias of 60 kB", limit, `{ `+strings.Repeat("a", 60_000)+`: viewer { role } }`),
		document("a type of 60 kB", invalid, `{ ... on `+strings.Repeat("A", 60_000)+` { viewer { role } } }`),
		document("an argument of 60 kB", invalid, `{ viewer(`+strings.Repeat("a", 60_000)+`: 1) { role } }`),
		document("a directive of 60 kB", invalid, `{ viewer @`+strings.Repeat("a", 60_000)+` { role } }`),
		document("a text of 60 kB", invalid, `{ customers(first: "`+strings.Repeat("a", 60_000)+`") { totalCount } }`),
		document("an enum of 60 kB", invalid, `{ jobs(filter: {statuses: [`+strings.Repeat("A", 60_000)+`]}) { totalCount } }`),
		document("a text that does not end", unparsed, `{ customers(first: "`+strings.Repeat("a", 60_000)),
		document("a block that does not end", unparsed, `{ customers(first: """`+strings.Repeat("a\n", 30_000)),
		document("a block of many lines", invalid, `{ customers(first: """`+strings.Repeat(" a\n", 20_000)+`""") { totalCount } }`),
		document("a number of 60 kB", invalid, `{ customers(first: `+strings.Repeat("9", 60_000)+`) { totalCount } }`),
		document("a variable of 60 kB", limit, `query($`+strings.Repeat("a", 60_000)+`: Int) { viewer { role } }`),
		document("an operation of 60 kB", limit, `query `+strings.Repeat("a", 60_000)+` { viewer { role } }`),
		document("nothing but a brace", unparsed, `{`),
		document("nothing selected", unparsed, `{ viewer {} }`),
		document("a byte of zero", unparsed, "{ viewer\x00 { role } }"),
		document("signs of other alphabets", unparsed, `{ víewer { role } }`),
		document("a mark of byte order amid", unparsed, "{ viewer \ufeff\u202e{ role } } }"),
		document("bad escapes", unparsed, `{ customers(first: "\q") { totalCount } }`),
		document("half a pair of surrogates", "", `{ customer(id: "\uD800") { name } }`),
		document("definitions of types", unparsed, `type Query { a: Int } { viewer { role } }`),
		document("no operation", invalid, `fragment F on Viewer { role }`),
		document("a field of the schema's inside", invalid, `{ viewer { __schema { types { name } } } }`),
		document("an unknown operation word", unparsed, `steal { viewer { role } }`),
		{name: "an operation's name of 900 kB", code: invalid, body: bodyOf(map[string]any{"query": "{ viewer { role } }", "operationName": strings.Repeat("a", 900_000)})},
		given("a variable's member of 900 kB", invalid, `query($f: CustomerFilter) { customers(filter: $f) { totalCount } }`, map[string]any{"f": map[string]any{strings.Repeat("a", 900_000): 1}}),
		given("a variable's value of 900 kB", invalid, `query($n: Int) { customers(first: $n) { totalCount } }`, map[string]any{"n": strings.Repeat("a", 900_000)}),
		given("an enum's value of 900 kB", invalid, `query($f: JobFilter) { jobs(filter: $f) { totalCount } }`, map[string]any{"f": map[string]any{"statuses": []string{strings.Repeat("A", 900_000)}}}),
		given("an id of 900 kB", badInput, `query($i: ID!) { customer(id: $i) { name } }`, map[string]any{"i": strings.Repeat("A", 900_000)}),
		given("a cursor of 900 kB", badInput, `query($c: String) { customers(after: $c) { totalCount } }`, map[string]any{"c": strings.Repeat("A", 900_000)}),
	}
}

func costAttacks() []attack {
	rows := func(n int) string {
		return `{ jobs(first: 500) ` + nested(n, "{ nodes { customer { jobs(first: 500) ", "{ nodes { id } }", "} } }") + ` }`
	}
	return []attack{
		document("500^2 rows below each other, wide", limit, `{ customers(first: 500) { nodes { `+times(9, "a%d: jobs(first: 500) { nodes { id customer { id } } } ")+`} } }`),
		document("500^3 rows", limit, rows(2)),
		document("500^6 rows", limit, rows(5)),
		given("500^3 rows by variable", limit, `query($n: Int) { jobs(first: $n) { nodes { customer { jobs(last: $n) { nodes { customer { jobs(first: $n) { nodes { id } } } } } } } } }`, map[string]any{"n": 500}),
		document("pages of 25, six deep", limit, strings.ReplaceAll(rows(5), "(first: 500)", "")),
		document("rows by a fragment", limit, `{ jobs(first: 500) { ...A } } fragment A on JobConnection { nodes { customer { jobs(first: 500) { ...B } } } } fragment B on JobConnection { edges { node { customer { jobs(first: 500) { nodes { id } } } } } }`),
		document("introspection in introspection", invalid, `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`),
		document("introspection by interfaces", invalid, `{ __schema { types { interfaces { possibleTypes { interfaces { possibleTypes { name } } } } } } }`),
		document("introspection by a fragment", invalid, `{ __type(name: "Job") { ...F } } fragment F on __Type { fields { type { ...G } } } fragment G on __Type { fields { type { ...H } } } fragment H on __Type { fields { type { fields { name } } } }`),
	}
}

func bodyAttacks() []attack {
	const good = `{"query":"{ viewer { role } }"}`
	bodies := []attack{
		{name: "no JSON", body: `secretword`},
		{name: "half of it", body: `{"query":"{ viewer { role } }", secretword`},
		{name: "two values", body: good + `{"secretword":1}`},
		{name: "a batch", body: `[` + good + `]`},
		{name: "a batch of 20,000", body: `[` + strings.Repeat(good+`,`, 20_000) + good + `]`},
		{name: "an empty batch", body: `[]`},
		{name: "null", body: `null`},
		{name: "a number", body: `5`},
		{name: "a text", body: `"secretword"`},
		{name: "true", body: `true`},
		{name: "a document of no text", body: `{"query":{"secretword":1}}`},
		{name: "a document of a list", body: `{"query":["secretword"]}`},
		{name: "no document", body: `{"operationName":"A"}`},
		{name: "null for a document", body: `{"query":null}`},
		{name: "an empty document", body: `{"query":""}`},
		{name: "variables of a list", body: `{"query":"{ viewer { role } }","variables":[1]}`},
		{name: "variables of a text", body: `{"query":"{ viewer { role } }","variables":"secretword"}`},
		{name: "extensions of a text", body: `{"query":"{ viewer { role } }","extensions":"secretword"}`},
		{name: "a name of a number", body: `{"query":"{ viewer { role } }","operationName":5}`},
		{name: "bad UTF-8", body: "{\"query\":\"{ viewer { role } } #\xff\xfe\"}"},
		{name: "UTF-8 too long", body: "{\"query\":\"\xc0\xae\"}"},
		{name: "UTF-16", body: "{\x00}\x00"},
		{name: "a mark of byte order", body: "\ufeff" + good},
		{name: "a byte of zero", body: good + "\x00"},
		{name: "more than a MB", body: `{"query":"` + strings.Repeat("x", 1<<20) + `"}`},
		{name: "40,000 members", body: `{` + times(40_000, `"a%d":1,`) + `"secretword":1}`},
		{name: "a form", body: `query=secretword`, headers: []string{"Content-Type", "application/x-www-form-urlencoded"}},
		{name: "files", body: "--x\r\nsecretword\r\n--x--", headers: []string{"Content-Type", "multipart/form-data; boundary=x"}},
		{name: "plain text", body: good, headers: []string{"Content-Type", "text/plain"}},
		{name: "no type", body: good, headers: []string{"Content-Type", ""}},
		{name: "a packed body", body: good, headers: []string{"Content-Encoding", "gzip"}},
		{name: "a hash that does not match", body: `{"query":"{ viewer { role } }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`},
		{name: "a hash of another version", body: `{"extensions":{"persistedQuery":{"version":9,"sha256Hash":"00"}}}`},
		{name: "a hash of no object", body: `{"extensions":{"persistedQuery":"secretword"}}`},
		{name: "a subscription", body: `{"query":"subscription { syncProgress { runId } }"}`},
	}
	for i := range bodies {
		bodies[i].code = badRequest
	}
	return bodies
}

func addressAttacks() []attack {
	by := func(query string) string { return "?query=" + url.QueryEscape(query) }
	return []attack{
		{name: "a mutation by GET", code: badRequest, address: by(`mutation { cancelSync(input: {runId: "1"}) { userErrors { code } } }`)},
		{name: "a mutation among queries by GET", code: badRequest, address: by(`query A { viewer { role } } mutation B { cancelSync(input: {runId: "1"}) { userErrors { code } } }`) + "&operationName=B"},
		{name: "no document", code: badRequest, address: "?variables={}"},
		{name: "bad escapes", code: badRequest, address: "?query=%zz"},
		{name: "bad UTF-8", code: badRequest, address: "?query=%ff%fe"},
		{name: "variables of no object", code: badRequest, address: by("{ viewer { role } }") + "&variables=[1]"},
		{name: "variables that do not end", code: badRequest, address: by("{ viewer { role } }") + "&variables=" + strings.Repeat("[", 20_000)},
		{name: "20,000 parameters", code: badRequest, address: "?" + times(20_000, "a%d=1&")},
		{name: "a bomb", code: limit, address: by(`{ viewer { ...F0 } } ` + bomb(30, "Viewer", "role"))},
	}
}

func strangers(t *testing.T, s *server) []attack {
	t.Helper()
	good := s.bearer(t, auth.Admin, time.Hour)
	parts := strings.Split(good, ".")
	none := "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + parts[1] + "."
	var all []attack
	for name, authorization := range map[string]string{
		"no token": "", "another scheme": "Basic dGVzdGVyOnRlc3Rlcg==", "nothing behind the scheme": "Bearer ", "no JWT": "Bearer x",
		"alg=none": none, "a signature that is cut": good[:len(good)-5], "a changed body": parts[0] + "." + parts[1] + "x." + parts[2],
		"a token of 100 kB": "Bearer " + strings.Repeat("a", 100_000), "a token twice": good + ", " + good,
	} {
		all = append(all, attack{name: name, code: stranger, body: `{"query":"{ viewer { role } }"}`, headers: []string{"Authorization", authorization}})
	}
	return append(all,
		attack{name: "a foreign tenant", code: "FORBIDDEN", body: `{"query":"{ viewer { role } }"}`, headers: []string{"X-Tenant-ID", "2002"}},
		attack{name: "a tenant of no number", code: badRequest, body: `{"query":"{ viewer { role } }"}`, headers: []string{"X-Tenant-ID", "1001 OR 1=1"}},
		given("a foreign id", "", `query($i: ID!) { node(id: $i) { id } }`, map[string]any{"i": "../../etc/passwd"}),
		given("an id of no kind", badInput, `query($i: ID!) { customer(id: $i) { id } }`, map[string]any{"i": "MTpTcGFjZXNoaXA6MQ"}),
		given("a cursor of nobody", badInput, `query($c: String) { customers(after: $c) { totalCount } }`, map[string]any{"c": "eyJhIjoxfQ"}),
		given("SQL as an id", badInput, `query($i: ID!) { customer(id: $i) { id } }`, map[string]any{"i": "1'; drop table customers; --"}),
	)
}
