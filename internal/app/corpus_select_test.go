package app_test

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// room is how much larger an operation may get: levels below, and rows that an object's lists may have together.
type room struct{ depth, rows int }

// below is the room inside a list of so many rows, or inside an object when it is 1.
func (r room) below(rows int) room {
	return room{depth: r.depth - 1, rows: max(r.rows/max(rows, 1), 1)}
}

// scope is what is selected of one object so far: fields with the same response key must be alike, since they are merged.
type scope struct {
	path   []string
	fields map[string]*selected
}

func newScope(path []string) *scope { return &scope{path: path, fields: map[string]*selected{}} }

// selected is a field under its response key. Several types behind an interface may each have one of their own.
type selected struct {
	def   *ast.FieldDefinition
	on    map[string]string // parent type → name and arguments
	below *scope
	rows  int
}

// fragment is a named fragment.
type fragment struct{ name, on, set string }

// selectionSet writes a selection of an object, an interface or a union.
func (g *generator) selectionSet(in *scope, def *ast.Definition, r room) string {
	var b strings.Builder
	b.WriteString("{ ")
	count := 1 + g.rng.IntN(5)
	if g.fields <= 0 {
		count = 1
	}
	for range count {
		b.WriteString(g.selection(in, def, r) + " ")
	}
	b.WriteString("}")
	return b.String()
}

func (g *generator) selection(in *scope, def *ast.Definition, r room) string {
	roll := g.rng.Float64()
	g.fields--
	switch {
	case r.depth <= 1 || g.fields <= 0: // no more fragments
	case def.Kind == ast.Union && roll < 0.9, def.Kind == ast.Interface && roll < 0.6, roll < 0.08:
		return g.inlineFragment(in, def, r)
	case roll < 0.16:
		return g.spread(in, def, r)
	case roll < 0.22 && len(in.fields) > 0:
		if again := g.again(in, def, r); again != "" {
			return again
		}
	}
	return g.field(in, def, r)
}

// field selects a field that may be selected already.
func (g *generator) field(in *scope, def *ast.Definition, r room) string {
	f := g.choose(def, r)
	if f == nil {
		g.selected[def.Name+".__typename"] = true
		return "__typename" + g.directives()
	}
	g.selected[def.Name+"."+f.Name] = true
	key := f.Name
	if g.chance(0.2) {
		key = g.alias()
	}
	at := in.fields[key]
	if at != nil && !at.fits(g, def, f) {
		key = g.alias()
		at = nil
	}
	if at == nil {
		at = &selected{def: f, on: map[string]string{}, below: newScope(append(slices.Clone(in.path), key)), rows: 1}
		in.fields[key] = at
	}
	call, known := at.on[def.Name]
	if !known {
		call = g.call(f, at, r)
		at.on[def.Name] = call
	}
	return g.written(key, call, at, r)
}

// fits tells whether a field may go by the same response key as what is there: it is the same, or no object has both.
func (s *selected) fits(g *generator, def *ast.Definition, f *ast.FieldDefinition) bool {
	if s.def.Type.String() != f.Type.String() {
		return false
	}
	for other, call := range s.on {
		apart := other != def.Name && def.Kind == ast.Object && g.schema.Types[other].Kind == ast.Object
		name, _, _ := strings.Cut(call, "(")
		same := name == f.Name && (other == def.Name || len(f.Arguments) == 0)
		if !apart && !same {
			return false
		}
	}
	return true
}

