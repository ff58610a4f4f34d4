package app_test

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// variable is a variable of the operation.
type variable struct {
	name, declared string
	// at is what it stands for; another place of the same sort may use it too.
	at    string
	value any
	given bool
}

// call writes a field's name with arguments.
func (g *generator) call(f *ast.FieldDefinition, at *selected, r room) string {
	var args []string
	if f.Arguments.ForName("after") != nil {
		args = g.page(f, at, r)
	}
	for _, a := range f.Arguments {
		switch a.Name {
		case "first", "after", "last", "before":
			if f.Arguments.ForName("after") != nil {
				continue
			}
		}
		if a.Type.NonNull && a.DefaultValue == nil || g.chance(0.4) {
			args = append(args, a.Name+": "+literal(g.argument(f, a)))
		}
	}
	if f.Type.Elem != nil {
		at.rows = g.rowsOf(f)
	}
	if len(args) == 0 {
		return f.Name
	}
	g.rng.Shuffle(len(args), func(i, j int) { args[i], args[j] = args[j], args[i] })
	return f.Name + "(" + strings.Join(args, ", ") + ")"
}

// argument makes the value of an argument that is not about pages.
func (g *generator) argument(f *ast.FieldDefinition, a *ast.ArgumentDefinition) any {
	kind := strings.TrimSuffix(f.Type.Name(), "Connection")
	return g.value(place{kind: kind, field: a.Name, hasDefault: a.DefaultValue != nil}, a.Type)
}

// page writes the arguments that say which page of a list is wanted.
func (g *generator) page(f *ast.FieldDefinition, at *selected, r room) []string {
	if g.hostile && g.chance(0.3) {
		return g.wrongPage()
	}
	size := 1 + g.rng.IntN(min(r.rows, 5))
	at.rows = size
	intArg := func(name string) string {
		p := place{kind: f.Name, field: name}
		return name + ": " + literal(g.orVariable(p, ast.NamedType("Int", nil), func() any { return size }))
	}
	roll := g.rng.Float64()
	switch {
	case roll < 0.1 && r.rows >= 25:
		at.rows = 25
		return nil
	case roll < 0.25:
		return []string{intArg("last")}
	case roll < 0.45:
		return []string{intArg("last"), "before: $" + g.slot(at, true)}
	case roll < 0.7:
		return []string{intArg("first"), "after: $" + g.slot(at, false)}
	case roll < 0.75:
		if known := g.pool.cursors[f.Name]; len(at.below.path) == 1 && len(known) > 0 && g.hostile {
			return []string{"after: " + literal(pick(g, known)), intArg("first")} // of the plain list
		}
	}
	return []string{intArg("first")}
}

// slot declares a variable for a cursor that is not known yet.
func (g *generator) slot(at *selected, backward bool) string {
	v := variable{name: fmt.Sprintf("cursor%d", len(g.variables)), declared: "String"}
	if g.chance(0.3) {
		v.given = true // as null
	}
	g.variables = append(g.variables, v)
	g.slots = append(g.slots, slot{variable: v.name, path: at.below.path, backward: backward})
	return v.name
}

// wrongPage are page arguments that are refused, or that lead nowhere.
func (g *generator) wrongPage() []string {
	var foreign []string
	for _, name := range []string{"customers", "jobs", "zones", "payments"} {
		foreign = append(foreign, g.pool.cursors[name]...)
	}
	return pick(g, [][]string{
		{"first: 0"},
		{"first: 501"},
		{"first: -1"},
		{"last: 0"},
		{"last: 501"},
		{"first: 2", "last: 2"},
		{"first: 2", `after: ""`},
		{"first: 2", `after: "zz"`},
		{"last: 2", `before: "!\u2028"`},
		{"first: 2", "after: " + literal(pick(g, foreign))},
		{"last: 2", "before: " + literal(pick(g, foreign))},
		{"first: 2", "before: " + literal(pick(g, foreign))},
		{"first: 2", "after: " + literal(absent("Job"))},
		{"first: 99999999999999999999"},
	})
}

// boolean writes a condition: a literal or a variable.
func (g *generator) boolean(b bool) string {
	return literal(g.orVariable(place{kind: fmt.Sprint(b), field: "if"}, ast.NonNullNamedType("Boolean", nil), func() any { return b }))
}

// orVariable makes a value, or a variable that has it.
func (g *generator) orVariable(p place, t *ast.Type, value func() any) any {
	if g.constant || !g.chance(0.3) {
		return value()
	}
	at := p.kind + "." + p.field + " " + t.String()
	if g.chance(0.3) {
		for _, v := range g.variables {
			if v.at == at {
				return reference(v.name)
			}
		}
	}
	g.constant = true
	v := variable{name: fmt.Sprintf("v%d", len(g.variables)), at: at, value: value(), given: true, declared: t.String()}
	nullable := strings.TrimSuffix(v.declared, "!")
	switch roll := g.rng.Float64(); {
	case roll < 0.3 && v.value != nil:
		v.declared = nullable + " = " + literal(value())
		if t.NonNull && g.chance(0.5) {
			v.declared = nullable + "! = " + literal(value())
		}
		v.given = g.chance(0.5)
	case roll < 0.4 && !t.NonNull && v.value != nil:
		v.declared += "!"
	case roll < 0.5 && (!t.NonNull || p.hasDefault):
		v.declared, v.given = nullable, false
	case roll < 0.6 && !t.NonNull:
		v.value = nil
	}
	g.constant = false
	g.variables = append(g.variables, v)
	return reference(v.name)
}

// declarations are the operation's variables.
func (g *generator) declarations() string {
	if len(g.variables) == 0 {
		return ""
	}
	out := make([]string, len(g.variables))
	for i, v := range g.variables {
		out[i] = "$" + v.name + ": " + v.declared
	}
	return "(" + strings.Join(out, ", ") + ")"
}

// given are the values of the variables that get one.
func (g *generator) given() map[string]any {
	values := map[string]any{}
	for _, v := range g.variables {
		if v.given {
			values[v.name] = plainJSON(v.value)
		}
	}
	switch {
	case len(values) == 0 && g.chance(0.5):
		return nil
	case g.chance(0.03):
		values["nobodyAsked"] = "for this"
	}
	return values
}

func (g *generator) alias() string {
	g.names++
	return pick(g, []string{"a", "_b", "Node", "id", "x9"}) + fmt.Sprint(g.names)
}
