package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// report tells what the corpus was like.
func (c *comparison) report(t *testing.T) {
	t.Helper()
	t.Logf("seed %d: %d operations, %d without errors, %d more pages; %d answered by plans; %d with errors in another order; %d fields; %d kB; reference %v, compiled %v side by side",
		*corpusSeed, c.asked, c.fine, c.followed, c.answered, c.unsettled, len(c.selected), c.bytes>>10,
		c.spent[0].Round(time.Millisecond), c.spent[1].Round(time.Millisecond))
	for _, reason := range slices.Sorted(maps.Keys(c.refused)) {
		t.Logf("%5d answered by resolvers, without errors: %s", c.refused[reason], reason)
	}
}

// checkShares fails when too few operations prove something.
func (c *comparison) checkShares(t *testing.T) {
	t.Helper()
	if share := float64(c.fine) / float64(c.asked); share < fineShare {
		t.Errorf("%.3f of the operations have no error, want %v", share, fineShare)
	}
	if share := float64(c.fineAnswered) / float64(c.fine); share < compiledShare {
		t.Errorf("plans answered %.3f of the operations without errors, want %v", share, compiledShare)
	}
}

// checkCoverage fails for every field that can be reached and was never selected.
func (c *comparison) checkCoverage(t *testing.T) {
	t.Helper()
	for _, def := range reachable(c.schema) {
		for _, f := range def.Fields {
			if isApart(f) {
				continue
			}
			if name := def.Name + "." + f.Name; c.selected[name] == 0 {
				t.Errorf("no operation selects %s", name)
			}
		}
	}
}

// reachable are the object types that answers can have, but for those of the introspection.
func reachable(schema *ast.Schema) []*ast.Definition {
	seen := map[string]bool{}
	var out []*ast.Definition
	var visit func(def *ast.Definition)
	visit = func(def *ast.Definition) {
		if seen[def.Name] || strings.HasPrefix(def.Name, "__") {
			return
		}
		seen[def.Name] = true
		for _, possible := range schema.GetPossibleTypes(def) {
			visit(possible)
		}
		if def.Kind == ast.Object {
			out = append(out, def)
		}
		for _, f := range def.Fields {
			if isApart(f) {
				continue
			}
			visit(schema.Types[f.Type.Name()])
		}
	}
	visit(schema.Query)
	return out
}

// describe is all that it takes to ask an operation again.
func (op *operation) describe() string {
	variables, err := json.Marshal(op.variables)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("-corpus.seed=%d -corpus.only=%d, operation %q, GET %v, Accept %q\n%s\nvariables %s",
		*corpusSeed, op.number, op.name, op.get, op.accept, op.query, variables)
}
