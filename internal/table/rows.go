package table

import (
	"math"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// Rows are rows of one kind, as a source found them. Values have Postgres' binary form, whatever the source is; see the
// functions that read them.
type Rows struct {
	// Counts answers questions for numbers.
	Counts []int64
	// Source tells how the rows were come by, those from Live on by a question to ServiceTitan.
	Source domain.Source
	Live   int
	// Confirmed is when all of them were last found unchanged, if that is later than their own time.
	Confirmed time.Time

	width int
	keys  []int32
	spans []span
	bytes []byte
}

// span is where a value stands in the bytes; one that starts below zero is NULL.
type span struct{ start, end int32 }

func (r *Rows) reset(width int) {
	*r = Rows{width: width, Counts: r.Counts[:0], keys: r.keys[:0], spans: r.spans[:0], bytes: r.bytes[:0]}
}

// Add appends a row that the key with the given position led to. The values are copied; nil is NULL. It returns false
// when they no longer fit.
func (r *Rows) Add(key int, values [][]byte) bool {
	r.keys = append(r.keys, int32(key))
	for _, v := range values {
		if v == nil {
			r.spans = append(r.spans, span{start: -1})
			continue
		}
		start := len(r.bytes)
		r.bytes = append(r.bytes, v...)
		r.spans = append(r.spans, span{int32(start), int32(len(r.bytes))})
	}
	return len(r.bytes) <= math.MaxInt32
}

// Append appends the rows of another answer to the same question.
func (r *Rows) Append(other *Rows) {
	for row := range other.Len() {
		r.AddFrom(other, row, other.Key(row))
	}
}

// AddFrom is Add for a row of another answer with the same columns. A part of what fits does fit.
func (r *Rows) AddFrom(other *Rows, row, key int) {
	r.keys = append(r.keys, int32(key))
	spans := other.spans[row*other.width : (row+1)*other.width]
	from, to := int32(-1), int32(0) // a row's values stand one behind the other
	for _, s := range spans {
		if s.start >= 0 {
			if from < 0 {
				from = s.start
			}
			to = s.end
		}
	}
	shift := int32(len(r.bytes)) - from
	for _, s := range spans {
		if s.start >= 0 {
			s = span{s.start + shift, s.end + shift}
		}
		r.spans = append(r.spans, s)
	}
	if from >= 0 {
		r.bytes = append(r.bytes, other.bytes[from:to]...)
	}
}

// Len is the number of rows.
func (r *Rows) Len() int { return len(r.keys) }

// Key is the position of the key that led to a row.
func (r *Rows) Key(row int) int { return int(r.keys[row]) }

// Value returns a row's value in a column, nil for NULL. It is valid until the rows are read anew.
func (r *Rows) Value(row, column int) []byte {
	s := r.spans[row*r.width+column]
	if s.start < 0 {
		return nil
	}
	return r.bytes[s.start:s.end:s.end]
}

// ID returns a row's st_id, its first column.
func (r *Rows) ID(row int) int64 { return Int(r.Value(row, 0)) }

// Size is about how many bytes the rows occupy.
func (r *Rows) Size() int { return cap(r.bytes) + 8*cap(r.spans) + 4*cap(r.keys) }
