package graph_test

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/internal/auth"
)

var update = flag.Bool("update", false, "write testdata/access.txt anew")

// TestAccess_everyFieldAndEveryRole asks for each root field and for each type with a key, as each role, and holds who may
// against testdata/access.txt: whoever changes a rule sees there what it means.
func TestAccess_everyFieldAndEveryRole(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	tokens := map[auth.Role]string{}
	for _, role := range auth.Roles() {
		tokens[role] = s.bearer(t, role, time.Hour)
	}
	var lines []string
	questions := questions(loadSchema(t))
	for _, name := range slices.Sorted(maps.Keys(questions)) {
		var may []string
		for _, role := range auth.Roles() {
			_, body := s.asked(t, tokens[role], questions[name])
			if !strings.Contains(body, `"code":"FORBIDDEN"`) {
				may = append(may, string(role))
			}
		}
		lines = append(lines, name+": "+strings.Join(may, " "))
	}
	const file = "testdata/access.txt"
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("who may ask for what (-testdata +is; go test ./graph -run Access -update):\n%s", diff)
	}
}

// asked sends a body and returns the status and the body of the answer.
func (s *server) asked(t *testing.T, token, body string) (status int, answer string) {
	t.Helper()
	resp, answer := s.do(t, s.request(t, http.MethodPost, "", body,
		"Content-Type", "application/json", "Accept", "application/graphql-response+json", "Authorization", token))
	return resp.StatusCode, answer
}

// questions are bodies that ask for one thing each: for each root field, and for each type with a key through `node`.
func questions(schema *ast.Schema) map[string]string {
	out := map[string]string{}
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription} {
		for _, f := range root.Fields {
			if !strings.HasPrefix(f.Name, "_") {
				out[root.Name+"."+f.Name] = question(strings.ToLower(root.Name), field(schema, f))
			}
		}
	}
	for _, d := range schema.Types {
		if d.Directives.ForName("key") != nil {
			out[d.Name] = question("query", fmt.Sprintf(`node(id: "MTpKb2I6MQ") { ... on %s { id } }`, d.Name))
		}
	}
	return out
}

func question(operation, selection string) string {
	return fmt.Sprintf(`{"query":%q}`, operation+" { "+selection+" }")
}

// field asks for a field with the least arguments it takes, and for the names of what it leads to.
func field(schema *ast.Schema, f *ast.FieldDefinition) string {
	var args []string
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil {
			args = append(args, a.Name+": "+least(schema, a.Type))
		}
	}
	out := f.Name
	if len(args) > 0 {
		out += "(" + strings.Join(args, ", ") + ")"
	}
	if schema.Types[f.Type.Name()].IsCompositeType() {
		out += " { __typename }"
	}
	return out
}

// least is a small value of an input type.
func least(schema *ast.Schema, t *ast.Type) string {
	if t.Elem != nil {
		return "[" + least(schema, t.Elem) + "]"
	}
	switch d := schema.Types[t.Name()]; {
	case d.Kind == ast.Enum:
		return d.EnumValues[0].Name
	case d.Kind == ast.InputObject:
		var members []string
		for _, m := range d.Fields {
			if m.Type.NonNull && m.DefaultValue == nil {
				members = append(members, m.Name+": "+least(schema, m.Type))
			}
		}
		return "{" + strings.Join(members, ", ") + "}"
	case t.Name() == "ID":
		return `"MTpKb2I6MQ"`
	case t.Name() == "Boolean":
		return "true"
	case t.Name() == "Date":
		return `"2026-01-02"`
	case t.Name() == "DateTime":
		return `"2026-01-02T15:04:05Z"`
	case t.Name() == "Int", t.Name() == "BigInt": // the callers' own tenant, where it is one
		return "1001"
	}
	return `"1"`
}

func TestAccess_conditionsCount(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	token := s.bearer(t, auth.Technician, time.Hour)
	const query = `query($money: Boolean!) { customers { nodes { name invoices @include(if: $money) { totalCount } ...Paid @skip(if: false) } } }
		fragment Paid on Customer { payments @skip(if: true) { totalCount } }`
	for money, want := range map[bool]bool{true: true, false: false} {
		_, body := s.asked(t, token, fmt.Sprintf(`{"query":%q,"variables":{"money":%t}}`, query, money))
		if got := strings.Contains(body, "Customer.invoices takes the permission invoices:read, which the role TECHNICIAN does not have"); got != want {
			t.Errorf("with money %t: %s", money, body)
		}
	}
}

func TestAccess_refusalsAreNoServerErrors(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	token := s.bearer(t, auth.Viewer, time.Hour)
	status, body := s.asked(t, token, `{"query":"{ syncStatus { entity } }"}`)
	want := `{"errors":[{"message":"Query.syncStatus takes the permission sync:run, which the role VIEWER does not have","locations":[{"line":1,"column":3}],` +
		`"extensions":{"code":"FORBIDDEN","field":"Query.syncStatus","permission":"sync:run"}}]}`
	if status != http.StatusBadRequest || strings.TrimSpace(body) != want {
		t.Errorf("status %d, %s", status, body)
	}
}
