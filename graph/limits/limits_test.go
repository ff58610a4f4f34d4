package limits_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"lazilabs.com/lazi/graph/generated"
	"lazilabs.com/lazi/graph/limits"
	"lazilabs.com/lazi/internal/domain"
)

var paging = limits.Paging{Default: domain.DefaultPage, Max: domain.MaxPage}

// measure parses a document and returns the limit that it is beyond, if any.
func measure(t *testing.T, l limits.Limits, text string) *limits.ExceededError {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	e, _ := errors.AsType[*limits.ExceededError](l.Measure(doc))
	return e
}

// cost returns what the first operation of a valid document costs.
func cost(t *testing.T, text string, variables map[string]any) (int64, error) {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(generated.NewExecutableSchema(generated.Config{}).Schema(), text, rules.NewDefaultRules())
	if errs != nil {
		t.Fatal(errs)
	}
	l := limits.Default()
	return l.Check(l.Prices(doc, paging)[doc.Operations[0]], variables)
}

// doubling are fragments of which each selects the next one twice: 2^n of the last.
func doubling(n int, of, last string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on %s { ...F%d ...on %[2]s { ...F%[3]d } } ", i, of, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on %s { %s }", n, of, last)
	return b.String()
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	l := limits.Limits{Depth: 5, RootFields: 3, Selections: 20, Aliases: 2, Directives: 2, Repeats: 4, Spreads: 4, Fragments: 41, NameBytes: 10}
	for name, tt := range map[string]struct {
		text, limit string
		value       int64
	}{
		"small":                    {`{ a { b c } d: e }`, "", 0},
		"deep":                     {`{ a { b { c { d { e { f } } } } } }`, "depth", 6},
		"deep through fragments":   {`{ a { b { ...F } } } fragment F on T { c { ...G } } fragment G on T { d { e { f } } }`, "depth", 6},
		"deep and unused":          {`{ a } fragment F on T { a { b { c { d { e { f } } } } } }`, "depth", 6},
		"inline is not deeper":     {`{ a { ... { ... { ... { ... { ... { b } } } } } } }`, "", 0},
		"root fields":              {`{ a b c d }`, "root fields", 4},
		"root fields by fragments": {`{ a ...F ...G } fragment F on Q { b c } fragment G on Q { d }`, "root fields", 4},
		"each operation counts":    {`query A { a b } query B { c d }`, "", 0},
		"selections":               {`{ a { ` + strings.Repeat("b c d e ", 3) + `f g h i j k l m } }`, "selections", 21},
		"2^40 selections":          {`{ a { ...F0 } } ` + doubling(40, "T", "b"), "selections", 1 << 30},
		"aliases":                  {`{ a { x: b y: c z: d } }`, "aliases", 3},
		"aliases by fragments":     {`{ a { ...F } b { ...F } } fragment F on T { x: c y: d }`, "aliases", 4},
		"directives":               {`{ a @x @y @z }`, "directives", 3},
		"directives elsewhere":     {`query($v: Int @x) @y { ...F @z } fragment F on Q { a }`, "directives", 3},
		"one name":                 {`{ a { b b b ... { b b } } }`, "fields of one name in one place", 5},
		"one name by fragments":    {`{ ...F ...F a { b } } fragment F on Q { a { b b } }`, "fields of one name in one place", 5},
		"fragments inside inlines": {`{ a { ... { ...F ...F ... { ...F } } ...F ...F } } fragment F on Q { a }`, "fragments in one place", 5},
		"fragments in one place":   {`{ a { ...F ...F ...F ...F ...F } } fragment F on Q { a }`, "fragments in one place", 5},
		"fragments all in a ring":  {`{ a { ...F } } fragment F on Q { ...G ...H ...I } fragment G on Q { ...F ...H ...I } fragment H on Q { ...F ...G ...I } fragment I on Q { ...F ...G ...H }`, "selections", 26},
		"one fragment":             {`{ ...F ...F ...F ...F ...F } fragment F on Q { a }`, "root fields", 5},
		"fragments":                {`{ a } ` + strings.Repeat("fragment F on Q { a } ", 42), "fragments", 42},
		"a long name":              {`{ aVeryLongName }`, "bytes of a name", 13},
		"a long alias":             {`{ aVeryLongName: a }`, "bytes of a name", 13},
		"a long variable":          {`query($aVeryLongName: Int) { a }`, "bytes of a name", 13},
		"a circle":                 {`{ ...F } fragment F on Q { a ...G } fragment G on Q { ...F }`, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := measure(t, l, tt.text)
			if tt.limit == "" {
				if got != nil {
					t.Errorf("refused: %v", got)
				}
				return
			}
			if got == nil || got.Limit != tt.limit || got.Value != tt.value {
				t.Errorf("got %+v, want %s %d", got, tt.limit, tt.value)
			}
		})
	}
}

