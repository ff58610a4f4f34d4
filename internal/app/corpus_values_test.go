package app_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Values of arguments: Go's own, and what GraphQL has beside them.
type (
	// word is a value of an enum.
	word string
	// reference is the name of a variable.
	reference string
	// member is a member of an input object.
	member struct {
		name  string
		value any
	}
	// members are an input object.
	members []member
)

// place is where a value goes: an argument or a member, of a list of a kind.
type place struct {
	kind, field string
	hasDefault  bool
}

// value makes a value of a type, or a variable that has one.
func (g *generator) value(p place, t *ast.Type) any {
	return g.orVariable(p, t, func() any { return g.plainValue(p, t) })
}

func (g *generator) plainValue(p place, t *ast.Type) any {
	if !t.NonNull && g.chance(0.06) {
		return nil
	}
	if t.Elem != nil {
		return g.list(p, t.Elem)
	}
	switch def := g.schema.Types[t.NamedType]; def.Kind {
	case ast.InputObject:
		return g.inputObject(p, def)
	case ast.Enum:
		return g.enum(def)
	default:
		return g.scalar(p, t.NamedType)
	}
}

func (g *generator) list(p place, t *ast.Type) any {
	if t.NamedType == "ID" && g.chance(0.03) {
		return g.plainValue(p, t) // a single value stands for a list of it
	}
	items := make([]any, g.rng.IntN(5))
	for i := range items {
		if items[i] = g.value(p, t); items[i] == nil {
			items[i] = g.scalar(p, t.NamedType)
		}
	}
	return items
}

// inputObject fills a few members; those that are wanted are always there.
func (g *generator) inputObject(p place, def *ast.Definition) any {
	if def.Name == "TimeWindowInput" || def.Name == "DateTimeFilter" {
		return g.span(p, def)
	}
	share := 1.6 / float64(len(def.Fields))
	out := members{}
	for _, f := range def.Fields {
		if f.Type.NonNull && f.DefaultValue == nil || g.chance(share) {
			inner := place{kind: p.kind, field: f.Name, hasDefault: f.DefaultValue != nil}
			out = append(out, member{f.Name, g.value(inner, f.Type)})
		}
	}
	return out
}

// span makes a range of time whose start comes first, unless it may be wrong.
func (g *generator) span(p place, def *ast.Definition) any {
	start, end := g.instant(p), g.instant(p)
	if start.After(end) != (g.hostile && g.chance(0.3)) {
		start, end = end, start
	}
	var out members
	for i, f := range def.Fields {
		if f.Type.NonNull || g.chance(0.6) {
			at := g.written3339([]time.Time{start, end}[i])
			out = append(out, member{f.Name, g.orVariable(place{p.kind, p.field + f.Name, false}, f.Type, func() any { return at })})
		}
	}
	return out
}

// instant is a time of a record, or one near the company's day.
func (g *generator) instant(p place) time.Time {
	if known := g.pool.texts[p.kind+"."+p.field]; len(known) > 0 && g.chance(0.6) {
		if at, err := time.Parse(time.RFC3339Nano, pick(g, known)); err == nil {
			return at
		}
	}
	return anchor.Add(time.Duration(g.rng.IntN(400*24)-300*24) * time.Hour)
}

// written3339 writes an instant in one of the ways that RFC 3339 leaves open.
func (g *generator) written3339(at time.Time) string {
	if g.hostile && g.chance(0.1) {
		return pick(g, []string{"yesterday", "2026-01-01", "", "2026-13-01T00:00:00Z"})
	}
	if g.chance(0.3) {
		at = at.In(time.FixedZone("", (g.rng.IntN(27)-13)*3600+g.rng.IntN(4)*900))
	}
	return at.Format(time.RFC3339Nano)
}

func (g *generator) enum(def *ast.Definition) any {
	if g.hostile && g.chance(0.15) {
		if g.constant {
			return word("TELEPORTED") // the value of a variable: a document with it would not be valid
		}
		return word("UNKNOWN")
	}
	for {
		if name := pick(g, def.EnumValues).Name; name != "UNKNOWN" {
			return word(name)
		}
	}
}

