package reads_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/generated"
	"lazilabs.com/lazi/graph/reads"
	"lazilabs.com/lazi/graph/resolvers"
	"lazilabs.com/lazi/internal/domain"
)

// TestMakers_everyField keeps what is made bound to the schema: a field that a struct lacks would be read the slow way, in silence.
func TestMakers_everyField(t *testing.T) {
	t.Parallel()
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	makers := (&resolvers.Resolver{}).Makers()
	for name := range makers {
		on, field, _ := strings.Cut(name, ".")
		selected := selection(schema, schema.Types[on].Fields.ForName(field))
		text := "{ " + selected + " }"
		if on != schema.Query.Name {
			text = fmt.Sprintf(`{ node(id: "x") { ... on %s { %s } } }`, on, selected)
		}
		doc, errs := gqlparser.LoadQueryWithRules(schema, text, nil)
		if errs != nil {
			t.Fatalf("%s: %v", text, errs)
		}
		if err := reads.Compile(schema, makers, doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// selection selects all that there is below a field, of a kind its id.
func selection(schema *ast.Schema, f *ast.FieldDefinition) string {
	var b strings.Builder
	b.WriteString(f.Name)
	for _, a := range f.Arguments {
		switch a.Type.Name() {
		case "Date":
			fmt.Fprintf(&b, `(%s: "2026-03-11")`, a.Name)
		case "TimeWindowInput":
			fmt.Fprintf(&b, `(%s: {start: "2026-03-11T00:00:00Z", end: "2026-03-12T00:00:00Z"})`, a.Name)
		}
	}
	d := schema.Types[f.Type.Name()]
	if d.Kind != ast.Object {
		return b.String()
	}
	if _, isKind := domain.KindByName(d.Name); isKind {
		return b.String() + " { id }"
	}
	b.WriteString(" { __typename")
	for _, below := range d.Fields {
		b.WriteString(" " + selection(schema, below))
	}
	return b.String() + " }"
}
