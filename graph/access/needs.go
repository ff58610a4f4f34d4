package access

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/internal/auth"
)

// Needs are the permissions that an operation takes. They are found once for each document.
type Needs struct {
	all   permissions
	needs []need
}

// need is a field that takes permissions.
type need struct {
	takes permissions
	field *ast.Field
	// when are the @skip and @include that the field stands below: it takes nothing while they leave it out.
	when []ast.DirectiveList
}

// DeniedError is the error for an operation that the caller's role may not run.
type DeniedError struct {
	// Field is the first field that is denied, as "Customer.invoices", and Position where the document asks for it.
	Field    string
	Position *ast.Position
	// Permission is what it takes.
	Permission auth.Permission
}

// Error names the field and the permission.
func (e *DeniedError) Error() string {
	return fmt.Sprintf("%s takes the permission %s", e.Field, e.Permission)
}

// Needs returns what each operation of a validated document takes.
func (r *Rules) Needs(doc *ast.QueryDocument) map[*ast.OperationDefinition]*Needs {
	out := make(map[*ast.OperationDefinition]*Needs, len(doc.Operations))
	for _, op := range doc.Operations {
		n := &Needs{}
		r.collect(n, op.SelectionSet, nil)
		out[op] = n
	}
	return out
}

// collect adds what a selection takes, with all its fragments: documents are small, see limits.Selections.
func (r *Rules) collect(n *Needs, set ast.SelectionSet, when []ast.DirectiveList) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			below := within(when, s.Directives)
			if takes := r.takes(s); takes != 0 {
				n.all |= takes
				n.needs = append(n.needs, need{takes, s, below})
			}
			r.collect(n, s.SelectionSet, below)
		case *ast.InlineFragment:
			r.collect(n, s.SelectionSet, within(when, s.Directives))
		case *ast.FragmentSpread:
			r.collect(n, s.Definition.SelectionSet, within(when, s.Directives))
		}
	}
}

// takes returns what a field takes: by itself, where it stands, and by what it leads to.
func (r *Rules) takes(f *ast.Field) permissions {
	var p permissions
	if f.ObjectDefinition != nil {
		p |= r.types[f.ObjectDefinition.Name]
	}
	if f.Definition != nil {
		p |= r.fields[f.Definition] | r.result(f.Definition)
	}
	return p
}

// within returns the conditions below a selection's own directives. The slice is not shared with its neighbours.
func within(when []ast.DirectiveList, own ast.DirectiveList) []ast.DirectiveList {
	if len(own) == 0 {
		return when
	}
	return append(slices.Clip(when), own)
}

// Check returns a *DeniedError if the operation takes a permission that the role lacks. An operation that is allowed costs
// one comparison.
func (r *Rules) Check(n *Needs, role auth.Role, variables map[string]any) error {
	lacking := n.all &^ r.roles[role]
	if lacking == 0 {
		return nil
	}
	for _, need := range n.needs {
		if missing := need.takes & lacking; missing != 0 && need.asked(variables) {
			return &DeniedError{
				Field: need.name(), Position: need.field.Position,
				Permission: auth.Permissions()[bits.TrailingZeros64(uint64(missing))],
			}
		}
	}
	return nil
}

func (n *need) name() string {
	if n.field.ObjectDefinition == nil {
		return n.field.Name
	}
	return n.field.ObjectDefinition.Name + "." + n.field.Name
}

// asked tells whether no @skip or @include leaves the field out.
func (n *need) asked(variables map[string]any) bool {
	for _, list := range n.when {
		if holds(list.ForName("skip"), variables, false) || !holds(list.ForName("include"), variables, true) {
			return false
		}
	}
	return true
}

// holds returns the condition of a @skip or @include, and otherwise what none means.
func holds(d *ast.Directive, variables map[string]any, otherwise bool) bool {
	if d == nil {
		return otherwise
	}
	v, err := d.Arguments.ForName("if").Value.Value(variables)
	yes, ok := v.(bool)
	if err != nil || !ok {
		return otherwise // the operation fails by itself
	}
	return yes
}
