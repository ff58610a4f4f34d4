package reads

import (
	"reflect"

	"github.com/99designs/gqlgen/graphql"

	"lazilabs.com/lazi/internal/domain"
)

// shape is how a Go value is shown.
type shape interface {
	write(b []byte, v reflect.Value, r *run) []byte
	// gather notes the rows that stand in the value.
	gather(v reflect.Value, r *run)
}

// leaf is a scalar or an enum.
type leaf struct {
	show func(b []byte, v reflect.Value) []byte
}

func (l leaf) write(b []byte, v reflect.Value, _ *run) []byte { return l.show(b, v) }
func (leaf) gather(reflect.Value, *run)                       {}

// pointer is a value that may be null.
type pointer struct {
	to       shape
	required bool
}

func (p pointer) write(b []byte, v reflect.Value, r *run) []byte {
	if v.IsNil() {
		return r.null(b, p.required)
	}
	return p.to.write(b, v.Elem(), r)
}

func (p pointer) gather(v reflect.Value, r *run) {
	if !v.IsNil() {
		p.to.gather(v.Elem(), r)
	}
}

// list is a slice. One that is nil is the empty list where null is forbidden.
type list struct {
	of       shape
	required bool
}

func (l list) write(b []byte, v reflect.Value, r *run) []byte {
	if v.IsNil() && !l.required {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		b = l.of.write(b, v.Index(i), r)
	}
	return append(b, ']')
}

func (l list) gather(v reflect.Value, r *run) {
	for i := range v.Len() {
		l.of.gather(v.Index(i), r)
	}
}

// structure is a struct that is bound to an object type.
type structure struct {
	names  []string
	fields []structField
}

// structField is one that is selected. Without an index it is the struct itself.
type structField struct {
	index []int
	shape shape
}

func (s *structure) write(b []byte, v reflect.Value, r *run) []byte {
	b = append(b, '{')
	for i, f := range s.fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = f.shape.write(append(b, s.names[i]...), v.FieldByIndex(f.index), r)
	}
	return append(b, '}')
}

func (s *structure) gather(v reflect.Value, r *run) {
	for _, f := range s.fields {
		f.shape.gather(v.FieldByIndex(f.index), r)
	}
}

// rowIn is a pointer to a kind's row.
type rowIn struct {
	rowsOfKind
	required bool
}

func (i rowIn) id(v reflect.Value) (int64, bool) {
	if v.IsNil() {
		return 0, false
	}
	return v.Interface().(domain.Entity).Base().STID, true
}

func (i rowIn) gather(v reflect.Value, r *run) {
	if id, ok := i.id(v); ok {
		r.asks[i.fetch.number].Keys.Add(id)
	}
}

func (i rowIn) write(b []byte, v reflect.Value, r *run) []byte {
	id, ok := i.id(v)
	if !ok {
		return r.null(b, i.required)
	}
	return i.rowsOfKind.write(b, r, id, i.required)
}

// marshaled shows a value that writes itself.
func marshaled(m func(v reflect.Value) graphql.Marshaler) func(b []byte, v reflect.Value) []byte {
	return func(b []byte, v reflect.Value) []byte {
		w := appender(b)
		m(v).MarshalGQL(&w)
		return w
	}
}

// appender is a slice that is written to.
type appender []byte

// Write implements io.Writer.
func (a *appender) Write(p []byte) (int, error) {
	*a = append(*a, p...)
	return len(p), nil
}
