package limits

import (
	"encoding/json"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// size is how many items a list may have: fixed, or as variables say.
type size struct {
	fixed       int64
	first, last string // variables that hold the size of a page
	paging      Paging
	list        string // variable that holds the objects asked for
	limit       string // of that list
	most        int
}

func (s size) varies() bool { return s.first != "" || s.last != "" || s.most > 0 }

// of returns the size for a request's variables.
func (s size) of(variables map[string]any) (int64, error) {
	if s.most > 0 {
		n := s.fixed
		if s.list != "" {
			n = length(variables[s.list])
		}
		if n > int64(s.most) {
			return n, &ExceededError{Limit: s.limit, Max: int64(s.most), Value: n, Argument: true}
		}
		return n, nil
	}
	n := s.fixed
	for _, name := range [...]string{s.first, s.last} {
		if name == "" {
			continue
		}
		if v, ok := number(variables[name]); ok {
			n = max(n, s.paging.clamp(v))
		}
	}
	if n == 0 {
		n = int64(s.paging.Default)
	}
	return n, nil
}

// clamp bounds a size by what resolvers accept: they refuse all else with better words.
func (p Paging) clamp(n int64) int64 { return min(max(n, 1), int64(p.Max)) }

// size returns how many items a field is asked for.
func (p *pricer) size(f *ast.Field) size {
	for _, a := range f.Definition.Arguments {
		name := f.ObjectDefinition.Name + "." + f.Name + "(" + a.Name + ")"
		if most, ok := p.limits.Lists[name]; ok {
			return listSize(f.Arguments.ForName(a.Name), name, most)
		}
	}
	if f.Definition.Arguments.ForName("first") == nil {
		return size{fixed: holds(f.Definition)}
	}
	s := size{paging: p.paging}
	s.first = p.page(&s, f, "first")
	s.last = p.page(&s, f, "last")
	if s.fixed == 0 && !s.varies() {
		s.fixed = int64(p.paging.Default)
	}
	return s
}

// page reads an argument that holds a page's size: it is noted in s, or the name of its variable returned.
func (p *pricer) page(s *size, f *ast.Field, name string) (variable string) {
	value := f.Definition.Arguments.ForName(name)
	if value == nil {
		return ""
	}
	given := value.DefaultValue
	if a := f.Arguments.ForName(name); a != nil {
		given = a.Value
	}
	switch {
	case given == nil:
	case given.Kind == ast.Variable:
		return given.Raw
	case given.Kind == ast.IntValue:
		if n, err := strconv.ParseInt(given.Raw, 10, 64); err == nil {
			s.fixed = max(s.fixed, p.paging.clamp(n))
		}
	}
	return ""
}

func listSize(a *ast.Argument, limit string, most int) size {
	s := size{limit: limit, most: most}
	switch {
	case a == nil:
	case a.Value.Kind == ast.Variable:
		s.list = a.Value.Raw
	case a.Value.Kind == ast.ListValue:
		s.fixed = int64(len(a.Value.Children))
	default:
		s.fixed = 1 // one value stands for a list of one
	}
	return s
}

func length(v any) int64 {
	switch v := v.(type) {
	case nil:
		return 0
	case []any:
		return int64(len(v))
	}
	return 1
}

// number reads a variable of type Int, in whichever form the request had it.
func number(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case float64:
		return int64(v), true
	case json.Number:
		n, err := v.Int64()
		return n, err == nil
	}
	return 0, false
}

// holds is about how many items a plain list holds: what its field says by @holds, or else a few.
func holds(f *ast.FieldDefinition) int64 {
	if d := f.Directives.ForName("holds"); d != nil {
		if n, err := strconv.ParseInt(d.Arguments.ForName("about").Value.Raw, 10, 64); err == nil {
			return n
		}
	}
	return plainList
}
