package reads

import (
	"sync"

	"github.com/99designs/gqlgen/graphql"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// maxOperations is how many operations are remembered: as many as parsed documents.
	maxOperations = 1000
	// maxOutcomes bounds the plans of one operation.
	maxOutcomes = 32
)

// plans remembers the plans of operations. The documents that come again are the same in memory, since gqlgen keeps
// parsed ones.
type plans struct {
	schema *ast.Schema
	known  *lru.Cache[*ast.OperationDefinition, *outcomes]
}

func newPlans(schema *ast.Schema) *plans {
	known, _ := lru.New[*ast.OperationDefinition, *outcomes](maxOperations) // fails only for a size below one
	return &plans{schema: schema, known: known}
}

// outcomes are the plans of one operation: a plan is compiled for one outcome of all its @skip and @include.
type outcomes struct {
	switches []string // variables that those directives test
	mu       sync.RWMutex
	plans    map[uint64]compiled
}

type compiled struct {
	plan *plan
	err  error
}

// of returns the plan of an operation for its variables. The error is ErrNotCompiled when there is none.
func (p *plans) of(op *graphql.OperationContext) (*plan, error) {
	if op.Operation.Operation != ast.Query {
		return nil, ErrNotCompiled
	}
	o, ok := p.known.Get(op.Operation)
	if !ok {
		o = &outcomes{switches: switches(op), plans: map[uint64]compiled{}}
		p.known.Add(op.Operation, o)
	}
	if len(o.switches) > 64 {
		return nil, ErrNotCompiled
	}
	outcome := o.outcome(op.Variables)
	o.mu.RLock()
	c, ok := o.plans[outcome]
	o.mu.RUnlock()
	if ok {
		return c.plan, c.err
	}
	c.plan, c.err = compile(p.schema, op)
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.plans) < maxOutcomes {
		o.plans[outcome] = c
	}
	return c.plan, c.err
}

// outcome is a bit for each switch.
func (o *outcomes) outcome(variables map[string]any) uint64 {
	var bits uint64
	for i, name := range o.switches {
		if on, _ := variables[name].(bool); on {
			bits |= 1 << i
		}
	}
	return bits
}

// switches lists the variables that @skip and @include test anywhere in the document.
func switches(op *graphql.OperationContext) []string {
	var names []string
	seen := map[string]bool{}
	note := func(directives ast.DirectiveList) {
		for _, d := range directives {
			test := d.Arguments.ForName("if")
			if test != nil && test.Value.Kind == ast.Variable && !seen[test.Value.Raw] {
				seen[test.Value.Raw] = true
				names = append(names, test.Value.Raw)
			}
		}
	}
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				note(s.Directives)
				walk(s.SelectionSet)
			case *ast.InlineFragment:
				note(s.Directives)
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				note(s.Directives)
			}
		}
	}
	walk(op.Operation.SelectionSet)
	for _, f := range op.Doc.Fragments {
		walk(f.SelectionSet)
	}
	return names
}
