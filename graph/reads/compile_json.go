package reads

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// document shows a JSON column as the struct that the kind has for it, without making one.
type document struct {
	at   int
	show jsonValue
}

// jsonValue writes a part of a document. What is absent is null.
type jsonValue func(b []byte, r *run, v gjson.Result) []byte

func (d document) write(b []byte, s spot) []byte {
	var v gjson.Result
	if raw := s.rows.Value(s.row, d.at); raw != nil {
		v = gjson.ParseBytes(raw)
	}
	return d.show(b, s.run, v)
}

// json compiles a field that shows a JSON column.
func (c *compiler) json(f *fetch, col domain.Column, field collected) (value, error) {
	if members, ok := c.textMembers(col, field); ok {
		return c.jsonTexts(f, col, field, members)
	}
	show, err := c.jsonValue(field.Definition.Type, col.Type, field)
	return document{f.column(col), show}, err
}

// maxTexts is up to how many texts the database is asked for one by one: writing out a whole document costs it as much.
const maxTexts = 5

// textMembers returns the members of an object that a selection shows, by field, if they are a few texts and no more.
func (c *compiler) textMembers(col domain.Column, field collected) (members map[string]string, ok bool) {
	t := field.Definition.Type
	fields, err := c.collect(field.Selections, t.Name())
	if err != nil || t.Elem != nil || len(fields) > maxTexts {
		return nil, false
	}
	members = map[string]string{}
	for _, m := range fields {
		g, ok := base(col.Type).FieldByNameFunc(func(s string) bool { return sameName(s, m.Name) })
		if m.Name != "__typename" && (!ok || g.Type != reflect.TypeFor[*string]() || m.Definition.Type.NonNull) {
			return nil, false
		}
		members[m.Name] = g.Tag.Get("json")
	}
	return members, true
}

// jsonTexts compiles an object of which only texts are shown.
func (c *compiler) jsonTexts(f *fetch, col domain.Column, field collected, members map[string]string) (value, error) {
	t := field.Definition.Type
	o, err := c.objectOf(t.Name(), field.Selections, func(m collected) (value, error) {
		return &column{at: f.value(table.Column{Column: col, Member: members[m.Name]}), show: writeText}, nil
	})
	return &present{[]int{f.value(table.Column{Column: col, Presence: true})}, t.NonNull, o}, err
}

// jsonValue compiles a field that shows a part of a document which is read into a Go type.
func (c *compiler) jsonValue(t *ast.Type, goType reflect.Type, field collected) (jsonValue, error) {
	if t.Elem != nil {
		if goType.Kind() != reflect.Slice {
			return nil, notDescribed(field)
		}
		element, err := c.jsonValue(t.Elem, goType.Elem(), field)
		return jsonList(t.NonNull, element), err
	}
	show, err := c.jsonPresent(t, base(goType), field)
	if err != nil {
		return nil, err
	}
	nullable := goType.Kind() == reflect.Pointer || goType == reflect.TypeFor[domain.Decimal]()
	return func(b []byte, r *run, v gjson.Result) []byte {
		switch {
		case v.Type != gjson.Null:
			return show(b, r, v)
		case nullable:
			return r.null(b, t.NonNull)
		}
		return r.fail(b, errForm) // an empty Go value is shown: the resolvers' business
	}, nil
}

// errForm means that a document is not of the form that the kind's struct has: what that means is for resolvers to say.
var errForm = fmt.Errorf("reads: a document has another form: %w", ErrNotCompiled)

func jsonList(required bool, element jsonValue) jsonValue {
	return func(b []byte, r *run, v gjson.Result) []byte {
		switch {
		case v.Type == gjson.Null && !required:
			return append(b, "null"...)
		case v.Type != gjson.Null && !v.IsArray():
			return r.fail(b, errForm)
		}
		b = append(b, '[')
		empty := true
		v.ForEach(func(_, e gjson.Result) bool {
			if !empty {
				b = append(b, ',')
			}
			empty = false
			b = element(b, r, e)
			return true
		})
		return append(b, ']')
	}
}

// jsonPresent compiles a value that is no list and not null.
func (c *compiler) jsonPresent(t *ast.Type, goType reflect.Type, field collected) (jsonValue, error) {
	switch name, kind := t.Name(), goType.Kind(); {
	case name == "Money" && goType == reflect.TypeFor[domain.Decimal]():
		return c.jsonMoney(field)
	case name == "Decimal" && goType == reflect.TypeFor[domain.Decimal]():
		return jsonDecimal, nil
	case name == "String" && kind == reflect.String:
		return jsonText, nil
	case name == "Boolean" && kind == reflect.Bool:
		return jsonBool, nil
	case name == "Int" && kind == reflect.Int, name == "BigInt" && kind == reflect.Int64:
		return jsonInteger(name == "BigInt"), nil
	case name == "Float" && kind == reflect.Float64:
		return jsonFloat, nil
	case kind == reflect.Struct:
		return c.jsonObject(field.Selections, name, func(m collected) (jsonValue, []string, error) { return c.jsonMember(goType, m) })
	}
	return nil, notDescribed(field)
}

