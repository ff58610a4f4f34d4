package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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
		document("fields of one name in 40 fragments", limit, `{ viewer { `+times(40, "...F%d ")+`} } `+times(40, "fragment F%d on Viewer { "+strings.Repeat("role ", 40)+"} ")),
		document("objects of one name in 40 fragments", limit, `{ jobs(first: 1) { nodes { `+times(40, "...F%d ")+`} } } `+times(40, "fragment F%d on Job { "+strings.Repeat("customer { id name } ", 10)+"} ")),
		document("fields of one name in 196 fragments", limit, `{ viewer { `+times(14, "...A%d ")+`} } `+times(14, "fragment A%d on Viewer { "+times(14, "...B%d ")+"} ")+times(14, "fragment B%d on Viewer { "+strings.Repeat("role ", 20)+"} ")),
		document("50 objects with 50 fields of one name", limit, `{ jobs(first: 1) { nodes { `+strings.Repeat("customer { "+strings.Repeat("id ", 50)+"} ", 50)+`} } }`),
		document("100 fields of one name", "", `{ viewer { `+strings.Repeat("role ", 100)+`} }`),
		document("40 names 100 times", "", `{ viewer { `+strings.Repeat("role subject tenantId tenantName timeZone currency __typename ", 100)+`} }`),
		document("50 unknown fragments in 90 places", "", `{ jobs(first: 1) { nodes { `+times(90, "a%d: customer { "+strings.Repeat("...A ...B%d ", 25)+"} ")+`} } }`),
		document("50 unknown fragments each in 90 places", "", `{ jobs(first: 1) { nodes { `+places(90, 50)+`} } }`),
		document("unknown fragments in inline fragments", limit, `{ viewer { `+times(1200, "... { ...A%d } ")+`} }`),
		document("a conflict in 40 fragments", invalid, `{ jobs(first: 1) { nodes { `+times(40, "...F%d ")+`} } } `+times(40, "fragment F%d on Job { a: customer { b: jobs(first: %d) { totalCount } } } ")),
	}
}

// places are objects of each of which so many fragments are selected, all different.
func places(n, fragments int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: customer { ", i)
		for j := range fragments {
			fmt.Fprintf(&b, "...A%dB%d ", i, j)
		}
		b.WriteString("} ")
	}
	return b.String()
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
