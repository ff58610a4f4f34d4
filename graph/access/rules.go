// Package access says which permission each field of the graph takes, from the schema's @access directives, and refuses
// operations that take one which the caller's role lacks, before anything is done for them.
//
// A field takes the permission that it names itself, the one of the type that it stands in, and the one of the type that it
// leads to. What a caller may see of the rows behind a permission is the database's to say (migration 22).
package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/internal/auth"
)

// directive is the name of @access, and anyone is its value for what every caller may ask for.
const (
	directive = "access"
	anyone    = "anyone"
)

// Rules are the permissions that the fields of a schema take.
type Rules struct {
	schema *ast.Schema
	types  map[string]permissions
	fields map[*ast.FieldDefinition]permissions
	roles  map[auth.Role]permissions
}

// permissions is a set of auth.Permissions, by their place there.
type permissions uint64

// New reads the rules of a schema. The error names every field of Query, Mutation and Subscription, and every type with a
// key, that has no rule: what nobody has thought about is not served.
func New(schema *ast.Schema) (*Rules, error) {
	r := &Rules{schema: schema, types: map[string]permissions{}, fields: map[*ast.FieldDefinition]permissions{}, roles: map[auth.Role]permissions{}}
	for i, p := range auth.Permissions() {
		for _, role := range auth.Roles() {
			if role.Can(p) {
				r.roles[role] |= 1 << i
			}
		}
	}
	var problems []string
	for _, name := range sorted(schema.Types) {
		problems = append(problems, r.readType(schema.Types[name])...)
	}
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription} {
		problems = append(problems, r.unruled(root)...)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("access: %s", strings.Join(problems, "; "))
	}
	return r, nil
}

func sorted(types map[string]*ast.Definition) []string {
	names := make([]string, 0, len(types))
	for name := range types {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// readType notes the rules of a type and its fields, and returns what is wrong with them.
func (r *Rules) readType(d *ast.Definition) (problems []string) {
	p, err := named(d.Directives)
	if err != nil {
		problems = append(problems, d.Name+": "+err.Error())
	}
	r.types[d.Name] = p
	if d.Directives.ForName("key") != nil && d.Directives.ForName(directive) == nil {
		problems = append(problems, "the type "+d.Name+" has no @access")
	}
	for _, f := range d.Fields {
		p, err := named(f.Directives)
		if err != nil {
			problems = append(problems, d.Name+"."+f.Name+": "+err.Error())
		}
		r.fields[f] = p
	}
	return problems
}

// named returns the permission that a definition's own directive names.
func named(list ast.DirectiveList) (permissions, error) {
	d := list.ForName(directive)
	if d == nil {
		return 0, nil
	}
	name := d.Arguments.ForName("to").Value.Raw
	if name == anyone {
		return 0, nil
	}
	i := slices.Index(auth.Permissions(), auth.Permission(name))
	if i < 0 {
		return 0, fmt.Errorf("there is no permission %q", name)
	}
	return 1 << i, nil
}

// unruled returns the root fields that nobody has thought about: those without a rule of their own that lead to no type with
// one. What changes or watches something needs its own.
func (r *Rules) unruled(root *ast.Definition) (problems []string) {
	if root == nil {
		return nil
	}
	for _, f := range root.Fields {
		switch {
		case strings.HasPrefix(f.Name, "_"): // GraphQL's and federation's own: their types have rules
		case f.Directives.ForName(directive) != nil:
		case root == r.schema.Query && r.result(f) != 0:
		default:
			problems = append(problems, fmt.Sprintf("%s.%s has no @access", root.Name, f.Name))
		}
	}
	return problems
}

// result returns what the type that a field leads to takes: for a page, that of its rows.
func (r *Rules) result(f *ast.FieldDefinition) permissions {
	p := r.types[f.Type.Name()]
	d := r.schema.Types[f.Type.Name()]
	if d == nil || d.Kind != ast.Object {
		return p
	}
	if nodes := d.Fields.ForName("nodes"); nodes != nil {
		p |= r.types[nodes.Type.Name()]
	}
	return p
}

// MayRead tells whether a role may see objects of a type. Rows that are named by id alone, as by `node`, are asked for so.
func (r *Rules) MayRead(role auth.Role, typeName string) bool {
	return r.types[typeName]&^r.roles[role] == 0
}
