package reads

import (
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// maxTextBytes bounds the texts of all documents whose operations are remembered: a plan and what it keeps of the document
	// take some fifty times that.
	maxTextBytes = 2 << 20
	// maxOutcomes bounds the plans of one operation.
	maxOutcomes = 32
)

// plans remembers the plans of operations. The documents that come again are the same in memory, since gqlgen keeps
// parsed ones.
type plans struct {
	schema *ast.Schema
	makers Makers
	known  *otter.Cache[*ast.OperationDefinition, *outcomes]
}

func newPlans(schema *ast.Schema, makers Makers) *plans {
	return &plans{schema: schema, makers: makers, known: otter.Must(&otter.Options[*ast.OperationDefinition, *outcomes]{
		MaximumWeight: maxTextBytes, Weigher: weight,
	})}
}

// weight is the length of an operation's document, and something for what surrounds it.
func weight(op *ast.OperationDefinition, _ *outcomes) uint32 {
	const overhead = 256
	if op.Position == nil || op.Position.Src == nil {
		return overhead
	}
	return overhead + uint32(min(len(op.Position.Src.Input), maxTextBytes))
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
	o, ok := p.known.GetIfPresent(op.Operation)
	if !ok {
		o = &outcomes{switches: switches(op), plans: map[uint64]compiled{}}
		p.known.Set(op.Operation, o)
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
	c.plan, c.err = compile(p.schema, p.makers, op)
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
