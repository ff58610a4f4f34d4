package resolvers

import (
	"context"
	"sync/atomic"
)

// A subscription's channel can only end. Why it ended early stands beside it, in the context.

type endingKey struct{}

// WithEnding returns a context for a subscription, and a function that tells, once its events have ended, what kept them from
// going on; nil when nothing did.
func WithEnding(ctx context.Context) (inside context.Context, why func() error) {
	cause := new(atomic.Pointer[error])
	return context.WithValue(ctx, endingKey{}, cause), func() error {
		if err := cause.Load(); err != nil {
			return *err
		}
		return nil
	}
}

// endWith notes why events end, before they do.
func endWith(ctx context.Context, err error) {
	if cause, ok := ctx.Value(endingKey{}).(*atomic.Pointer[error]); ok {
		cause.Store(&err)
	}
}
