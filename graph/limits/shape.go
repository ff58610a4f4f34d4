package limits

import (
	"cmp"

	"github.com/vektah/gqlparser/v2/ast"
)

// countless is where counting ends: far above each limit, and far below where a sum of two would overflow.
const countless = 1 << 30

// shape is what a selection amounts to once each fragment stands where it is used.
type shape struct {
	depth, fields, selections, aliases, directives int
}

func (s *shape) add(t shape) {
	s.depth = max(s.depth, t.depth)
	s.fields = min(s.fields+t.fields, countless)
	s.selections = min(s.selections+t.selections, countless)
	s.aliases = min(s.aliases+t.aliases, countless)
	s.directives = min(s.directives+t.directives, countless)
}

// measurer measures a document. A fragment is measured once, however often it is used: 280 tokens can select 2^40 fields.
type measurer struct {
	limits    Limits
	fragments ast.FragmentDefinitionList
	known     map[string]*shape // nil while the fragment is being measured
	repeated  int
	longest   int
}

// Measure refuses a parsed document that is too large in any way. It needs no schema and costs as much as the document is
// long, so it comes before validation, which may cost its square. Fragments in a circle are left to validation.
func (l Limits) Measure(doc *ast.QueryDocument) error {
	if err := check("fragments", len(doc.Fragments), l.Fragments); err != nil {
		return err
	}
	m := &measurer{limits: l, fragments: doc.Fragments, known: map[string]*shape{}}
	var total shape
	var roots int
	for _, op := range doc.Operations {
		s := m.set(op.SelectionSet)
		m.name(op.Name)
		roots = max(roots, s.fields)
		s.directives += len(op.Directives)
		total.add(s)
		for _, v := range op.VariableDefinitions {
			total.directives += len(v.Directives)
			m.name(v.Variable)
		}
	}
	for _, f := range doc.Fragments { // those that nothing uses, too: validation looks at them
		m.name(f.Name)
		if m.known[f.Name] == nil {
			total.add(m.fragment(f.Name))
		}
	}
	return cmp.Or(
		check("depth", total.depth, l.Depth), check("root fields", roots, l.RootFields),
		check("selections", total.selections, l.Selections), check("aliases", total.aliases, l.Aliases),
		check("directives", total.directives, l.Directives), check("fields of one name or fragments in one place", m.repeated, l.Repeats),
		check("bytes of a name", m.longest, l.NameBytes),
	)
}

func (m *measurer) name(s string) { m.longest = max(m.longest, len(s)) }

// set measures what is selected of one object.
func (m *measurer) set(set ast.SelectionSet) shape {
	names := map[string]int{}
	s := m.selections(set, names)
	for _, n := range names {
		m.repeated = max(m.repeated, n)
	}
	return s
}

// selections measures a selection and counts its names, with those of fragments inside it.
func (m *measurer) selections(set ast.SelectionSet, names map[string]int) shape {
	var total shape
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			total.add(m.field(s, names))
		case *ast.InlineFragment:
			total.add(shape{selections: 1, directives: len(s.Directives)})
			total.add(m.selections(s.SelectionSet, names))
		case *ast.FragmentSpread:
			m.name(s.Name)
			names["..."]++
			total.add(shape{selections: 1, directives: len(s.Directives)})
			total.add(m.fragment(s.Name))
		}
	}
	return total
}

func (m *measurer) field(f *ast.Field, names map[string]int) shape {
	m.name(f.Name)
	m.name(f.Alias)
	names[f.Alias]++
	s := shape{selections: 1, directives: len(f.Directives)}
	if f.Alias != f.Name {
		s.aliases = 1
	}
	below := m.set(f.SelectionSet)
	s.add(below)
	s.depth, s.fields = below.depth+1, 1
	return s
}

// fragment measures a fragment: nothing while it is inside itself, which validation refuses.
func (m *measurer) fragment(name string) shape {
	if s, ok := m.known[name]; ok {
		if s == nil {
			return shape{}
		}
		return *s
	}
	m.known[name] = nil
	var s shape
	if f := m.fragments.ForName(name); f != nil {
		s = m.set(f.SelectionSet)
		s.directives += len(f.Directives)
	}
	m.known[name] = &s
	return s
}
