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
	spreads   int               // the most in one place
	longest   int

	steps    int
	repeated int
	inside   map[string]bool // fragments
}

// Measure refuses a parsed document that is too large in any way. It needs no schema and costs as much as the document is
// long, so it comes before validation, which may cost its square. Fragments in a circle are left to validation.
func (l Limits) Measure(doc *ast.QueryDocument) error {
	if err := check("fragments", len(doc.Fragments), l.Fragments); err != nil {
		return err
	}
	m := &measurer{limits: l, fragments: doc.Fragments, known: map[string]*shape{}, inside: map[string]bool{}}
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
	var unused []ast.SelectionSet
	for _, f := range doc.Fragments { // validation looks at them, too
		m.name(f.Name)
		if m.known[f.Name] == nil {
			total.add(m.fragment(f.Name))
			unused = append(unused, f.SelectionSet)
		}
	}
	if err := cmp.Or(
		check("depth", total.depth, l.Depth), check("root fields", roots, l.RootFields),
		check("selections", total.selections, l.Selections), check("aliases", total.aliases, l.Aliases),
		check("directives", total.directives, l.Directives), check("fragments in one place", m.spreads, l.Spreads),
		check("bytes of a name", m.longest, l.NameBytes),
	); err != nil {
		return err
	}
	for _, op := range doc.Operations {
		unused = append(unused, op.SelectionSet)
	}
	for _, set := range unused {
		m.overlay(place{}, set)
	}
	return cmp.Or(check("selections", m.steps, l.Selections), check("fields of one name in one place", m.repeated, l.Repeats))
}

// place is where fields of an answer come to stand, by their names there.
type place map[string]*spot

// spot counts the fields that come to stand in one spot. Validation compares each two of them, wherever in the document they
// are.
type spot struct {
	fields int
	below  place
}

// overlay puts a selection into its place, with all fragments. Measured documents have few selections; more are met only
// where fragments stand in circles.
func (m *measurer) overlay(p place, set ast.SelectionSet) {
	for _, selection := range set {
		if m.steps++; m.steps > m.limits.Selections {
			return
		}
		switch s := selection.(type) {
		case *ast.Field:
			at := p[s.Alias]
			if at == nil {
				at = &spot{below: place{}}
				p[s.Alias] = at
			}
			at.fields++
			m.repeated = max(m.repeated, at.fields)
			m.overlay(at.below, s.SelectionSet)
		case *ast.InlineFragment:
			m.overlay(p, s.SelectionSet)
		case *ast.FragmentSpread:
			if f := m.fragments.ForName(s.Name); f != nil && !m.inside[s.Name] {
				m.inside[s.Name] = true
				m.overlay(p, f.SelectionSet)
				m.inside[s.Name] = false
			}
		}
	}
}

func (m *measurer) name(s string) { m.longest = max(m.longest, len(s)) }

// set measures what is selected of one object.
func (m *measurer) set(set ast.SelectionSet) shape {
	spreads := 0
	s := m.selections(set, &spreads)
	m.spreads = max(m.spreads, spreads)
	return s
}

// selections measures a selection and counts the fragments that are used in its place.
func (m *measurer) selections(set ast.SelectionSet, spreads *int) shape {
	var total shape
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			total.add(m.field(s))
		case *ast.InlineFragment:
			total.add(shape{selections: 1, directives: len(s.Directives)})
			total.add(m.selections(s.SelectionSet, spreads))
		case *ast.FragmentSpread:
			*spreads++
			m.name(s.Name)
			total.add(shape{selections: 1, directives: len(s.Directives)})
			total.add(m.fragment(s.Name))
		}
	}
	return total
}

func (m *measurer) field(f *ast.Field) shape {
	m.name(f.Name)
	m.name(f.Alias)
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