// again selects a field once more: both selections are merged.
func (g *generator) again(in *scope, def *ast.Definition, r room) string {
	var keys []string
	for key, at := range in.fields {
		if at.on[def.Name] != "" {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return ""
	}
	slices.Sort(keys)
	key := pick(g, keys)
	at := in.fields[key]
	if r.depth <= 1 && !g.leaf(at.def) {
		return ""
	}
	return g.written(key, at.on[def.Name], at, r)
}

// written is a field with its alias, arguments, directives and selection.
func (g *generator) written(key, call string, at *selected, r room) string {
	var b strings.Builder
	if name, _, _ := strings.Cut(call, "("); name != key {
		b.WriteString(key + ": ")
	}
	b.WriteString(call + g.directives())
	if g.leaf(at.def) {
		return b.String()
	}
	def := g.schema.Types[at.def.Type.Name()]
	set := g.selectionSet(at.below, def, r.below(at.rows))
	if strings.HasSuffix(def.Name, "Connection") && g.chance(0.4) {
		// Pages can only be walked from what tells where they end.
		if info := at.below.fields["pageInfo"]; info == nil || info.on[def.Name] == "pageInfo" {
			set = "{ pageInfo { startCursor endCursor hasNextPage hasPreviousPage } " + set[1:]
		}
	}
	b.WriteString(" " + set)
	return b.String()
}

func (g *generator) leaf(f *ast.FieldDefinition) bool {
	kind := g.schema.Types[f.Type.Name()].Kind
	return kind == ast.Scalar || kind == ast.Enum
}

// choose picks a field of a type; nil stands for __typename.
func (g *generator) choose(def *ast.Definition, r room) *ast.FieldDefinition {
	if def == g.schema.Query {
		return g.chooseRoot()
	}
	var leaves, branches ast.FieldList
	for _, f := range def.Fields {
		switch {
		case strings.HasPrefix(f.Name, "__") || g.unfresh && f.Name == "freshness" || isPlan(f):
		case g.leaf(f):
			leaves = append(leaves, f)
		case r.depth > 1 && g.rowsOf(f) <= r.rows && (g.fields > 0 || len(def.Fields) <= 4):
			branches = append(branches, f)
		}
	}
	switch {
	case len(branches) > 0 && (len(leaves) == 0 || g.chance(0.5) || strings.HasSuffix(def.Name, "Connection") && g.chance(0.7)):
		return pick(g, branches)
	case len(leaves) > 0 && !g.chance(0.05):
		return pick(g, leaves)
	}
	return nil
}

// rowsOf is about how many rows a list without pages has: those of the introspection are long.
func (g *generator) rowsOf(f *ast.FieldDefinition) int {
	switch {
	case f.Type.Elem == nil || f.Name == "nodes" || f.Name == "edges":
		return 1 // or the page's own affair
	case strings.HasPrefix(f.Type.Name(), "__"):
		return 20
	default:
		return 3
	}
}

// chooseRoot picks a field of the query type: what is rare in life is rare here.
func (g *generator) chooseRoot() *ast.FieldDefinition {
	var lists, others ast.FieldList
	for _, f := range g.schema.Query.Fields {
		switch {
		case isMirroredList(f):
			lists = append(lists, f)
		case isApart(f):
		case strings.HasPrefix(f.Name, "_") || f.Name == "node" || f.Name == "nodes" || f.Name == "viewer":
		default:
			others = append(others, f)
		}
	}
	named := g.schema.Query.Fields.ForName
	switch roll := g.rng.Float64(); {
	case roll < 0.45:
		return pick(g, lists)
	case roll < 0.76:
		return pick(g, others)
	case roll < 0.86:
		return named("node")
	case roll < 0.91:
		return named("nodes")
	case roll < 0.96:
		return named("_entities")
	case roll < 0.962:
		return named("_service")
	case roll < 0.965:
		return named("__schema")
	case roll < 0.97:
		return named("__type")
	case roll < 0.975:
		return named("viewer")
	}
	return nil
}

// inlineFragment selects more of the same object, on a condition or without one.
func (g *generator) inlineFragment(in *scope, def *ast.Definition, r room) string {
	on, condition := def, ""
	if names := g.conditions(def); def.Kind == ast.Union || !g.chance(0.3) {
		on = g.schema.Types[pick(g, names)]
		condition = " on " + on.Name
	}
	return "..." + condition + g.directives() + " " + g.selectionSet(in, on, room{r.depth - 1, r.rows})
}

// spread selects more of the same object by a named fragment, at times by one that is spread elsewhere already.
func (g *generator) spread(in *scope, def *ast.Definition, r room) string {
	names := g.conditions(def)
	if g.chance(0.2) {
		for _, f := range g.fragments {
			if slices.Contains(names, f.on) {
				return "..." + f.name + g.directives()
			}
		}
	}
	f := fragment{on: pick(g, names)}
	f.set = g.selectionSet(in, g.schema.Types[f.on], room{r.depth - 1, r.rows})
	f.name = "Part" + string(rune('A'+len(g.fragments)%26)) + strings.Repeat("x", len(g.fragments)/26)
	g.fragments = append(g.fragments, f)
	return "..." + f.name + g.directives()
}

// conditions are the types that a fragment on a type may name: itself, its interfaces, the objects that it may be.
func (g *generator) conditions(def *ast.Definition) []string {
	names := []string{def.Name}
	names = append(names, def.Interfaces...)
	if def.Kind == ast.Object {
		return names
	}
	for _, possible := range g.schema.GetPossibleTypes(def) {
		names = append(names, possible.Name)
	}
	return names
}

// directives are those of a field, a spread or an inline fragment; mostly none, and mostly without effect.
func (g *generator) directives() string {
	var b strings.Builder
	if g.chance(0.06) {
		b.WriteString(" @include(if: " + g.boolean(g.chance(0.7)) + ")")
	}
	if g.chance(0.05) {
		b.WriteString(" @skip(if: " + g.boolean(g.chance(0.3)) + ")")
	}
	return b.String()
}