func TestCost(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text      string
		variables map[string]any
		want      int64
	}{
		"scalars are free":             {`{ __typename }`, nil, 0},
		"an object":                    {`{ viewer { role } }`, nil, 1},
		"a page":                       {`{ jobs(first: 10) { nodes { id } } }`, nil, 11},
		"a page by edges":              {`{ jobs(first: 10) { edges { node { id } } } }`, nil, 21},
		"a page that nobody sizes":     {`{ jobs { nodes { id } } }`, nil, 26},
		"the larger of two sizes":      {`{ jobs(first: 2, last: 10) { nodes { id } } }`, nil, 11},
		"no rows asked for":            {`{ jobs(first: 500) { totalCount pageInfo { hasNextPage } } }`, nil, 2},
		"by a variable":                {`query($n: Int) { jobs(first: $n) { nodes { id } } }`, map[string]any{"n": json.Number("7")}, 8},
		"by a variable with default":   {`query($n: Int = 7) { jobs(first: $n) { nodes { id } } }`, map[string]any{"n": int64(7)}, 8},
		"by a variable that is absent": {`query($n: Int) { jobs(first: $n) { nodes { id } } }`, nil, 26},
		"beyond what is accepted":      {`query($n: Int) { jobs(first: $n) { nodes { id } } }`, map[string]any{"n": json.Number("99999999999")}, 501},
		"pages of pages":               {`{ customers(first: 10) { nodes { jobs(first: 3) { nodes { id } } } } }`, nil, 1 + 10*(1+1+3)},
		"pages of pages by variables":  {`query($a: Int, $b: Int) { customers(first: $a) { nodes { jobs(first: $b) { nodes { id } } } } }`, map[string]any{"a": 10, "b": 3}, 51},
		"by fragments":                 {`{ customers(first: 10) { ...C } } fragment C on CustomerConnection { nodes { ...N } } fragment N on Customer { jobs(first: 3) { nodes { id } } }`, nil, 51},
		"a fragment in two pages":      {`{ a: jobs(first: 2) { ...J } b: jobs(first: 3) { ...J } } fragment J on JobConnection { nodes { id } }`, nil, 7},
		"a plain list":                 {`{ technician(id: "x") { zones { id } } }`, nil, 3},
		"objects by id":                {`query($i: [ID!]!) { nodes(ids: $i) { id } }`, map[string]any{"i": []any{"a", "b", "c"}}, 3},
		"one object for a list":        {`query { nodes(ids: "a") { id } }`, nil, 1},
		"objects in the document":      {`query { nodes(ids: ["a", "b"]) { id } }`, nil, 2},
		"events":                       {`subscription { syncProgress { runId } }`, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := cost(t, tt.text, tt.variables); err != nil || got != tt.want {
				t.Errorf("cost %d, %v; want %d", got, err, tt.want)
			}
		})
	}
}

func TestCost_refusals(t *testing.T) {
	t.Parallel()
	pages := strings.Repeat("{ nodes { customer { jobs(first: 500) ", 5) + "{ totalCount }" + strings.Repeat("} } }", 5)
	for name, tt := range map[string]struct {
		text      string
		variables map[string]any
		want      limits.ExceededError
	}{
		"500^5 rows": {`{ jobs(first: 500) ` + pages + ` }`, nil, limits.ExceededError{Limit: "cost", Max: 1_000_000, Value: 1 << 40}},
		"500^3 rows by variable": {
			`query($n: Int) { jobs(first: $n) { nodes { customer { jobs(first: $n) { nodes { customer { jobs(first: $n) { nodes { id } } } } } } } } }`,
			map[string]any{"n": 500},
			limits.ExceededError{Limit: "cost", Max: 1_000_000, Value: 1 + 500*(2+1+500*(2+1+500))},
		},
		"101 ids":             {`query($i: [ID!]!) { nodes(ids: $i) { id } }`, map[string]any{"i": make([]any, 101)}, limits.ExceededError{Limit: "Query.nodes(ids)", Max: 100, Value: 101, Argument: true}},
		"101 ids in the text": {`{ nodes(ids: [` + strings.Repeat(`"a" `, 101) + `]) { id } }`, nil, limits.ExceededError{Limit: "Query.nodes(ids)", Max: 100, Value: 101, Argument: true}},
		"501 representations": {`query($r: [_Any!]!) { _entities(representations: $r) { __typename } }`, map[string]any{"r": make([]any, 501)}, limits.ExceededError{Limit: "Query._entities(representations)", Max: 500, Value: 501, Argument: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := cost(t, tt.text, tt.variables)
			got, ok := errors.AsType[*limits.ExceededError](err)
			if !ok {
				t.Fatalf("error %v", err)
			}
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What people are meant to ask must pass, with room to spare but for the largest.
func TestDefault_letsTheProductsOwnDocumentsPass(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../docs/queries/*.graphql")
	if err != nil || len(files) < 12 {
		t.Fatalf("found %d documents, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		variables := map[string]any{}
		if text, err := os.ReadFile(strings.TrimSuffix(file, ".graphql") + ".variables.json"); err == nil {
			if err := json.Unmarshal(text, &variables); err != nil {
				t.Fatal(err)
			}
		}
		if e := measure(t, limits.Default(), string(text)); e != nil {
			t.Errorf("%s: %v", file, e)
		}
		n, err := cost(t, string(text), variables)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		t.Logf("%s costs %d", filepath.Base(file), n)
	}
}

func BenchmarkCheck(b *testing.B) {
	doc, errs := gqlparser.LoadQueryWithRules(generated.NewExecutableSchema(generated.Config{}).Schema(),
		`query($n: Int) { customers(first: $n) { nodes { locations(first: $n) { nodes { jobs(first: 5) { nodes { id technicians: appointments { nodes { technicians { id } } } } } } } } } }`, rules.NewDefaultRules())
	if errs != nil {
		b.Fatal(errs)
	}
	l := limits.Default()
	c := l.Prices(doc, paging)[doc.Operations[0]]
	variables := map[string]any{"n": json.Number("5")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Check(c, variables); err != nil {
			b.Fatal(err)
		}
	}
}
