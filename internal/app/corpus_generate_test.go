package app_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// operation is a request of the corpus.
type operation struct {
	number    uint64
	query     string
	name      string
	variables map[string]any
	get       bool
	accept    string

	// slots are where cursors of the answer can go back into the question.
	slots []slot
	// selected are the fields that it selects: "Job.number".
	selected []string
}

// slot is a variable that takes a cursor, and the way to the page that the cursor comes from.
type slot struct {
	variable string
	path     []string
	backward bool
}

// generator makes one operation. Equal seeds make equal operations.
type generator struct {
	schema *ast.Schema
	pool   *pool
	rng    *rand.Rand
	// unfresh leaves out what depends on when and how a row was come by.
	unfresh bool

	hostile   bool
	fields    int // how many more selections there may be, so that documents end
	names     int // how many aliases were given
	variables []variable
	fragments []fragment
	slots     []slot
	selected  map[string]bool
	// constant is set inside a variable's value, which cannot hold variables.
	constant bool
}

// hostileShare is the share of operations that are allowed to be wrong.
const hostileShare = 0.12

// generate makes the operation with a number: it depends on nothing but the seed, the number, the schema and the pool.
func generate(schema *ast.Schema, p *pool, seed, number uint64, unfresh bool) *operation {
	rng := rand.New(rand.NewPCG(seed, number))
	hostile := rng.Float64() < hostileShare
	for {
		g := &generator{
			schema: schema, pool: p, rng: rng, unfresh: unfresh, hostile: hostile,
			fields: 4 + rng.IntN(50), selected: map[string]bool{},
		}
		op := g.operation()
		// What the generator cannot see is whether fragments that are used twice fit together in both places.
		if _, errs := gqlparser.LoadQueryWithRules(schema, op.query, rules.NewDefaultRules()); len(errs) == 0 || hostile && g.chance(0.2) {
			return op
		}
	}
}

func (g *generator) chance(p float64) bool { return g.rng.Float64() < p }

func pick[T any](g *generator, from []T) T { return from[g.rng.IntN(len(from))] }

// operation writes a document around a selection of the query type.
func (g *generator) operation() *operation {
	root := g.selectionSet(newScope(nil), g.schema.Query, room{depth: 7, rows: 40})
	op := &operation{slots: g.slots, get: g.chance(0.05)}
	if g.chance(0.1) {
		op.accept = pick(g, []string{"application/json", "application/graphql-response+json", "*/*", "text/html, */*;q=0.1"})
	}
	var doc strings.Builder
	switch {
	case len(g.variables) == 0 && g.chance(0.5):
		doc.WriteString(root)
	case g.chance(0.15):
		g.several(op, &doc, root)
	default:
		name := ""
		if g.chance(0.7) {
			name = " Corpus"
		}
		if name != "" && g.chance(0.5) {
			op.name = "Corpus"
		}
		doc.WriteString("query" + name + g.declarations() + " " + root)
	}
	for _, f := range g.fragments {
		doc.WriteString("\nfragment " + f.name + " on " + f.on + " " + f.set)
	}
	op.query = doc.String()
	op.variables = g.given()
	for field := range g.selected {
		op.selected = append(op.selected, field)
	}
	return op
}

// several writes a document with more operations than the one that is asked for.
func (g *generator) several(op *operation, doc *strings.Builder, root string) {
	fmt.Fprintf(doc, "query First%s %s\n", g.declarations(), root)
	fmt.Fprintf(doc, "query Second%s { again: __typename ... on Query %s }\n", g.declarations(), root)
	doc.WriteString("query Third { zones(first: 1) { totalCount } }")
	op.name = pick(g, []string{"First", "Second", "Second", "Third"})
	if op.name != "First" {
		op.slots = nil
	}
	if g.hostile && g.chance(0.3) {
		op.name = pick(g, []string{"", "Fourth"})
	}
}
