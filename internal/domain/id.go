package domain

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

// ID is a record's ServiceTitan id. Its type argument is the record's struct, so that a location's id does not
// compile where a job's is wanted.
type ID[T any] int64

// GlobalID names one record of any kind for clients: opaque, stable and versioned. It never holds the tenant, which
// comes from the caller's token alone.
type GlobalID struct {
	// Kind is the kind's name.
	Kind string
	// ID is ServiceTitan's id.
	ID int64
}

const globalIDVersion = "1"

// String encodes the id for clients.
func (g GlobalID) String() string { return string(g.AppendTo(nil)) }

// AppendTo appends the encoded id to b.
func (g GlobalID) AppendTo(b []byte) []byte {
	plain := append(append(make([]byte, 0, 64), globalIDVersion+":"...), g.Kind...)
	plain = strconv.AppendInt(append(plain, ':'), g.ID, 10)
	return base64.RawURLEncoding.AppendEncode(b, plain)
}

// ParseGlobalID decodes what String made. The error is ErrInvalid for anything else.
func ParseGlobalID(s string) (GlobalID, error) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	version, rest, _ := strings.Cut(string(raw), ":")
	name, digits, _ := strings.Cut(rest, ":")
	if k, known := KindByName(name); known && err == nil && version == globalIDVersion {
		id, err := strconv.ParseInt(digits, 10, 64)
		if err == nil && id > 0 && strconv.FormatInt(id, 10) == digits {
			return GlobalID{Kind: k.Name, ID: id}, nil
		}
	}
	return GlobalID{}, Invalid("id", "%.40q is not an id of this API", s)
}

// MarshalGQL writes the id as a GraphQL ID.
func (g GlobalID) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, `"`+g.String()+`"`) }

// UnmarshalGQL reads a GraphQL ID.
func (g *GlobalID) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return Invalid("id", "an id must be a string")
	}
	id, err := ParseGlobalID(s)
	*g = id
	return err
}

// BigInt is a whole number of up to 64 bits, written as a string: JavaScript cannot hold ServiceTitan's ids.
type BigInt int64

// MarshalGQL writes the number as a string.
func (b BigInt) MarshalGQL(w io.Writer) {
	_, _ = io.WriteString(w, `"`+strconv.FormatInt(int64(b), 10)+`"`)
}

// UnmarshalGQL reads a string of digits or a whole number.
func (b *BigInt) UnmarshalGQL(v any) error {
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case json.Number:
		s = v.String()
	case int64:
		s = strconv.FormatInt(v, 10)
	case int:
		s = strconv.Itoa(v)
	default:
		return Invalid("value", "a BigInt must be a string of digits")
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return Invalid("value", "%.40q is not a whole number of up to 64 bits", s)
	}
	*b = BigInt(n)
	return nil
}
