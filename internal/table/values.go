package table

import (
	"encoding/binary"
	"time"
)

// postgresEpoch is the instant from which Postgres counts, in Unix microseconds.
const postgresEpoch = 946_684_800_000_000

// Int reads a bigint.
func Int(v []byte) int64 { return int64(binary.BigEndian.Uint64(v)) }

// Bool reads a boolean.
func Bool(v []byte) bool { return v[0] != 0 }

// Micros reads a timestamptz as Unix microseconds.
func Micros(v []byte) int64 { return Int(v) + postgresEpoch }

// Time reads a timestamptz.
func Time(v []byte) time.Time { return time.UnixMicro(Micros(v)).UTC() }

// Array is an array under way: its elements that are not read yet.
type Array struct {
	left int
	rest []byte
}

// ArrayOf reads an array of one dimension: NULL and the empty one have no elements.
func ArrayOf(v []byte) Array {
	if len(v) < 20 { // no dimension
		return Array{}
	}
	return Array{left: int(binary.BigEndian.Uint32(v[12:])), rest: v[20:]}
}

// Next returns the next element, nil for NULL, and whether there was one.
func (a *Array) Next() (element []byte, ok bool) {
	if a.left == 0 {
		return nil, false
	}
	a.left--
	n := int32(binary.BigEndian.Uint32(a.rest))
	a.rest = a.rest[4:]
	if n < 0 {
		return nil, true
	}
	element, a.rest = a.rest[:n:n], a.rest[n:]
	return element, true
}