func jsonText(b []byte, r *run, v gjson.Result) []byte {
	if v.Type != gjson.String {
		return r.fail(b, errForm)
	}
	return appendText(b, v.Str)
}

func jsonBool(b []byte, r *run, v gjson.Result) []byte {
	if !v.IsBool() {
		return r.fail(b, errForm)
	}
	return append(b, v.Raw...)
}

func jsonInteger(quoted bool) jsonValue {
	return func(b []byte, r *run, v gjson.Result) []byte {
		n, err := strconv.ParseInt(v.Raw, 10, 64)
		switch {
		case v.Type != gjson.Number || err != nil:
			return r.fail(b, errForm)
		case quoted:
			return appendQuoted(b, n)
		}
		return strconv.AppendInt(b, n, 10)
	}
}

func jsonFloat(b []byte, r *run, v gjson.Result) []byte {
	f, err := strconv.ParseFloat(v.Raw, 64)
	if v.Type != gjson.Number || err != nil {
		return r.fail(b, errForm)
	}
	return fmt.Appendf(b, "%g", f)
}

// jsonDecimal shows an amount, which ServiceTitan writes as a number or as text.
func jsonDecimal(b []byte, r *run, v gjson.Result) []byte {
	switch {
	case v.Type == gjson.Number:
		return appendText(b, v.Raw)
	case v.Type == gjson.String && v.Str != "":
		return appendText(b, v.Str)
	}
	return r.fail(b, errForm)
}

// jsonMoney compiles a bare amount that is shown as money.
func (c *compiler) jsonMoney(field collected) (jsonValue, error) {
	return c.jsonObject(field.Selections, field.Definition.Type.Name(), func(m collected) (jsonValue, []string, error) {
		switch m.Name {
		case "amount":
			return jsonDecimal, nil, nil
		case "currency":
			c.plan.currency = true
			return func(b []byte, r *run, _ gjson.Result) []byte { return appendText(b, r.currency) }, nil, nil
		}
		return nil, nil, notDescribed(m)
	})
}

// jsonMember compiles a field of a struct: the one of the same name in any case, as gqlgen binds it. It returns where in
// the document the struct's tag says that it stands: a dot leads into an inner object.
func (c *compiler) jsonMember(goType reflect.Type, m collected) (show jsonValue, path []string, err error) {
	f, ok := goType.FieldByNameFunc(func(s string) bool { return sameName(s, m.Name) })
	if !ok {
		return nil, nil, notDescribed(m)
	}
	show, err = c.jsonValue(m.Definition.Type, f.Type, m)
	return show, strings.Split(f.Tag.Get("json"), "."), err
}

// jsonObject compiles a selection whose fields are compiled one by one, each to what shows it and its path in the value:
// none for the value itself.
func (c *compiler) jsonObject(set ast.SelectionSet, typeName string, compile func(collected) (jsonValue, []string, error)) (jsonValue, error) {
	fields, err := c.collect(set, typeName)
	if err != nil {
		return nil, err
	}
	names, shows, paths := make([]string, len(fields)), make([]jsonValue, len(fields)), make([][]string, len(fields))
	for i, m := range fields {
		names[i] = memberName(m.Alias)
		if m.Name == "__typename" {
			shows[i] = func(b []byte, _ *run, _ gjson.Result) []byte { return append(b, `"`+typeName+`"`...) }
		} else if shows[i], paths[i], err = compile(m); err != nil {
			return nil, err
		}
	}
	return func(b []byte, r *run, v gjson.Result) []byte {
		b = append(b, '{')
		for i, show := range shows {
			if i > 0 {
				b = append(b, ',')
			}
			b = show(append(b, names[i]...), r, within(v, paths[i]))
		}
		return append(b, '}')
	}, nil
}

// within returns the part of a value that a path leads to, null when it is absent.
func within(v gjson.Result, path []string) gjson.Result {
	for _, key := range path {
		var found gjson.Result
		v.ForEach(func(k, member gjson.Result) bool {
			if k.Str == key {
				found = member
				return false
			}
			return true
		})
		v = found
	}
	return v
}
