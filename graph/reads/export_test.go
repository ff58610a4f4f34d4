package reads

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Compile tells whether a document is compiled.
func Compile(schema *ast.Schema, makers Makers, doc *ast.QueryDocument) error {
	_, err := compile(schema, makers, &graphql.OperationContext{Doc: doc, Operation: doc.Operations[0]})
	return err
}
