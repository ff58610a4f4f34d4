package reads

import (
	"errors"
	"strconv"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// value is a compiled field: it writes what the field shows. Those that are called most are pointers: a struct would be copied for each
// call, and what is written would no longer fit into registers.
type value interface {
	write(b []byte, s spot) []byte
}

// spot is where in the answer a value is written: at a row, or at a page of the rows that one key led to.
type spot struct {
	run  *run
	rows *table.Rows
	row  int

	page *pageOf
	key  int
}

// errNull means that a null stands where the schema forbids it: resolvers know what it costs.
var errNull = errors.New("reads: null where the schema has none")

// object is a selection of fields.
type object struct {
	names  []string
	values []value
}

func (o *object) write(b []byte, s spot) []byte {
	b = append(b, '{')
	for i, v := range o.values {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.write(append(b, o.names[i]...), s)
	}
	return append(b, '}')
}

// literal is the same everywhere.
type literal string

func (l literal) write(b []byte, _ spot) []byte { return append(b, l...) }

// globalID shows a row's id.
type globalID struct{ kind string }

func (g globalID) write(b []byte, s spot) []byte {
	b = domain.GlobalID{Kind: g.kind, ID: s.rows.ID(s.row)}.AppendTo(append(b, '"'))
	return append(b, '"')
}

// column shows a column.
type column struct {
	at       int
	required bool
	list     bool // NULL is the empty list where null is forbidden
	// show writes a value that is not NULL.
	show func(b, v []byte) []byte
}

func (c *column) write(b []byte, s spot) []byte {
	v := s.rows.Value(s.row, c.at)
	switch {
	case v != nil:
		return c.show(b, v)
	case c.list && c.required:
		return append(b, "[]"...)
	}
	return s.run.null(b, c.required)
}

// How columns are written.
func writeText(b, v []byte) []byte     { return appendText(b, v) }
func writeBigInt(b, v []byte) []byte   { return appendQuoted(b, table.Int(v)) }
func writeInt(b, v []byte) []byte      { return strconv.AppendInt(b, table.Int(v), 10) }
func writeBool(b, v []byte) []byte     { return strconv.AppendBool(b, table.Bool(v)) }
func writeDateTime(b, v []byte) []byte { return appendDateTime(b, table.Micros(v)) }

func writeTexts(b, v []byte) []byte {
	b = append(b, '[')
	a := table.ArrayOf(v)
	for i := 0; ; i++ {
		element, ok := a.Next()
		if !ok {
			return append(b, ']')
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, element)
	}
}

// present shows an object only where all its columns have values.
type present struct {
	columns  []int
	required bool
	object   *object
}

func (p *present) write(b []byte, s spot) []byte {
	for _, at := range p.columns {
		if s.rows.Value(s.row, at) == nil {
			return s.run.null(b, p.required)
		}
	}
	return p.object.write(b, s)
}

// currency shows the company's currency.
type currency struct{}

func (currency) write(b []byte, s spot) []byte { return appendText(b, s.run.currency) }

// syncedAt shows when the copy of a row was last confirmed.
type syncedAt struct{ fetchedAt int }

func (f syncedAt) time(s spot) time.Time {
	at := table.Time(s.rows.Value(s.row, f.fetchedAt))
	if s.row < s.rows.Live && s.rows.Confirmed.After(at) {
		return s.rows.Confirmed
	}
	return at
}

func (f syncedAt) write(b []byte, s spot) []byte {
	b = f.time(s).UTC().AppendFormat(append(b, '"'), time.RFC3339Nano)
	return append(b, '"')
}

// freshness shows what follows from the age and origin of a row.
type freshness struct {
	syncedAt
	show func(b []byte, f *domain.Freshness, now time.Time) []byte
}

func (f freshness) write(b []byte, s spot) []byte {
	about := domain.Freshness{SyncedAt: f.time(s), Source: s.rows.Source}
	if s.row >= s.rows.Live {
		about.Source = domain.SourceLive
	}
	return f.show(b, &about, s.run.now)
}

func showAge(b []byte, f *domain.Freshness, now time.Time) []byte {
	return strconv.AppendInt(b, int64(f.Age(now).Seconds()), 10)
}

func showStale(b []byte, f *domain.Freshness, now time.Time) []byte {
	return strconv.AppendBool(b, f.Stale(now))
}

func showSource(b []byte, f *domain.Freshness, _ time.Time) []byte {
	return appendText(b, string(f.Source))
}
