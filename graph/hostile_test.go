package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/auth"
)

// attack is a request that a server must refuse or answer cheaply.
type attack struct {
	name string
	// body is sent by POST, or address by GET where there is no body.
	body, address string
	headers       []string
	// code is one that the answer must name.
	code string
}

// document is an attack by a document.
func document(name, code, text string) attack {
	return attack{name: name, code: code, body: bodyOf(map[string]any{"query": text})}
}

// given is an attack by variables.
func given(name, code, text string, variables any) attack {
	return attack{name: name, code: code, body: bodyOf(map[string]any{"query": text, "variables": variables})}
}

func bodyOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func times(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

func nested(n int, open, inside, shut string) string {
	return strings.Repeat(open, n) + inside + strings.Repeat(shut, n)
}

// The codes that attacks must meet.
const (
	limit      = "LIMIT_EXCEEDED"
	invalid    = "GRAPHQL_VALIDATION_FAILED"
	unparsed   = "GRAPHQL_PARSE_FAILED"
	badRequest = "BAD_REQUEST"
	badInput   = "BAD_USER_INPUT"
	stranger   = "UNAUTHENTICATED"
)

func depthAttacks() []attack {
	return []attack{
		document("21 levels", limit, `{ jobs `+nested(10, "{ nodes { customer { jobs ", "{ totalCount }", "} } }")+` }`),
		document("1,000 levels", limit, `{ jobs `+nested(333, "{ nodes { customer { jobs ", "{ totalCount }", "} } }")+` }`),
		document("levels of fields that do not exist", limit, nested(2000, "{ a ", "", "}")),
		document("levels by fragments", limit, `{ jobs { nodes { ...F0 } } } `+times(30, "fragment F%d on Job { customer { jobs { nodes { ...G%d } } } } ")+chain(30)),
		document("levels of inline fragments", limit, `{ `+nested(2600, "... { ", "viewer { role }", "}")+` }`),
		document("levels of a list literal", limit, `{ customers(filter: `+nested(4000, "[", "", "]")+`) { totalCount } }`),
		document("levels of an object literal", limit, `{ customers(filter: `+nested(2500, "{a: ", "1", "}")+`) { totalCount } }`),
		document("levels of types", limit, `query($a: `+nested(4000, "[", "Int", "]")+`) { viewer { role } }`),
		given("levels of variables", badRequest, `query($f: CustomerFilter) { customers(filter: $f) { totalCount } }`, json.RawMessage(`{"f":`+nested(5000, `{"a":`, "1", "}")+`}`)),
		given("levels of lists in variables", badRequest, `query($f: CustomerFilter) { customers(filter: $f) { totalCount } }`, json.RawMessage(`{"f":`+nested(9000, `[`, "", "]")+`}`)),
		{name: "levels beyond what JSON may have", code: badRequest, body: `{"query":"{ viewer { role } }","variables":{"a":` + nested(200_000, "[", "", "]") + `}}`},
		{name: "levels that do not end", code: badRequest, body: strings.Repeat(`{"variables":`, 60_000)},
		{name: "lists that do not end", code: badRequest, body: strings.Repeat(`[`, 1_000_000)},
	}
}

// chain closes the fragments that levels are made of.
func chain(n int) string {
	var b strings.Builder
	for i := range n {
		if i+1 < n {
			fmt.Fprintf(&b, "fragment G%d on Job { ...F%d } ", i, i+1)
		} else {
			fmt.Fprintf(&b, "fragment G%d on Job { id } ", i)
		}
	}
	return b.String()
}

func breadthAttacks() []attack {
	return []attack{
		document("1,000 aliases of a root field", limit, `{ `+times(1000, "a%d: viewer { role } ")+`}`),
		document("51 root fields", limit, `{ `+times(51, "a%d: viewer { role } ")+`}`),
		document("3,000 aliases of a scalar", limit, `{ viewer { `+times(3000, "a%d: role ")+`} }`),
		document("4,900 times the same field", limit, `{ viewer { `+times(4900, "role ")+`} }`),
		document("4,900 times the same object", limit, `{ jobs { nodes { `+times(1600, "customer { id } ")+`} } }`),
		document("objects with objects of one name", limit, `{ jobs { nodes { `+times(300, "customer { jobs { nodes { id } } } ")+`} } }`),
		document("inline fragments with the same field", limit, `{ viewer { `+times(1600, "... { role } ")+`} }`),
		document("fields of unknown names", invalid, `{ viewer { `+times(1900, "roe%d ")+`} }`),
		document("unknown arguments", invalid, `{ customers(`+times(1200, "a%d: 1 ")+`) { totalCount } }`),
		document("the same argument", invalid, `{ customers(`+times(2000, "first: 1 ")+`) { totalCount } }`),
		document("unknown members of an input", invalid, `{ customers(filter: {`+times(2400, "a%d: 1 ")+`}) { totalCount } }`),
		document("the same member of an input", invalid, `{ customers(filter: {`+times(2400, "search: 1 ")+`}) { totalCount } }`),
		document("values of the wrong kind", invalid, `{ jobs(filter: {statuses: [`+times(4000, "A%d ")+`]}) { totalCount } }`),
		document("variables", invalid, `query(`+times(2400, "$a%d: Int ")+`) { viewer { role } }`),
		document("variables of one name", invalid, `query(`+times(2400, "$a: Int ")+`) { viewer { role } }`),
		document("variables of unknown types", invalid, `query(`+times(2400, "$a%d: A%d ")+`) { viewer { role } }`),
		document("variables that nobody declares", invalid, `{ jobs(filter: {statuses: [`+times(4000, "$a%d ")+`]}) { totalCount } }`),
		document("operations", invalid, times(1200, "query A%d { viewer { role } } ")+"query A0 { viewer { role } }"),
		document("operations of one name", invalid, times(1200, "query A { viewer { role } } ")),
		document("operations without name", invalid, times(1200, "{ viewer { role } } ")),
		document("fragments that nothing uses", limit, `{ viewer { role } } `+times(1200, "fragment F%d on Viewer { role } ")),
		document("fragments of one name", limit, `{ viewer { ...F } } `+times(1200, "fragment F on Viewer { role } ")),
		document("fragments that do not exist", limit, `{ viewer { `+times(1900, "...F%d ")+`} }`),
		document("fragments on types that do not exist", limit, `{ viewer { `+times(1200, "... on T%d { role } ")+`} }`),
		given("unknown members of a variable", invalid, `query($f: CustomerFilter) { customers(filter: $f) { totalCount } }`, map[string]any{"f": members(20_000)}),
		given("variables that are not declared", "", `{ viewer { role } }`, members(20_000)),
		given("501 representations", badInput, `query($r: [_Any!]!) { _entities(representations: $r) { __typename } }`, map[string]any{"r": slices.Repeat([]any{map[string]any{"__typename": "Job", "id": "x"}}, 501)}),
		given("20,000 representations", badInput, `query($r: [_Any!]!) { _entities(representations: $r) { __typename } }`, map[string]any{"r": slices.Repeat([]any{map[string]any{"__typename": "Job"}}, 20_000)}),
		given("101 ids", badInput, `query($i: [ID!]!) { nodes(ids: $i) { id } }`, map[string]any{"i": slices.Repeat([]any{"x"}, 101)}),
		given("100,000 ids", badInput, `query($i: [ID!]!) { nodes(ids: $i) { id } }`, map[string]any{"i": slices.Repeat([]any{"x"}, 100_000)}),
		document("ids in the document", badInput, `{ nodes(ids: [`+times(4000, `"x" `)+`]) { id } }`),
	}
}

func members(n int) map[string]any {
	m := map[string]any{}
	for i := range n {
		m[fmt.Sprintf("a%d", i)] = i
	}
	return m
}

// bomb are fragments of which each uses the next one twice.
func bomb(n int, of, last string) string {
	return times(n, "fragment F%d on "+of+" { ...N%d ...N%d } ") + doubled(n, of, last)
}

func doubled(n int, of, last string) string {
	var b strings.Builder
	for i := range n {
		if i+1 < n {
			fmt.Fprintf(&b, "fragment N%d on %s { ...F%d ...F%d } ", i, of, i+1, i+1)
		} else {
			fmt.Fprintf(&b, "fragment N%d on %s { %s } ", i, of, last)
		}
	}
	return b.String()
}

func fragmentAttacks() []attack {
	return []attack{
		document("2^80 fields", limit, `{ viewer { ...F0 } } `+bomb(40, "Viewer", "role")),
		document("2^80 root fields", limit, `{ ...F0 } `+bomb(40, "Query", "viewer { role }")),
		document("2^600 fields", limit, `{ viewer { ...F0 } } `+bomb(300, "Viewer", "role")),
		document("2^80 fields that nothing uses", limit, `{ viewer { role } } `+bomb(40, "Viewer", "role")),
		document("2^24 aliases", limit, `{ viewer { ...F0 } } `+bomb(12, "Viewer", "a: role b: role")),
		document("2^20 directives", limit, `{ viewer { ...F0 } } `+bomb(10, "Viewer", "role @include(if: true)")),
		document("a fragment within itself", invalid, `{ viewer { ...F } } fragment F on Viewer { ...F }`),
		document("fragments in a circle", invalid, `{ viewer { ...F } } fragment F on Viewer { ...G } fragment G on Viewer { ...F }`),
		document("a circle with fields", invalid, `{ jobs { nodes { ...F } } } fragment F on Job { customer { jobs { nodes { ...F } } } }`),
		document("a circle of 500", limit, `{ viewer { ...F0 } } `+times(499, "fragment F%d on Viewer { ...L%d } ")+ring(499)),
		document("a circle of 200", invalid, `{ viewer { ...F0 } } `+times(100, "fragment F%d on Viewer { ...L%d } ")+ring(100)),
		document("50 fragments that do not exist", invalid, `{ viewer { `+times(50, "...F%d ")+`} }`),
		document("all fragments in all", limit, `{ viewer { ...F0 } } `+times(40, "fragment F%d on Viewer { "+times(40, "...F%d ")+"} ")),
		document("fields of one name in 40 fragments", "", `{ viewer { `+times(40, "...F%d ")+`} } `+times(40, "fragment F%d on Viewer { "+strings.Repeat("role ", 40)+"} ")),
		document("objects of one name in 40 fragments", "", `{ jobs(first: 1) { nodes { `+times(40, "...F%d ")+`} } } `+times(40, "fragment F%d on Job { "+strings.Repeat("customer { id name } ", 10)+"} ")),
		document("a conflict in 40 fragments", invalid, `{ jobs(first: 1) { nodes { `+times(40, "...F%d ")+`} } } `+times(40, "fragment F%d on Job { a: customer { b: jobs(first: %d) { totalCount } } } ")),
	}
}

func ring(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment L%d on Viewer { ...F%d } ", i, (i+1)%n)
	}
	return b.String()
}

