package resolvers

import (
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// money makes an amount of a bare decimal, nil when there is none: documents hold decimals, the schema shows money.
func money(d *domain.Decimal) *domain.Money {
	if d == nil || *d == "" {
		return nil
	}
	return &domain.Money{Amount: *d}
}

// seconds makes a length of time of a number of seconds, nil when there is none.
func seconds(n *int64) *time.Duration {
	if n == nil {
		return nil
	}
	return new(time.Duration(*n) * time.Second)
}

// pointers makes pointers to the elements of a list, never nil: it takes what a call returned.
func pointers[T any](list []T, err error) ([]*T, error) {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out, err
}
