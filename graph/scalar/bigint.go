package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"lazilabs.com/lazi/internal/domain"
)

// MarshalBigInt64 writes a count or a number of ours as a string: JavaScript cannot hold all of them.
func MarshalBigInt64(n int64) graphql.Marshaler { return domain.BigInt(n) }

// UnmarshalBigInt64 reads a string of digits or a whole number. The error is domain.ErrInvalid for anything else.
func UnmarshalBigInt64(v any) (int64, error) {
	var b domain.BigInt
	err := b.UnmarshalGQL(v)
	return int64(b), err
}
