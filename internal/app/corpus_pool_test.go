package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/generated"
	"lazilabs.com/lazi/internal/domain"
)

// corpusSchema is the schema as the server has it, with what federation adds.
func corpusSchema() *ast.Schema { return generated.NewExecutableSchema(generated.Config{}).Schema() }

// pool holds values of the company's own records, so that filters and ids of generated operations find something.
type pool struct {
	// ids are the global ids of a kind's records.
	ids map[string][]string
	// texts are what a kind's records have in a field: "Customer.name", "Job.createdAt".
	texts map[string][]string
	// cursors are cursors of the plain list at a root field: "customers".
	cursors map[string][]string
}

// isMirroredList tells whether a field of the query type lists records of a kind, rather than sync runs and the like.
func isMirroredList(f *ast.FieldDefinition) bool {
	kind, isList := strings.CutSuffix(f.Type.Name(), "Connection")
	_, mirrored := domain.KindByName(kind)
	return isList && mirrored
}

// isApart tells whether a field of the query type tells of the copying itself, which goes on meanwhile.
func isApart(f *ast.FieldDefinition) bool {
	return f.Name == "syncStatus" || f.Name == "syncRuns" || f.Name == "quarantine" || isPlan(f)
}

// isPlan tells fields that are made of many rows, or kept beside them: no plan is compiled for them, so that there is nothing to
// compare.
func isPlan(f *ast.FieldDefinition) bool {
	_, made := planned[f.Name]
	return made || f.Name == "jobReasons" || f.Name == "allowedTransitions"
}

// harvest asks each list of the schema for its records and keeps what they hold.
func harvest(t *testing.T, w *corpusWorld, schema *ast.Schema, h http.Handler) *pool {
	t.Helper()
	p := &pool{ids: map[string][]string{}, texts: map[string][]string{}, cursors: map[string][]string{}}
	for _, f := range schema.Query.Fields {
		if !isMirroredList(f) {
			continue
		}
		kind := strings.TrimSuffix(f.Type.Name(), "Connection")
		everything := ""
		if filter := schema.Types[f.Arguments.ForName("filter").Type.Name()]; filter.Fields.ForName("active") != nil {
			everything = ", filter: {active: null}"
		}
		op := &operation{query: "{ all: " + f.Name + "(first: 500" + everything + ") { nodes { " + plainFields(schema.Types[kind]) + "} } " +
			"some: " + f.Name + "(first: 8) { edges { cursor } } }"}
		var got struct {
			Data struct {
				All  struct{ Nodes []map[string]any }
				Some struct{ Edges []struct{ Cursor string } }
			}
		}
		body := w.send(t, h, op).body
		if err := json.Unmarshal(body, &got); err != nil || len(got.Data.All.Nodes) == 0 {
			t.Fatalf("harvest of %s: %v: %.300s", f.Name, err, body)
		}
		for _, node := range got.Data.All.Nodes {
			p.keep(kind, node)
		}
		for _, edge := range got.Data.Some.Edges {
			p.cursors[f.Name] = append(p.cursors[f.Name], edge.Cursor)
		}
	}
	return p
}

// plainFields selects what needs neither arguments nor a selection of its own.
func plainFields(def *ast.Definition) string {
	var b strings.Builder
	for _, f := range def.Fields {
		switch f.Type.Name() {
		case "ID", "String", "BigInt", "DateTime":
			b.WriteString(f.Name + " ")
		}
	}
	return b.String()
}

// keep takes the values of a record.
func (p *pool) keep(kind string, node map[string]any) {
	for field, value := range node {
		var texts []string
		switch value := value.(type) {
		case string:
			texts = []string{value}
		case []any:
			for _, v := range value {
				texts = append(texts, v.(string))
			}
		}
		if field == "id" {
			p.ids[kind] = append(p.ids[kind], texts...)
		} else {
			p.texts[kind+"."+field] = append(p.texts[kind+"."+field], texts...)
		}
	}
}

// absent is the global id of a record that does not exist.
func absent(kind string) string { return domain.GlobalID{Kind: kind, ID: 987654321}.String() }
