package graph

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"lazilabs.com/lazi/graph/access"
	"lazilabs.com/lazi/graph/generated"
	"lazilabs.com/lazi/graph/limits"
)

// Whatever a client sends as a document, it is let through with a cost or refused with a code.
func FuzzDocuments_areCheckedWithoutPanic(f *testing.F) {
	files, err := filepath.Glob("../docs/queries/*.graphql")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{
		`query($n: Int = 5, $r: [_Any!]!) { jobs(first: $n, last: 3) { edges { node { id } } } _entities(representations: $r) { __typename } }`,
		`{ ...F } fragment F on Query { jobs { ...G nodes { ... on Job @include(if: true) { id } } } } fragment G on JobConnection { totalCount }`,
		`{ ...F } fragment F on Query { ...F }`, `fragment F on Nothing { a } { a }`, `subscription { syncProgress { runId } }`, `{ a(first: $x) { b } }`,
	} {
		f.Add(text)
	}
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	rules, err := access.New(schema)
	if err != nil {
		f.Fatal(err)
	}
	d := newDocuments(schema, limits.Default(), rules)
	f.Fuzz(func(t *testing.T, text string) {
		doc, errs := d.of(text, true)
		for _, e := range errs {
			if e.Extensions["code"] == nil || e.Message == "" {
				t.Errorf("%q: an error without code or words: %+v", text, e)
			}
		}
		if errs != nil {
			return
		}
		for _, op := range doc.Operations {
			if n, err := d.limits.Check(doc.costs[op], nil); n < 0 || (err == nil && n > d.limits.Cost) {
				t.Errorf("%q costs %d, %v", text, n, err)
			}
		}
		if found, ok := (found{}).Get(context.WithValue(t.Context(), documentKey{}, doc), text); !ok || found != doc.QueryDocument {
			t.Error("the executor does not find the document")
		}
	})
}
