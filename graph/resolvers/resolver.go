// Package resolvers holds the code behind each field of the schema that is more than a field of a Go struct. A resolver
// hands its arguments to loaders; it knows neither the database nor ServiceTitan.
package resolvers

import (
	"context"

	"lazilabs.com/lazi/graph/model"
)

// Resolver is what the resolvers need beside the loaders of their operation.
type Resolver struct {
	// Viewer tells who asks, and for which company.
	Viewer func(ctx context.Context) (*model.Viewer, error)
}