func directiveAttacks() []attack {
	return []attack{
		document("1,500 directives of a field", limit, `{ viewer `+strings.Repeat("@include(if: true) ", 1500)+`{ role } }`),
		document("directives that do not exist", limit, `{ viewer `+times(4000, "@a%d ")+`{ role } }`),
		document("directives of an operation", limit, `query `+times(4000, "@a%d ")+`{ viewer { role } }`),
		document("directives of a variable", limit, `query($a: Int `+times(4000, "@a%d ")+`) { viewer { role } }`),
		document("directives of a fragment", limit, `{ viewer { ...F } } fragment F on Viewer `+times(4000, "@a%d ")+`{ role }`),
		document("the same directive 190 times", invalid, `{ viewer `+strings.Repeat("@include(if: true) ", 190)+`{ role } }`),
		document("a directive of the schema", invalid, `{ viewer @key(fields: "id") { role } }`),
		document("a skipped root", "", `{ viewer @skip(if: true) { role } }`),
		document("defer", invalid, `{ ... @defer(if: 5) { viewer { role } } }`),
	}
}

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

// internals are words that no answer to a stranger may hold.
var internals = regexp.MustCompile(`(?i)secretword|goroutine|panic|\.go:\d|gqlgen|gqlparser|lazilabs|pgx|postgres|SQLSTATE|stack|runtime error|nil pointer|internal error|json:|<nil>`)

