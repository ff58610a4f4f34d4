package domain

import "context"

type ownRowsKey struct{}

// OwnRows returns a context whose reads see only what is on a technician's own schedule: his appointments and their jobs,
// customers and locations, beside what belongs to nobody. The database holds to it, whatever is asked. A technician of 0 is
// one whose token does not say who he is: he has no schedule.
func OwnRows(ctx context.Context, technician int64) context.Context {
	return context.WithValue(ctx, ownRowsKey{}, technician)
}

// AllRows returns a context whose reads see all rows of the tenant, for what LAZI itself needs to know while it works for a
// technician.
func AllRows(ctx context.Context) context.Context {
	if _, limited := OwnRowsOf(ctx); !limited {
		return ctx
	}
	return context.WithValue(ctx, ownRowsKey{}, nil)
}

// OwnRowsOf returns the technician whose rows a context is limited to.
func OwnRowsOf(ctx context.Context) (technician int64, limited bool) {
	technician, limited = ctx.Value(ownRowsKey{}).(int64)
	return technician, limited
}
