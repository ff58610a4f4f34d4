package reads

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/scalar"
	"lazilabs.com/lazi/internal/domain"
)

// notBound is the error for a name that a struct has no field for.
func notBound(t reflect.Type, name string) error {
	return fmt.Errorf("%s has no field for %s: %w", t, name, ErrNotCompiled)
}

func (c *compiler) newMade(f collected, maker Maker) *made {
	m := &made{number: c.plan.made, maker: maker, field: f.Field, in: input{c.schema}}
	c.plan.made++
	return m
}

// beside compiles a field of a kind that has a maker. What is asked for in the same words is made once, wherever it is shown.
func (c *compiler) beside(f *fetch, field collected, maker Maker) (value, error) {
	i := slices.IndexFunc(f.beside, func(m *made) bool {
		return m.field.Name == field.Name && argumentsText(m.field.Arguments) == argumentsText(field.Arguments)
	})
	if i < 0 {
		i = len(f.beside)
		f.beside = append(f.beside, c.newMade(field, maker))
	}
	m := f.beside[i]
	s, err := c.shape(m, field, field.Definition.Type, maker.value)
	m.shapes = append(m.shapes, s)
	return besideMade{m, s}, err
}

// shape compiles how a Go value is shown as a type of the schema.
func (c *compiler) shape(m *made, f collected, t *ast.Type, goType reflect.Type) (shape, error) {
	def := c.schema.Types[t.Name()]
	switch k, isKind := domain.KindByName(t.Name()); {
	case t.Elem != nil:
		if goType.Kind() != reflect.Slice {
			return nil, notDescribed(f)
		}
		of, err := c.shape(m, f, t.Elem, goType.Elem())
		return list{of, t.NonNull}, err
	case isKind && goType == reflect.TypeOf(k.New()):
		return c.rowIn(m, f, k, t.NonNull)
	case goType.Kind() == reflect.Pointer:
		to, err := c.shape(m, f, t, goType.Elem())
		return pointer{to, t.NonNull}, err
	case def.Kind == ast.Object && goType.Kind() == reflect.Struct:
		return c.structure(m, f, goType)
	case def.Kind == ast.Scalar || def.Kind == ast.Enum:
		if show := leafOf(t.Name(), goType); show != nil {
			return leaf{show}, nil
		}
	}
	return nil, notDescribed(f)
}

func (c *compiler) structure(m *made, f collected, goType reflect.Type) (shape, error) {
	typeName := f.Definition.Type.Name()
	fields, err := c.collect(f.Selections, typeName)
	if err != nil {
		return nil, err
	}
	s := &structure{}
	for _, field := range fields {
		s.names = append(s.names, memberName(field.Alias))
		if field.Name == "__typename" {
			name := `"` + typeName + `"`
			s.fields = append(s.fields, structField{shape: leaf{func(b []byte, _ reflect.Value) []byte { return append(b, name...) }}})
			continue
		}
		in, ok := goType.FieldByNameFunc(func(name string) bool { return sameName(name, field.Name) })
		if !ok || !in.IsExported() || len(field.Definition.Arguments) > 0 {
			return nil, notBound(goType, field.Name)
		}
		of, err := c.shape(m, field, field.Definition.Type, in.Type)
		if err != nil {
			return nil, err
		}
		s.fields = append(s.fields, structField{index: in.Index, shape: of})
	}
	return s, nil
}

// rowIn compiles what is shown of a row: those of a kind are asked for together, wherever they stand.
func (c *compiler) rowIn(m *made, f collected, k *domain.Kind, required bool) (shape, error) {
	i := slices.IndexFunc(m.fetches, func(known *fetch) bool { return known.kind == k })
	if i < 0 {
		i = len(m.fetches)
		m.fetches = append(m.fetches, c.plan.newFetch(fetch{kind: k, byID: true}))
	}
	o, err := c.object(m.fetches[i], f.Selections)
	return rowIn{rowsOfKind{m.fetches[i], o}, required}, err
}

// leafOf returns how a Go value is shown as a scalar or an enum; nil when it is not.
func leafOf(name string, goType reflect.Type) func(b []byte, v reflect.Value) []byte {
	switch {
	case goType.Implements(reflect.TypeFor[graphql.Marshaler]()):
		return marshaled(func(v reflect.Value) graphql.Marshaler { return v.Interface().(graphql.Marshaler) })
	case goType == reflect.TypeFor[time.Time]() && name == "DateTime":
		return marshaled(func(v reflect.Value) graphql.Marshaler { return scalar.MarshalDateTime(v.Interface().(time.Time)) })
	case goType == reflect.TypeFor[string]() && name == "String":
		return marshaled(func(v reflect.Value) graphql.Marshaler { return graphql.MarshalString(v.String()) })
	case goType == reflect.TypeFor[bool]() && name == "Boolean":
		return marshaled(func(v reflect.Value) graphql.Marshaler { return graphql.MarshalBoolean(v.Bool()) })
	case goType == reflect.TypeFor[int]() && name == "Int":
		return marshaled(func(v reflect.Value) graphql.Marshaler { return graphql.MarshalInt(int(v.Int())) })
	}
	return nil
}
