package store

import (
	"reflect"
	"strings"
	"sync"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// selections holds each kind's select list, which never changes.
type selections struct{ byKind sync.Map }

func (s *selections) of(k *domain.Kind) string {
	if list, ok := s.byKind.Load(k); ok {
		return list.(string)
	}
	var b strings.Builder
	for i, c := range k.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("t." + c.Name + cast(c))
	}
	s.byKind.Store(k, b.String())
	return b.String()
}

// cast is what stands behind a column that is read. Amounts pass through as text: the database's decimals are exact and Go need
// not compute with them.
func cast(c domain.Column) string {
	if pgType(c.Type) == "numeric" {
		return "::text"
	}
	return ""
}

// pgType is Postgres' type of a column, as far as Go's tells: the one that a position's text is cast to.
func pgType(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return "timestamptz"
	case reflect.TypeFor[domain.Money](), reflect.TypeFor[domain.Decimal]():
		return "numeric"
	}
	switch t.Kind() {
	case reflect.Int64:
		return "bigint"
	case reflect.Bool:
		return "boolean"
	case reflect.Struct:
		return "jsonb"
	case reflect.Slice:
		if element := pgType(t.Elem()); element != "jsonb" {
			return element + "[]"
		}
		return "jsonb"
	default:
		return "text"
	}
}

// shownType is the type of what selection writes for a column.
func shownType(c table.Column) string {
	switch t := pgType(c.Type); {
	case c.Presence:
		return "boolean"
	case c.Member != "", t == "numeric":
		return "text"
	default:
		return t
	}
}
