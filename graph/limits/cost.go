package limits

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// plainList is how many items a list is taken for that nobody can choose the size of: the technicians of an appointment, the
// tags of a job, the branches of a category. Some have more, most have fewer.
const plainList = 2

// Paging tells how pages are asked for.
type Paging struct {
	// Default is the size of a page when nobody says, and Max the largest.
	Default, Max int
}

// Cost is how many objects the answer to an operation may hold at most. What no variable decides is added up once.
type Cost struct {
	fixed int64
	parts []part
}

// part is a list within a cost: so many times what one item costs.
type part struct {
	size size
	each *Cost
}

// pricer finds the costs of a validated document. A fragment's is found once.
type pricer struct {
	limits    Limits
	paging    Paging
	fragments map[string]*Cost
}

// Prices returns the cost of each operation of a document that has passed Measure and validation.
func (l Limits) Prices(doc *ast.QueryDocument, paging Paging) map[*ast.OperationDefinition]*Cost {
	p := &pricer{limits: l, paging: paging, fragments: map[string]*Cost{}}
	costs := make(map[*ast.OperationDefinition]*Cost, len(doc.Operations))
	for _, op := range doc.Operations {
		costs[op] = p.set(op.SelectionSet, size{fixed: 1})
	}
	return costs
}

// set prices what is selected of one object. Rows is the size of the page, if the object is a connection.
func (p *pricer) set(set ast.SelectionSet, rows size) *Cost {
	c := &Cost{}
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			p.field(c, s, rows)
		case *ast.InlineFragment:
			c.add(size{fixed: 1}, p.set(s.SelectionSet, rows))
		case *ast.FragmentSpread:
			c.add(size{fixed: 1}, p.spread(s, rows))
		}
	}
	return c
}

func (p *pricer) spread(s *ast.FragmentSpread, rows size) *Cost {
	if isConnection(s.Definition.TypeCondition) { // depends on the page that it stands in
		return p.set(s.Definition.SelectionSet, rows)
	}
	if c, ok := p.fragments[s.Name]; ok {
		return c
	}
	c := p.set(s.Definition.SelectionSet, rows)
	p.fragments[s.Name] = c
	return c
}

// field adds a field to the cost of its object: nothing for a scalar, one for each object behind it.
func (p *pricer) field(c *Cost, f *ast.Field, rows size) {
	if f.Definition == nil || len(f.SelectionSet) == 0 {
		return
	}
	asked := p.size(f)
	switch {
	case isConnection(f.Definition.Type.Name()):
		c.fixed++
		c.add(size{fixed: 1}, p.set(f.SelectionSet, asked))
		return
	case f.Definition.Type.Elem == nil:
		asked = size{fixed: 1}
	case isConnection(f.ObjectDefinition.Name):
		asked = rows
	}
	each := p.set(f.SelectionSet, size{fixed: 1})
	each.fixed++
	c.add(asked, each)
}

func isConnection(typeName string) bool { return strings.HasSuffix(typeName, "Connection") }

// add adds so many times what one costs. It keeps apart only what variables decide.
func (c *Cost) add(n size, each *Cost) {
	switch {
	case !n.varies() && len(each.parts) == 0:
		c.fixed = bounded(c.fixed + times(n.fixed, each.fixed))
	case !n.varies() && n.fixed == 1:
		c.fixed = bounded(c.fixed + each.fixed)
		c.parts = append(c.parts, each.parts...)
	default:
		c.parts = append(c.parts, part{n, each})
	}
}

// Of returns the cost for a request's variables, or an error when a list of them is too long.
func (c *Cost) Of(variables map[string]any) (int64, error) {
	total := c.fixed
	for i := range c.parts {
		n, err := c.parts[i].size.of(variables)
		if err != nil {
			return 0, err
		}
		each, err := c.parts[i].each.Of(variables)
		if err != nil {
			return 0, err
		}
		total = bounded(total + times(n, each))
	}
	return total, nil
}

// Check returns the cost of a request, or an error when it is too high.
func (l Limits) Check(c *Cost, variables map[string]any) (int64, error) {
	cost, err := c.Of(variables)
	if err == nil && cost > l.Cost {
		err = &ExceededError{Limit: "cost", Max: l.Cost, Value: cost}
	}
	return cost, err
}

// unbounded stands for every cost above it. A page or list is shorter than 2^20, so that no product overflows.
const unbounded = 1 << 40

func bounded(n int64) int64 { return min(n, unbounded) }

func times(n, each int64) int64 { return bounded(min(n, 1<<20) * each) }
