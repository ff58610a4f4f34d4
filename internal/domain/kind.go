package domain

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Entity is a row of any kind: a pointer to one of the structs of this package.
type Entity interface {
	// Base returns what every row carries.
	Base() *Record
}

// Spec is what a kind's file states about it. It reads as a table of facts.
type Spec struct {
	// Name is the GraphQL type and, unless API.Entity says otherwise, ServiceTitan's name of the entity.
	Name string
	// Domain is the capability area that the kind belongs to; provider modes are set per domain.
	Domain Area
	// Table is the mirror's table in schema raw.
	Table string
	// API says how ServiceTitan serves the kind.
	API API
	// Orders maps the values of the kind's GraphQL order enum to columns. Each is served by an index.
	Orders map[string]string
	// DefaultOrder is the column a list is ordered by when the caller names none; "st_id" when empty.
	DefaultOrder string
	// Filter is an empty value of the struct that the kind's lists are filtered by.
	Filter any
	// Made are the GraphQL fields that are made of columns instead of showing one.
	Made map[string]Made
}

// Kind describes one mirrored kind.
type Kind struct {
	Spec
	// Columns are the columns that fill the kind's struct, in the order in which Scan expects them.
	Columns []Column
	index   map[string]int
	fields  map[string]int
	newRow  func() Entity
	byID    []*Link
	links   map[string]*Link
}

// Column is a column of the mirror and the struct field it fills.
type Column struct {
	// Name is the column's name.
	Name string
	// Type is the Go type of the field: pointers are nullable columns, slices are arrays.
	Type reflect.Type
	path []int
}

// Nullable tells whether the column may hold NULL.
func (c Column) Nullable() bool { return c.Type.Kind() == reflect.Pointer }

// Array tells whether the column holds an array of ids, numbers or words.
func (c Column) Array() bool {
	return c.Type.Kind() == reflect.Slice && c.Type.Elem().Kind() != reflect.Struct
}

// Of is a kind whose rows are of the struct type T.
type Of[T any] struct{ *Kind }

// newKind reads T's `db` tags and joins them with the stated facts. It panics on a struct that is no Entity:
// a mistake in this package, found when any test starts.
func newKind[T any](spec Spec) Of[T] {
	if spec.DefaultOrder == "" {
		spec.DefaultOrder = "st_id"
	}
	if spec.API.Entity == "" {
		spec.API.Entity = spec.Name
	}
	k := &Kind{Spec: spec, index: map[string]int{}, fields: map[string]int{}, links: map[string]*Link{}}
	k.newRow = func() Entity {
		e := any(new(T)).(Entity)
		e.Base().kind = k
		return e
	}
	k.addColumns(reflect.TypeFor[T](), nil)
	return Of[T]{k}
}

func (k *Kind) addColumns(t reflect.Type, at []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		path := append(append([]int(nil), at...), i)
		if f.Anonymous {
			k.addColumns(f.Type, path)
			continue
		}
		name, ok := f.Tag.Lookup("db")
		if !ok {
			continue
		}
		if _, twice := k.index[name]; twice {
			panic("domain: " + k.Name + " has two fields for column " + name)
		}
		k.index[name] = len(k.Columns)
		k.fields[strings.ToLower(f.Name)] = len(k.Columns)
		k.Columns = append(k.Columns, Column{Name: name, Type: f.Type, path: path})
	}
}

// New returns an empty row of the kind.
func (k *Kind) New() Entity { return k.newRow() }

// Column returns the named column.
func (k *Kind) Column(name string) (Column, bool) {
	i, ok := k.index[name]
	if !ok {
		return Column{}, false
	}
	return k.Columns[i], true
}

// ColumnOf returns the column that a GraphQL field shows: the one whose struct field has the same name in any case.
func (k *Kind) ColumnOf(field string) (Column, bool) {
	i, ok := k.fields[strings.ToLower(field)]
	if !ok {
		return Column{}, false
	}
	return k.Columns[i], true
}

// Link returns the link that a GraphQL field follows.
func (k *Kind) Link(field string) (*Link, bool) {
	l, ok := k.links[field]
	return l, ok
}

// Fields appends pointers to the row's fields to dst, one for each of Columns: what a database driver scans into.
func (k *Kind) Fields(row Entity, dst []any) []any {
	v := reflect.ValueOf(row).Elem()
	for i := range k.Columns {
		dst = append(dst, v.FieldByIndex(k.Columns[i].path).Addr().Interface())
	}
	return dst
}

// value returns the row's value in the named column.
func (k *Kind) value(row Entity, column string) reflect.Value {
	return reflect.ValueOf(row).Elem().FieldByIndex(k.Columns[k.index[column]].path)
}

// mustColumn is for links and filters, which name columns in code.
func (k *Kind) mustColumn(name string) Column {
	c, ok := k.Column(name)
	if !ok {
		panic(fmt.Sprintf("domain: %s has no column %q", k.Name, name))
	}
	return c
}

// OrderColumn returns the column that a value of the kind's order enum stands for.
func (k *Kind) OrderColumn(value string) (string, error) {
	if value == "" {
		return k.DefaultOrder, nil
	}
	c, ok := k.Orders[value]
	if !ok {
		return "", Invalid("orderBy.field", "%s cannot be ordered by %q", k.Name, value)
	}
	return c, nil
}

// Singular is the kind's name in sentences: "job type".
func (k *Kind) Singular() string {
	var b strings.Builder
	for i, r := range k.Name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// Plural is the kind's name in sentences: "job types".
func (k *Kind) Plural() string {
	s := k.Singular()
	switch {
	case strings.HasSuffix(s, "equipment"):
		return s
	case strings.HasSuffix(s, "y"):
		return strings.TrimSuffix(s, "y") + "ies"
	}
	return s + "s"
}

// Position returns a row's place in a list that is ordered by a column.
func (k *Kind) Position(row Entity, column string) Position {
	p := Position{ID: row.Base().STID}
	v := k.value(row, column)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return p
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case time.Time:
		p.Value = new(x.UTC().Format(time.RFC3339Nano))
	default:
		p.Value = new(fmt.Sprint(x))
	}
	return p
}
