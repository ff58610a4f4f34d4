package reads

import (
	"fmt"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/internal/domain"
)

// compiler makes the plan of one operation for one outcome of its @skip and @include.
type compiler struct {
	schema *ast.Schema
	makers Makers
	op     *graphql.OperationContext
	plan   *plan
}

func compile(schema *ast.Schema, makers Makers, op *graphql.OperationContext) (*plan, error) {
	c := &compiler{schema: schema, makers: makers, op: op, plan: new(plan)}
	fields, err := c.collect(op.Operation.SelectionSet, schema.Query.Name)
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		v, err := c.root(f)
		if err != nil {
			return nil, err
		}
		c.plan.roots = append(c.plan.roots, root{name: memberName(f.Alias), value: v})
	}
	return c.plan, nil
}

// collect lists the fields that are selected of an object.
func (c *compiler) collect(set ast.SelectionSet, typeName string) ([]collected, error) {
	satisfies := []string{typeName}
	for _, d := range c.schema.GetImplements(c.schema.Types[typeName]) {
		satisfies = append(satisfies, d.Name)
	}
	var fields []collected
	for _, f := range graphql.CollectFields(c.op, set, satisfies) {
		if len(f.Deferrables) > 0 {
			return nil, fmt.Errorf("%s is deferred: %w", f.Name, ErrNotCompiled)
		}
		// A field that two interfaces demand may come twice. gqlgen writes the first.
		if !slices.ContainsFunc(fields, func(g collected) bool { return g.Alias == f.Alias }) {
			fields = append(fields, f)
		}
	}
	return fields, nil
}

// notDescribed is the error for a field that no description covers.
func notDescribed(f collected) error {
	return fmt.Errorf("%s.%s is not described: %w", f.ObjectDefinition.Name, f.Name, ErrNotCompiled)
}

// object compiles what is selected of the rows of a fetch.
func (c *compiler) object(f *fetch, set ast.SelectionSet) (*object, error) {
	return c.objectOf(f.kind.Name, set, func(field collected) (value, error) { return c.field(f, field) })
}

// objectOf compiles a selection of a type whose fields are compiled one by one.
func (c *compiler) objectOf(typeName string, set ast.SelectionSet, compile func(collected) (value, error)) (*object, error) {
	fields, err := c.collect(set, typeName)
	if err != nil {
		return nil, err
	}
	o := &object{}
	for _, f := range fields {
		v := value(literal(`"` + typeName + `"`))
		if f.Name != "__typename" {
			if v, err = compile(f); err != nil {
				return nil, err
			}
		}
		o.names = append(o.names, memberName(f.Alias))
		o.values = append(o.values, v)
	}
	return o, nil
}

func memberName(alias string) string { return `"` + alias + `":` }

// field compiles a field of a kind.
func (c *compiler) field(f *fetch, field collected) (value, error) {
	switch field.Name {
	case "id":
		return globalID{f.kind.Name}, nil
	case "externalId":
		return &column{at: 0, show: writeBigInt}, nil
	case "freshness":
		return c.freshness(f, field)
	}
	if m, ok := c.makers[f.kind.Name+"."+field.Name]; ok {
		return c.beside(f, field, m)
	}
	if m, ok := f.kind.Made[field.Name]; ok {
		return c.madeOf(f, field, m)
	}
	if l, ok := f.kind.Link(field.Name); ok {
		return c.link(f, field, l)
	}
	if col, ok := f.kind.ColumnOf(field.Name); ok {
		return c.column(f, field, col)
	}
	return nil, notDescribed(field)
}

// link compiles a field that follows a link: to one row, to all rows or to a page of them.
func (c *compiler) link(f *fetch, field collected, l *domain.Link) (value, error) {
	t := field.Definition.Type
	if strings.HasSuffix(t.Name(), "Connection") {
		return c.linkedPage(f, field, l)
	}
	var p *page
	if len(field.Definition.Arguments) > 0 {
		var err error
		if p, err = c.newPage(field.Field, l.To, l.Name(), branches); err != nil {
			return nil, err
		}
	}
	next, k := c.plan.follow(f, l, p, false)
	o, err := c.object(next, field.Selections)
	if err != nil {
		return nil, err
	}
	if t.Elem != nil {
		return &all{rowsOf{next.number, k.number}, o}, nil
	}
	return one{rowsOf: rowsOf{next.number, k.number}, object: o, required: t.NonNull}, nil
}

// linkedPage compiles a connection of the rows that a link leads to. Rows are asked for only when something of them is
// selected, and counted only when their number is.
func (c *compiler) linkedPage(f *fetch, field collected, l *domain.Link) (value, error) {
	p, err := c.newPage(field.Field, l.To, l.Name(), c.connection(field.Field, l.To))
	if err != nil {
		return nil, err
	}
	return c.pageValue(field, func(count bool) (*fetch, rowsOf) {
		next, k := c.plan.follow(f, l, p, count)
		return next, rowsOf{next.number, k.number}
	})
}
