package domain

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
)

// Decimal is an exact decimal number in plain notation: "-12.50". LAZI passes amounts on and never computes with
// them in Go, so the database's text is kept as it is.
type Decimal string

var decimalForm = regexp.MustCompile(`^-?\d{1,30}(\.\d{1,15})?$`)

// MarshalGQL writes the number as a string.
func (d Decimal) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(d))) }

// UnmarshalGQL reads a decimal string.
func (d *Decimal) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok || !decimalForm.MatchString(s) {
		return Invalid("value", "%.40q is not a decimal number: write it as a string of digits", fmt.Sprint(v))
	}
	*d = Decimal(s)
	return nil
}

// UnmarshalJSON accepts a JSON number or string: ServiceTitan writes amounts as either.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	s := string(b)
	if u, err := strconv.Unquote(s); err == nil {
		s = u
	}
	if s == "null" {
		s = ""
	}
	*d = Decimal(s)
	return nil
}

// Money is an amount in the tenant's currency.
type Money struct {
	// Amount is exact.
	Amount Decimal
}

// Scan reads a numeric column selected as text.
func (m *Money) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("money: %T is no text", src)
	}
	m.Amount = Decimal(s)
	return nil
}
