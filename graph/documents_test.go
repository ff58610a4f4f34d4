package graph_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// The screens' documents are part of the product: the Playground offers them. Each must fit the schema, and its
// variables must fit it.
func TestDocuments_fitTheSchema(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../docs/queries/*.graphql")
	if err != nil || len(files) < 12 {
		t.Fatalf("found %d documents, %v: the screens are twelve", len(files), err)
	}
	s := loadSchema(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".graphql"), func(t *testing.T) {
			t.Parallel()
			checkDocument(t, s, file)
		})
	}
}

func checkDocument(t *testing.T, s *ast.Schema, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), "# ") {
		t.Error("the document does not begin with a sentence about its screen")
	}
	doc, errs := gqlparser.LoadQueryWithRules(s, string(text), rules.NewDefaultRules())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if len(doc.Operations) != 1 || doc.Operations[0].Name == "" {
		t.Fatal("the document must hold one operation with a name")
	}
	checkVariables(t, s, doc.Operations[0], strings.TrimSuffix(file, ".graphql")+".variables.json")
}

func checkVariables(t *testing.T, s *ast.Schema, op *ast.OperationDefinition, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var vars map[string]any
	if err := json.Unmarshal(text, &vars); err != nil {
		t.Fatalf("variables: %v", err)
	}
	placeholders := map[string]bool{
		"$ANCHOR_START": true, "$ANCHOR_END": true, "$WEEK_START": true, "$WEEK_END": true, "$CUSTOMER": true,
		"$JOB": true, "$TECHNICIAN": true, "$SERVICE": true, "$CATEGORY": true, "$ANCHOR_DAY": true,
	}
	for name, value := range vars {
		if op.VariableDefinitions.ForName(name) == nil {
			t.Errorf("variable %s is given but not declared", name)
		}
		if v, ok := value.(string); ok && strings.HasPrefix(v, "$") && !placeholders[v] {
			t.Errorf("variable %s is %s, which nothing replaces", name, v)
		}
	}
	if _, err := validator.VariableValues(s, op, vars); err != nil {
		t.Errorf("variables do not fit: %v", err)
	}
}
