package reads

import (
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/domain"
)

// page is a list of which a part is wanted, as the arguments of a field say.
type page struct {
	number  int
	kind    *domain.Kind
	subject string
	field   *ast.Field
	read    argumentReader
	// name tells lists with other arguments apart.
	name string
	// fixed is the checked request when no argument holds a variable.
	fixed *paging.Plan
}

// argumentReader turns a field's arguments into those of a list.
type argumentReader func(arguments map[string]any) (paging.Args, error)

// newPage makes a page of the list that a field shows. Arguments without variables are read and checked here, once.
func (c *compiler) newPage(f *ast.Field, k *domain.Kind, subject string, read argumentReader) (*page, error) {
	p := &page{number: c.plan.pages, kind: k, subject: subject, field: f, read: read, name: argumentsText(f.Arguments)}
	c.plan.pages++
	if hasVariable(f.Arguments) {
		return p, nil
	}
	var err error
	p.fixed, err = p.request(nil)
	return p, err
}

// request reads and checks the arguments.
func (p *page) request(variables map[string]any) (*paging.Plan, error) {
	if p.fixed != nil {
		return p.fixed, nil
	}
	args, err := p.read(p.field.ArgumentMap(variables))
	if err != nil {
		return nil, err
	}
	return paging.NewPlan(p.kind, p.subject, args)
}

// same tells whether two pages of one list are asked for with the same words.
func (p *page) same(other *page) bool {
	if p == nil || other == nil {
		return p == other
	}
	return p.name == other.name
}

// connection reads the arguments that every connection field has.
func (c *compiler) connection(f *ast.Field, k *domain.Kind) argumentReader {
	in := input{c.schema}
	filterType := f.Definition.Arguments.ForName("filter")
	orderType := f.Definition.Arguments.ForName("orderBy")
	return func(arguments map[string]any) (a paging.Args, err error) {
		if err := in.members(arguments, member{"first", &a.First}, member{"after", &a.After},
			member{"last", &a.Last}, member{"before", &a.Before}, member{"includeDescendants", &a.Descendants}); err != nil {
			return a, err
		}
		if v := arguments["filter"]; v != nil {
			if a.Filter, err = in.object(filterType.Type, v, k.Filter); err != nil {
				return a, err
			}
		}
		if v := arguments["orderBy"]; v != nil {
			o, err := in.object(orderType.Type, v, domain.Order{})
			if err != nil {
				return a, err
			}
			a.Order = o.(*domain.Order)
		}
		return a, nil
	}
}

// branches reads the arguments of a category's children, which are a list without pages: see resolvers.
func branches(arguments map[string]any) (paging.Args, error) {
	var f domain.PricebookCategoryFilter
	if v := arguments["active"]; v != nil {
		on, err := graphql.UnmarshalBoolean(v)
		if err != nil {
			return paging.Args{}, err
		}
		f.Active = &on
	}
	return paging.Args{First: new(domain.MaxPage), Filter: &f}, nil
}

// byNumber reads the arguments of jobByNumber.
func byNumber(arguments map[string]any) (paging.Args, error) {
	number, err := graphql.UnmarshalString(arguments["number"])
	return paging.Args{First: new(1), Filter: &domain.JobFilter{Numbers: []string{number}}}, err
}

func hasVariable(arguments ast.ArgumentList) bool {
	for _, a := range arguments {
		if valueHasVariable(a.Value) {
			return true
		}
	}
	return false
}

func valueHasVariable(v *ast.Value) bool {
	if v.Kind == ast.Variable {
		return true
	}
	for _, c := range v.Children {
		if valueHasVariable(c.Value) {
			return true
		}
	}
	return false
}

func argumentsText(arguments ast.ArgumentList) string {
	var text strings.Builder
	for _, a := range arguments {
		fmt.Fprintf(&text, "%s:%s,", a.Name, a.Value)
	}
	return text.String()
}
