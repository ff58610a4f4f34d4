package table

import (
	"math"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// Rows are rows of one kind, as a source found them. Values have Postgres' binary form, whatever the source is; see the
// functions that read them.
type Rows struct {
	// Counts answers questions for numbers, each of the rows of a key.
	Counts []int64
	// Source tells how the rows were come by, those from Live on by a question to ServiceTitan.
	Source domain.Source
	Live   int
	// Confirmed is when all of them were last found unchanged, if that is later than their own time.
	Confirmed time.Time

	width int
	keys  []int64
	spans []span
	bytes []byte
}

// span is where a value stands in the bytes; one that starts below zero is NULL.
type span struct{ start, end int32 }

func (r *Rows) reset(width int) {
	*r = Rows{width: width, Counts: r.Counts[:0], keys: r.keys[:0], spans: r.spans[:0], bytes: r.bytes[:0]}
}

// Add appends a row with what led to it, see Key. The values are copied; nil is NULL. It returns false when they no longer fit.
func (r *Rows) Add(key int64, values [][]byte) bool {
	r.keys = append(r.keys, key)
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

// AddCount appends the number of the rows that a key leads to, see Key.
func (r *Rows) AddCount(key, n int64) {
	r.keys, r.Counts = append(r.keys, key), append(r.Counts, n)
}

// Append appends the rows of another answer to the same question.
func (r *Rows) Append(other *Rows) {
	for row := range other.Len() {
		r.AddFrom(other, row)
	}
}

// AddFrom is Add, or AddCount, for a row of another answer to a question of the same form. A part of what fits does fit.
func (r *Rows) AddFrom(other *Rows, row int) {
	r.keys = append(r.keys, other.keys[row])
	if len(other.Counts) > 0 {
		r.Counts = append(r.Counts, other.Counts[row])
		return
	}
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

// Len is the number of rows, or of numbers.
func (r *Rows) Len() int { return len(r.keys) }

// Key is what led to a row of a link: one of Ask.Keys.IDs itself, or the place of one of Ask.Keys.Names. It is 0 of other rows.
func (r *Rows) Key(row int) int64 { return r.keys[row] }

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
func (r *Rows) Size() int { return cap(r.bytes) + 8*cap(r.spans) + 8*cap(r.keys) }
