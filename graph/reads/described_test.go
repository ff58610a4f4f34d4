package reads

import (
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/generated"
	"lazilabs.com/lazi/internal/domain"
)

func schemaOf(t *testing.T) *ast.Schema {
	t.Helper()
	return generated.NewExecutableSchema(generated.Config{}).Schema()
}

// compileText compiles a document.
func compileText(t *testing.T, schema *ast.Schema, text string, variables map[string]any) (*plan, error) {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(schema, text, nil)
	if errs != nil {
		t.Fatalf("%s: %v", text, errs)
	}
	return newPlans(schema, nil).of(&graphql.OperationContext{Doc: doc, Operation: doc.Operations[0], Variables: variables})
}

// TestCompile_everyFieldOfEveryKind keeps the description complete: a field that is added to the schema without one would
// be read the slow way, in silence.
func TestCompile_everyFieldOfEveryKind(t *testing.T) {
	t.Parallel()
	schema := schemaOf(t)
	beside := map[string]bool{"history": true, "allowedTransitions": true, "conflicts": true, "schedule": true} // no columns of the mirror: resolvers answer
	for _, k := range domain.Kinds() {
		for _, f := range schema.Types[k.Name].Fields {
			if strings.HasPrefix(f.Name, "_") || beside[f.Name] {
				continue
			}
			document := fmt.Sprintf("{ node(id: \"x\") { ... on %s { %s%s } } }", k.Name, f.Name, everything(schema, f.Type.Name()))
			if _, err := compileText(t, schema, document, nil); err != nil {
				t.Errorf("%s.%s: %v", k.Name, f.Name, err)
			}
		}
	}
}

// everything selects all fields of a type that is no kind, and a kind's id.
func everything(schema *ast.Schema, name string) string {
	d := schema.Types[name]
	if d.Kind != ast.Object {
		return ""
	}
	if _, isKind := domain.KindByName(name); isKind {
		return " { id }"
	}
	var b strings.Builder
	for _, f := range d.Fields {
		fmt.Fprintf(&b, " %s%s", f.Name, everything(schema, f.Type.Name()))
	}
	return " {" + b.String() + " __typename }"
}

const aDay = `start: "2026-03-11T07:00:00Z", end: "2026-03-12T06:00:00Z"`

// TestCompile_rootsOfKinds does the same for Query. What is no kind's is left to resolvers.
func TestCompile_rootsOfKinds(t *testing.T) {
	t.Parallel()
	schema := schemaOf(t)
	left := map[string]bool{
		"availability": true, "availableSlots": true, "capacity": true, "dispatchBoard": true, "dispatchAlerts": true,
		"jobReasons": true,
		"viewer":     true, "syncStatus": true, "syncRuns": true, "quarantine": true, "searchCustomers": true,
		"auditLog": true, "tenants": true, "_service": true, "__schema": true, "__type": true,
	}
	arguments := map[string]string{
		"id": `id: "MTpKb2I6MQ"`, "ids": `ids: []`, "number": `number: "1"`, "representations": `representations: []`, "query": `query: "ab"`, "name": `name: "x"`,
		"use": "use: CANCEL", "date": `date: "2026-03-11"`, "within": "within: {" + aDay + "}", "input": "input: {within: {" + aDay + "}}",
	}
	for _, f := range schema.Query.Fields {
		given := ""
		for _, a := range f.Arguments {
			if a.Type.NonNull && a.DefaultValue == nil {
				given = "(" + arguments[a.Name] + ")"
			}
		}
		selection := " { __typename }"
		if !schema.Types[f.Type.Name()].IsAbstractType() && !strings.HasPrefix(f.Name, "__") {
			selection = everything(schema, f.Type.Name())
		}
		_, err := compileText(t, schema, "{ "+f.Name+given+selection+" }", nil)
		if (err != nil) != left[f.Name] {
			t.Errorf("Query.%s is left to resolvers: %t, want %t (%v)", f.Name, err != nil, left[f.Name], err)
		}
	}
}

func TestCompile_fetches(t *testing.T) {
	t.Parallel()
	schema := schemaOf(t)
	tests := map[string]struct {
		document string
		fetches  int
	}{
		"rows of a kind named by several columns": {`{ jobs { nodes { firstAppointment { id } lastAppointment { status } } } }`, 2},
		"the same list under two names":           {`{ jobs { nodes { a: appointments { nodes { id } } b: appointments { nodes { status } } } } }`, 2},
		"lists with other arguments":              {`{ jobs { nodes { a: appointments { nodes { id } } b: appointments(first: 2) { nodes { id } } } } }`, 3},
		"only a number":                           {`{ jobs { totalCount } }`, 1},
		"rows and their number":                   {`{ jobs { nodes { id } totalCount } }`, 2},
		"an interface":                            {`{ node(id: "x") { id ... on Job { customer { name } } } }`, len(domain.Kinds()) + 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := compileText(t, schema, tt.document, nil)
			if err != nil {
				t.Fatal(err)
			}
			if p.fetches != tt.fetches {
				t.Errorf("%d questions, want %d", p.fetches, tt.fetches)
			}
		})
	}
}

func TestPlans_oneForEachOutcome(t *testing.T) {
	t.Parallel()
	schema := schemaOf(t)
	doc, errs := gqlparser.LoadQueryWithRules(schema, `query Q($a: Boolean!, $b: Boolean!) { jobs { nodes { id @skip(if: $a) ... @include(if: $b) { number } } } }`, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	plans := newPlans(schema, nil)
	made := map[*plan]bool{}
	for range 2 {
		for _, v := range []map[string]any{{"a": true, "b": true}, {"a": true, "b": false}, {"a": false, "b": true}, {"a": false, "b": false}} {
			p, err := plans.of(&graphql.OperationContext{Doc: doc, Operation: doc.Operations[0], Variables: v})
			if err != nil {
				t.Fatal(err)
			}
			made[p] = true
		}
	}
	if len(made) != 4 {
		t.Errorf("%d plans for four outcomes asked for twice", len(made))
	}
}
