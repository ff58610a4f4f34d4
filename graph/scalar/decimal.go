package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"lazilabs.com/lazi/internal/domain"
)

// MarshalDecimal writes an exact number as a string, and null when a document that ServiceTitan sent has none.
func MarshalDecimal(d domain.Decimal) graphql.Marshaler {
	if d == "" {
		return graphql.Null
	}
	return d
}

// UnmarshalDecimal reads an exact number from a string of digits. The error is domain.ErrInvalid for anything else.
func UnmarshalDecimal(v any) (domain.Decimal, error) {
	var d domain.Decimal
	err := d.UnmarshalGQL(v)
	return d, err
}
