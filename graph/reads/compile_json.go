package reads

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/internal/domain"
)

// document shows a JSON column: it is read into the struct that the kind has for it, and written from there.
type document struct {
	at     int
	goType reflect.Type
	show   goValue
}

// goValue writes a Go value.
type goValue func(b []byte, r *run, v reflect.Value) []byte

func (d document) write(b []byte, s spot) []byte {
	raw := s.rows.Value(s.row, d.at)
	into := reflect.New(d.goType)
	if raw != nil {
		if err := json.Unmarshal(raw, into.Interface()); err != nil {
			return s.run.fail(b, fmt.Errorf("reads: a document cannot be read as %s", d.goType))
		}
	}
	return d.show(b, s.run, into.Elem())
}

// json compiles a field that shows a JSON column.
func (c *compiler) json(at int, goType reflect.Type, field collected) (value, error) {
	show, err := c.goValue(field.Definition.Type, goType, field)
	return document{at: at, goType: goType, show: show}, err
}

// goValue compiles a field whose value is of a Go type.
func (c *compiler) goValue(t *ast.Type, goType reflect.Type, field collected) (goValue, error) {
	if t.Elem != nil {
		if goType.Kind() != reflect.Slice {
			return nil, notDescribed(field)
		}
		element, err := c.goValue(t.Elem, goType.Elem(), field)
		return goList(t.NonNull, element), err
	}
	show, err := c.goOne(t, base(goType), field)
	if err != nil {
		return nil, err
	}
	return func(b []byte, r *run, v reflect.Value) []byte {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return r.null(b, t.NonNull)
			}
			v = v.Elem()
		}
		if d, ok := reflect.TypeAssert[domain.Decimal](v); ok && d == "" {
			return r.null(b, t.NonNull)
		}
		return show(b, r, v)
	}, nil
}

func goList(required bool, element goValue) goValue {
	return func(b []byte, r *run, v reflect.Value) []byte {
		if v.IsNil() && !required {
			return append(b, "null"...)
		}
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = element(b, r, v.Index(i))
		}
		return append(b, ']')
	}
}

// goOne compiles a value that is no list and not null.
func (c *compiler) goOne(t *ast.Type, goType reflect.Type, field collected) (goValue, error) {
	switch name := t.Name(); {
	case name == "Money" && goType == reflect.TypeFor[domain.Decimal]():
		return c.goMoney(field)
	case name == "String" || name == "Decimal":
		return func(b []byte, _ *run, v reflect.Value) []byte { return appendText(b, v.String()) }, nil
	case name == "Boolean":
		return func(b []byte, _ *run, v reflect.Value) []byte { return strconv.AppendBool(b, v.Bool()) }, nil
	case name == "Int":
		return func(b []byte, _ *run, v reflect.Value) []byte { return strconv.AppendInt(b, v.Int(), 10) }, nil
	case name == "BigInt":
		return func(b []byte, _ *run, v reflect.Value) []byte { return appendQuoted(b, v.Int()) }, nil
	case name == "Float":
		return func(b []byte, _ *run, v reflect.Value) []byte { return fmt.Appendf(b, "%g", v.Float()) }, nil
	case goType.Kind() == reflect.Struct:
		return c.goStruct(name, goType, field)
	}
	return nil, notDescribed(field)
}

// goMoney compiles a bare decimal that is shown as money.
func (c *compiler) goMoney(field collected) (goValue, error) {
	return c.goMembers(field.Definition.Type.Name(), field, func(m collected) (goValue, error) {
		switch m.Name {
		case "amount":
			return func(b []byte, _ *run, v reflect.Value) []byte { return appendText(b, v.String()) }, nil
		case "currency":
			c.plan.currency = true
			return func(b []byte, r *run, _ reflect.Value) []byte { return appendText(b, r.currency) }, nil
		}
		return nil, notDescribed(m)
	})
}

// goStruct compiles a selection of a struct: its fields and methods of the same names in any case, as gqlgen binds them.
func (c *compiler) goStruct(typeName string, goType reflect.Type, field collected) (goValue, error) {
	return c.goMembers(typeName, field, func(m collected) (goValue, error) {
		same := func(s string) bool { return sameName(s, m.Name) }
		if f, ok := goType.FieldByNameFunc(same); ok {
			show, err := c.goValue(m.Definition.Type, f.Type, m)
			return func(b []byte, r *run, v reflect.Value) []byte { return show(b, r, v.FieldByIndex(f.Index)) }, err
		}
		for i := range goType.NumMethod() {
			if method := goType.Method(i); same(method.Name) && method.Type.NumIn() == 1 && method.Type.NumOut() == 1 {
				show, err := c.goValue(m.Definition.Type, method.Type.Out(0), m)
				return func(b []byte, r *run, v reflect.Value) []byte { return show(b, r, v.Method(i).Call(nil)[0]) }, err
			}
		}
		return nil, notDescribed(m)
	})
}

// goMembers compiles a selection whose fields are compiled one by one.
func (c *compiler) goMembers(typeName string, field collected, compile func(collected) (goValue, error)) (goValue, error) {
	fields, err := c.collect(field.Selections, typeName)
	if err != nil {
		return nil, err
	}
	names, shows := make([]string, len(fields)), make([]goValue, len(fields))
	for i, m := range fields {
		names[i] = memberName(m.Alias)
		if m.Name == "__typename" {
			shows[i] = func(b []byte, _ *run, _ reflect.Value) []byte { return append(b, `"`+typeName+`"`...) }
		} else if shows[i], err = compile(m); err != nil {
			return nil, err
		}
	}
	return func(b []byte, r *run, v reflect.Value) []byte {
		b = append(b, '{')
		for i, show := range shows {
			if i > 0 {
				b = append(b, ',')
			}
			b = show(append(b, names[i]...), r, v)
		}
		return append(b, '}')
	}, nil
}
