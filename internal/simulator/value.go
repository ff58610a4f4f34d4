package simulator

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Values of records are nil, bool, int64, number, string, moment, object and []any.

// number is a JSON number in plain notation.
type number string

// moment is a time, written as .NET writes it.
type moment time.Time

// object is an object with its members in order.
type object []member

type member struct {
	name  string
	value any
}

// get returns a member's value.
func (o object) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// cents makes a number of an amount in hundredths.
func cents(c int64) number { return number(amount(c)) }

// amount writes hundredths in plain notation without trailing zeros.
func amount(c int64) string {
	return strconv.FormatFloat(float64(c)/100, 'f', -1, 64)
}

// appendJSON writes a value.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case number:
		return append(b, v...)
	case moment:
		return appendMoment(b, time.Time(v))
	case object:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(strconv.AppendQuote(b, m.name), ':')
			b = appendJSON(b, m.value)
		}
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	default:
		text, _ := json.Marshal(v) // strings, and what the back door brought
		return append(b, text...)
	}
}

// appendMoment writes UTC with a Z and up to seven decimals, trailing zeros left out.
func appendMoment(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, "2006-01-02T15:04:05")
	if ticks := t.Nanosecond() / 100; ticks > 0 {
		digits := strconv.Itoa(10_000_000 + ticks)[1:]
		b = append(append(b, '.'), strings.TrimRight(digits, "0")...)
	}
	return append(b, 'Z', '"')
}

// plain is a value as a filter compares it.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case number:
		return string(v)
	case bool:
		return strconv.FormatBool(v)
	case moment:
		return time.Time(v).UTC().Format(time.RFC3339Nano)
	}
	return ""
}
