package reads

import (
	"bytes"
	"reflect"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// column compiles a field that shows a column.
func (c *compiler) column(f *fetch, field collected, col domain.Column) (value, error) {
	t, required := field.Definition.Type, field.Definition.Type.NonNull
	switch goType := base(col.Type); {
	case goType == reflect.TypeFor[domain.Money]():
		return c.money(f.column(col), required, field)
	case goType.Kind() == reflect.Struct && goType != reflect.TypeFor[time.Time](), goType.Kind() == reflect.Slice && !col.Array():
		return c.json(f, col, field)
	}
	show := c.scalar(t, col.Type)
	if show == nil {
		return nil, notDescribed(field)
	}
	return &column{at: f.column(col), required: required, list: t.Elem != nil, show: show}, nil
}

// scalar returns how a column of a Go type is shown as a scalar, an enum or a list of texts; nil when it is not.
func (c *compiler) scalar(t *ast.Type, goType reflect.Type) func(b, v []byte) []byte {
	if t.Elem != nil {
		if t.Elem.Name() == "String" && goType == reflect.TypeFor[[]string]() {
			return writeTexts
		}
		return nil
	}
	kind := base(goType).Kind()
	switch name := t.Name(); {
	case name == "String" && kind == reflect.String, name == "Decimal" && kind == reflect.String:
		return writeText
	case name == "Boolean" && kind == reflect.Bool:
		return writeBool
	case name == "BigInt" && kind == reflect.Int64:
		return writeBigInt
	case name == "Int" && kind == reflect.Int64:
		return writeInt
	case name == "DateTime" && base(goType) == reflect.TypeFor[time.Time]():
		return writeDateTime
	case c.schema.Types[name].Kind == ast.Enum:
		return writeEnum(c.schema.Types[name], base(goType))
	}
	return nil
}

// writeEnum shows ServiceTitan's words under their GraphQL names; one that the enum does not know is UNKNOWN.
func writeEnum(enum *ast.Definition, goType reflect.Type) func(b, v []byte) []byte {
	names := map[string]string{}
	for _, v := range enum.EnumValues {
		word := reflect.New(goType)
		u, ok := reflect.TypeAssert[graphql.Unmarshaler](word)
		if !ok {
			return nil
		}
		if u.UnmarshalGQL(v.Name) == nil {
			names[word.Elem().String()] = `"` + v.Name + `"`
		}
	}
	return func(b, v []byte) []byte {
		if name, ok := names[string(v)]; ok {
			return append(b, name...)
		}
		return append(b, `"`+domain.Unknown+`"`...)
	}
}

// money compiles an amount in a column.
func (c *compiler) money(at int, required bool, field collected) (value, error) {
	o, err := c.objectOf(field.Definition.Type.Name(), field.Selections, func(m collected) (value, error) {
		switch m.Name {
		case "amount":
			return &column{at: at, show: writeText}, nil
		case "currency":
			c.plan.currency = true
			return currency{}, nil
		}
		return nil, notDescribed(m)
	})
	return &present{[]int{at}, required, o}, err
}

// madeOf compiles a field that is made of columns.
func (c *compiler) madeOf(f *fetch, field collected, m domain.Made) (value, error) {
	required := field.Definition.Type.NonNull
	at := make([]int, len(m.Columns))
	for i, name := range m.Columns {
		at[i] = f.named(name)
	}
	switch m.Form {
	case domain.AsText:
		return &column{at: at[0], required: required, show: writeText}, nil
	case domain.AsSeconds:
		return &column{at: at[0], required: required, show: writeSeconds}, nil
	case domain.AsWindow:
		o, err := c.objectOf(field.Definition.Type.Name(), field.Selections, func(m collected) (value, error) {
			switch m.Name {
			case "start":
				return &column{at: at[0], show: writeDateTime}, nil
			case "end":
				return &column{at: at[1], show: writeDateTime}, nil
			}
			return nil, notDescribed(m)
		})
		return &present{at, required, o}, err
	case domain.AsLines:
		return c.lines(f, at[0], field, m.Lines)
	}
	return nil, notDescribed(field)
}

// writeSeconds shows a number of seconds as an ISO 8601 duration.
func writeSeconds(b, v []byte) []byte {
	var text bytes.Buffer
	graphql.MarshalDuration(time.Duration(table.Int(v)) * time.Second).MarshalGQL(&text)
	return append(b, text.Bytes()...)
}

// freshness compiles the age and origin of a row.
func (c *compiler) freshness(f *fetch, field collected) (value, error) {
	return c.objectOf(field.Definition.Type.Name(), field.Selections, func(m collected) (value, error) {
		at := syncedAt{f.named("fetched_at")}
		switch m.Name {
		case "syncedAt":
			return at, nil
		case "sourceModifiedAt":
			return &column{at: f.named("modified_on"), show: writeDateTime}, nil
		case "ageSeconds":
			return freshness{at, showAge}, nil
		case "stale":
			return freshness{at, showStale}, nil
		case "source":
			return freshness{at, showSource}, nil
		}
		return nil, notDescribed(m)
	})
}
