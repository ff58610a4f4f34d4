package reads

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/scalar"
)

// input reads arguments into Go values as gqlgen's generated code does. Errors only tell that it cannot be done: the
// resolvers' path finds the words.
type input struct{ schema *ast.Schema }

// member is a named argument and where it goes.
type member struct {
	name string
	into any
}

// members reads arguments that are scalars. Those that are absent or null leave what is there.
func (in input) members(arguments map[string]any, all ...member) error {
	for _, m := range all {
		if v := arguments[m.name]; v != nil {
			if err := in.value(reflect.ValueOf(m.into).Elem(), nil, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// object reads an input object into a new struct of the type of like and returns a pointer to it.
func (in input) object(t *ast.Type, v, like any) (any, error) {
	out := reflect.New(reflect.TypeOf(like))
	return out.Interface(), in.value(out.Elem(), t, v)
}

// value reads v, which is not null, into a Go value.
func (in input) value(into reflect.Value, t *ast.Type, v any) error {
	if u, ok := reflect.TypeAssert[graphql.Unmarshaler](into.Addr()); ok {
		return u.UnmarshalGQL(v)
	}
	var err error
	switch x := into.Addr().Interface().(type) {
	case *time.Time:
		*x, err = scalar.UnmarshalDateTime(v)
	case *string:
		*x, err = graphql.UnmarshalString(v)
	case *bool:
		*x, err = graphql.UnmarshalBoolean(v)
	case *int:
		*x, err = graphql.UnmarshalInt(v)
	default:
		return in.structured(into, t, v)
	}
	return err
}

func (in input) structured(into reflect.Value, t *ast.Type, v any) error {
	kind := into.Kind()
	if kind == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		return in.value(into.Elem(), t, v)
	}
	if kind == reflect.Slice {
		return in.list(into, t, v)
	}
	if kind == reflect.Struct {
		return in.fields(into, t, v)
	}
	if kind != reflect.String {
		return fmt.Errorf("%s cannot be read", into.Type())
	}
	word, err := graphql.UnmarshalString(v) // a plain enum
	into.SetString(word)
	return err
}

func (in input) list(into reflect.Value, t *ast.Type, v any) error {
	list := graphql.CoerceList(v)
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, element := range list {
		if element == nil {
			return errors.New("a list holds null")
		}
		if err := in.value(into.Index(i), t.Elem, element); err != nil {
			return err
		}
	}
	return nil
}

// fields reads an input object. Fields that are absent have the default that the schema gives them.
func (in input) fields(into reflect.Value, t *ast.Type, v any) error {
	given, ok := v.(map[string]any)
	if !ok || t == nil {
		return fmt.Errorf("%T is no input object", v)
	}
	for _, f := range in.schema.Types[t.Name()].Fields {
		v, present := given[f.Name]
		if !present && f.DefaultValue != nil {
			var err error
			if v, err = f.DefaultValue.Value(nil); err != nil {
				return err
			}
		}
		if v == nil {
			continue
		}
		field, ok := goField(into, f.Name)
		if !ok {
			return fmt.Errorf("%s has no field %s", into.Type(), f.Name)
		}
		if err := in.value(field, f.Type, v); err != nil {
			return err
		}
	}
	return nil
}

// goField finds the struct's field for a GraphQL field: the one of the same name in any case, as gqlgen does.
func goField(v reflect.Value, name string) (reflect.Value, bool) {
	f := v.FieldByNameFunc(func(s string) bool { return sameName(s, name) })
	return f, f.IsValid()
}

// sameName tells whether a Go name is bound to a GraphQL name.
func sameName(goName, name string) bool { return strings.EqualFold(goName, name) }