func (g *generator) scalar(p place, name string) any {
	switch name {
	case "ID":
		return g.id(p)
	case "Boolean":
		return g.chance(0.5)
	case "Int":
		if g.hostile && g.chance(0.3) {
			return pick(g, []int{0, -1, 501})
		}
		return 1 + g.rng.IntN(4)
	case "_Any":
		return g.representation()
	case "DateTime":
		return g.written3339(g.instant(p))
	default:
		return g.text(p)
	}
}

// kindOf is the kind whose ids an argument or a member takes; empty for those that take any.
func kindOf(p place) string {
	switch p.field {
	case "id", "ids":
		if p.kind == "Node" {
			return ""
		}
		return p.kind
	case "tagIds":
		return "TagType"
	case "typeIds":
		return "JobType"
	case "parentIds", "categoryIds":
		return "PricebookCategory"
	}
	name := strings.TrimSuffix(p.field, "Ids")
	return strings.ToUpper(name[:1]) + name[1:]
}

func (g *generator) id(p place) any {
	kind := kindOf(p)
	if kind == "" || g.hostile && g.chance(0.15) {
		kind = g.anyKind()
	}
	switch {
	case g.hostile && g.chance(0.15):
		return pick(g, []any{"", "7", "%%%", absent("Job") + "=", strings.Repeat("A", 300), 7})
	case g.chance(0.08):
		return absent(kind)
	}
	return pick(g, g.pool.ids[kind])
}

// anyKind names one of the kinds that have ids.
func (g *generator) anyKind() string {
	for {
		if def := pick(g, g.schema.GetPossibleTypes(g.schema.Types["Node"])); def.Kind == ast.Object {
			return def.Name
		}
	}
}

// text is a part of what records have there.
func (g *generator) text(p place) any {
	var known []string
	switch p.field {
	case "search":
		known = slices.Concat(g.pool.texts[p.kind+".name"], g.pool.texts[p.kind+".displayName"])
	case "query":
		known = g.pool.texts["Customer."+pick(g, []string{"name", "phone", "email"})]
	case "teams":
		known = g.pool.texts["Team.name"]
	case "name":
		return pick(g, []string{"Job", "JobStatus", "JobFilter", "Node", "_Entity", "Money", "Nothing"}) // of a type
	default:
		known = g.pool.texts[p.kind+"."+strings.TrimSuffix(p.field, "s")]
		if len(known) == 0 {
			known = g.pool.texts[p.kind+"."+p.field]
		}
	}
	if g.hostile && g.chance(0.2) {
		return pick(g, []string{"x", "", "a\x00b", strings.Repeat("long ", 50)})
	}
	if len(known) == 0 || g.chance(0.05) {
		return pick(g, []string{"Sample", "no such <text>", `"quoted"`, "\u2028\u00df", "%_"})
	}
	whole := []rune(pick(g, known))
	if p.field != "search" && p.field != "query" || len(whole) < 4 {
		if len(whole) < 2 {
			return "Sample"
		}
		return string(whole)
	}
	size := 2 + g.rng.IntN(min(len(whole)-2, 6))
	from := g.rng.IntN(len(whole) - size + 1)
	return string(whole[from : from+size])
}

// representation names an object as a federation's router does.
func (g *generator) representation() any {
	kind := g.anyKind()
	id := pick(g, g.pool.ids[kind])
	if g.hostile && g.chance(0.2) {
		return pick(g, []members{
			{{"__typename", kind}, {"id", "7"}},
			{{"__typename", kind}, {"externalId", "seven"}},
			{{"__typename", "Job"}, {"id", absent("Customer")}},
		})
	}
	if g.chance(0.5) {
		return members{{"__typename", kind}, {"id", id}}
	}
	external := pick(g, g.pool.texts[kind+".externalId"])
	return members{{"__typename", kind}, {"externalId", external}}
}

// literal writes a value as it stands in a document.
func literal(v any) string {
	switch v := v.(type) {
	case word:
		return string(v)
	case reference:
		return "$" + string(v)
	case members:
		parts := make([]string, len(v))
		for i, m := range v {
			parts[i] = m.name + ": " + literal(m.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = literal(item)
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("no literal of %T: %v", v, err)) // the generator makes no such values
	}
	return string(text)
}

// plainJSON turns a value into what encoding/json writes as a variable's value.
func plainJSON(v any) any {
	switch v := v.(type) {
	case members:
		out := make(map[string]any, len(v))
		for _, m := range v {
			out[m.name] = plainJSON(m.value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plainJSON(item)
		}
		return out
	}
	return v
}