const (
	mostBytes = 64 << 10
	mostCPU   = 250 * time.Millisecond
)

// Nothing that a client can send may cost much, be answered at length, or teach anything about the inside. It runs alone,
// since it measures the processor's time.
func TestHostileRequests(t *testing.T) { //nolint:paralleltest // It measures what the whole process uses.
	s := newServer(t, nil)
	all := slices.Concat(depthAttacks(), breadthAttacks(), fragmentAttacks(), directiveAttacks(), textAttacks(), costAttacks(),
		bodyAttacks(), addressAttacks(), strangers(t, s))
	if len(all) < 120 {
		t.Errorf("%d requests are too few", len(all))
	}
	s.do(t, s.request(t, http.MethodPost, "", `{"query":"{ viewer { role } }"}`))
	before := heap()
	var worst time.Duration
	var worstName string
	for _, a := range all {
		if spent := s.suffer(t, a); spent > worst {
			worst, worstName = spent, a.name
		}
	}
	if after := heap(); after > before+64<<20 {
		t.Errorf("memory grew from %d MB to %d MB", before>>20, after>>20)
	}
	t.Logf("%d requests; the worst took %v of the processor: %s", len(all), worst, worstName)
	if _, text := s.do(t, s.request(t, http.MethodPost, "", `{"query":"{ viewer { role } }"}`)); !strings.Contains(text, "ADMIN") {
		t.Errorf("afterwards the server answers %s", text)
	}
}

// suffer sends a request and looks at the answer. It returns the processor's time that both took.
func (s *server) suffer(t *testing.T, a attack) time.Duration {
	t.Helper()
	method := http.MethodPost
	if a.body == "" {
		method = http.MethodGet
	}
	r := s.request(t, method, a.address, a.body, a.headers...)
	for i := 0; i+1 < len(a.headers); i += 2 {
		if a.headers[i+1] == "" {
			r.Header.Del(a.headers[i])
		}
	}
	start := cpu(t)
	resp, text := s.do(t, r)
	spent := cpu(t) - start
	switch {
	case resp.StatusCode >= http.StatusInternalServerError:
		t.Errorf("%s: status %d, %.300s", a.name, resp.StatusCode, text)
	case len(text) > mostBytes:
		t.Errorf("%s: an answer of %d bytes", a.name, len(text))
	case a.code != "" && !strings.Contains(text, `"code":"`+a.code+`"`):
		t.Errorf("%s: want the code %s, got status %d, %.300s", a.name, a.code, resp.StatusCode, text)
	}
	if word := internals.FindString(text); word != "" {
		t.Errorf("%s: the answer tells %q: %.500s", a.name, word, text)
	}
	if spent > mostCPU*slow {
		t.Errorf("%s: took %v of the processor", a.name, spent)
	}
	return spent
}

// cpu is the processor's time that this process has used.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// heap is the memory in use, without garbage.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
