package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

// TestScreens runs each screen's document over a whole company. A document may cost one SQL statement for each level and
// kind that it selects, and one more where it selects totalCount; the board at most twelve in all.
func TestScreens(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.DefaultSizes())
	places, err := app.PlacesOf(w.sim, domain.Tenant{ID: domain.TenantID(tenant), TimeZone: "America/Denver"})
	if err != nil {
		t.Fatal(err)
	}
	examples, err := app.Examples(places)
	if err != nil {
		t.Fatal(err)
	}
	if len(examples) < 12 {
		t.Errorf("%d screens, want twelve or more", len(examples))
	}
	schema := loadSchema(t)
	w.ask(t, "{ viewer { currency } }", nil) // settings and copy states are read once and remembered
	w.ask(t, "{ customers(first: 1) { nodes { name } } }", nil)
	w.as(t, tenant, auth.Viewer, "{ syncStatus { entity } }") // a refusal for the audit log
	for _, e := range examples {
		if !strings.Contains(e.Query, "\nquery ") {
			continue // what changes or streams is no screen
		}
		t.Run(e.Name, func(t *testing.T) {
			w.statements.take()
			a := w.ask(t, e.Query, e.Variables)
			sent := w.statements.take()
			if len(a.Errors) > 0 {
				t.Fatalf("errors %+v", a.Errors)
			}
			allowed := budget(t, schema, e.Query)
			if most, ok := atMost[e.Name]; ok {
				allowed = min(allowed, most)
			}
			objects := strings.Count(string(a.Data), `"id":`) + strings.Count(string(a.Data), `"entity":`) + strings.Count(string(a.Data), `"operation":`)
			t.Logf("%d statements of %d, %d objects, %d bytes", len(sent), allowed, objects, len(a.Data))
			if len(sent) > allowed {
				t.Errorf("%d statements, want at most %d:\n%s", len(sent), allowed, strings.Join(sent, "\n"))
			}
			if objects == 0 {
				t.Errorf("the answer is empty: %.200s", a.Data)
			}
			if strings.HasSuffix(e.Name, "board") && objects < 1250 {
				t.Errorf("the board has %d objects, want a full day", objects)
			}
		})
	}
}

// atMost is how many statements some screens may cost in all, whatever budget says.
var atMost = map[string]int{"board": 12, "dispatch-board": 20, "alerts": 11, "slots": 9, "technician-week": 11, "availability": 14}

// TestExamples_thatChange runs the mutations among the examples as they stand, and then for good.
func TestExamples_thatChange(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	places, err := app.PlacesOf(w.sim, domain.Tenant{ID: domain.TenantID(tenant), TimeZone: "America/Denver"})
	if err != nil {
		t.Fatal(err)
	}
	examples, err := app.Examples(places)
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, e := range examples {
		if !strings.Contains(e.Query, "\nmutation ") || e.Name == "start-sync" {
			continue
		}
		ran++
		for _, variables := range []string{string(e.Variables), strings.Replace(string(e.Variables), `"dryRun": true`, `"dryRun": false`, 1)} {
			a := w.ask(t, e.Query, json.RawMessage(variables))
			if len(a.Errors) > 0 || !strings.Contains(string(a.Data), `"userErrors":[]`) && !strings.Contains(string(a.Data), "DOUBLE_BOOKED") {
				t.Errorf("%s: %s %+v", e.Name, a.Data, a.Errors)
			}
		}
	}
	if ran < 2 {
		t.Errorf("%d mutations ran", ran)
	}
}

// planned is how many statements the rows of a plan cost: technicians, appointments, assignments, shifts and what is no job; for
// slots the location, the type, and the jobs and locations before; for capacity business units and zones. Rows that stand in a
// plan are asked for once more, all kinds together, for what the document shows of them. Below a plan levels cost what they cost
// elsewhere.
var planned = map[string]int{
	"dispatchBoard": 10, "dispatchAlerts": 7, "availability": 5, "availableSlots": 9, "capacity": 7, "schedule": 7, "conflicts": 1,
	"history": 1,
}

func loadSchema(t *testing.T) *ast.Schema {
	t.Helper()
	var sources []*ast.Source
	files, err := os.ReadDir("../../graph/schema")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile("../../graph/schema/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: f.Name(), Input: string(text)})
	}
	sources = append(sources, &ast.Source{Name: "federation", BuiltIn: true, Input: federation})
	schema, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// federation declares what the schema imports from the federation specification.
const federation = `
directive @link(url: String!, import: [String!]) repeatable on SCHEMA
directive @key(fields: String!) repeatable on OBJECT | INTERFACE
directive @shareable repeatable on OBJECT | FIELD_DEFINITION
directive @tag(name: String!) repeatable on FIELD_DEFINITION | INTERFACE | OBJECT | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
`

// budget counts the statements that a document may cost.
func budget(t *testing.T, schema *ast.Schema, query string) int {
	t.Helper()
	doc, err := gqlparser.LoadQueryWithRules(schema, query, nil)
	if err != nil {
		t.Fatal(err)
	}
	costs := map[string]bool{}
	walk(costs, doc.Operations[0].SelectionSet, 0)
	return len(costs)
}

func walk(costs map[string]bool, set ast.SelectionSet, level int) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			name := s.Definition.Type.Name()
			below := level
			for i := range planned[s.Name] {
				costs[fmt.Sprint(s.Name, " ", i)] = true
			}
			if kind, isPage := strings.CutSuffix(name, "Connection"); isPage {
				name = kind
				if s.SelectionSet != nil && selects(s.SelectionSet, "totalCount") {
					costs[fmt.Sprint(level, name, " counted")] = true
				}
				if !selects(s.SelectionSet, "nodes", "edges", "pageInfo") {
					continue
				}
			}
			if _, isKind := domain.KindByName(name); isKind && s.Name != "nodes" && s.Name != "node" || strings.HasSuffix(s.Definition.Type.Name(), "Connection") {
				costs[fmt.Sprint(level, name)] = true
				below++
			}
			if name == "SyncState" {
				costs["states"], costs["their runs"] = true, true
			}
			walk(costs, s.SelectionSet, below)
		case *ast.InlineFragment:
			walk(costs, s.SelectionSet, level)
		case *ast.FragmentSpread:
			walk(costs, s.Definition.SelectionSet, level)
		}
	}
}

func selects(set ast.SelectionSet, names ...string) bool {
	for _, s := range set {
		if f, ok := s.(*ast.Field); ok {
			if slices.Contains(names, f.Name) {
				return true
			}
		}
	}
	return false
}
