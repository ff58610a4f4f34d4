package reads

import (
	"context"
	"reflect"

	"lazilabs.com/lazi/internal/domain"
)

// Makers are those of the fields that no kind describes, by type and field: "Query.dispatchBoard".
type Makers map[string]Maker

// Maker makes the value of such a field: Go structs that are bound to the schema's types as gqlgen binds them, by the names of
// their fields. Rows of kinds that stand in it are shown as everywhere: they are asked for again, by id, for the columns that the
// document shows.
type Maker struct {
	// value is the type of what is made, and args the struct that holds the field's arguments, by name.
	value, args reflect.Type
	// make makes the values of all rows at once, and tells that of a row; a field of Query has no rows.
	make func(ctx context.Context, tenant domain.TenantID, ids []int64, args reflect.Value) (of func(id int64) reflect.Value, err error)
}

// NoArgs are the arguments of fields that have none.
type NoArgs struct{}

// Root is the maker of a field of Query. What it calls finds loaders in the context.
func Root[A, V any](value func(ctx context.Context, args A) (V, error)) Maker {
	return Maker{
		value: reflect.TypeFor[V](), args: reflect.TypeFor[A](),
		make: func(ctx context.Context, _ domain.TenantID, _ []int64, args reflect.Value) (func(int64) reflect.Value, error) {
			v, err := value(ctx, args.Interface().(A))
			return func(int64) reflect.Value { return reflect.ValueOf(v) }, err
		},
	}
}

// Beside is the maker of a field of a kind, whose values are made for all rows of a level together. A row that is absent has the
// zero value.
func Beside[A, V any](values func(ctx context.Context, tenant domain.TenantID, ids []int64, args A) (map[int64]V, error)) Maker {
	return Maker{
		value: reflect.TypeFor[V](), args: reflect.TypeFor[A](),
		make: func(ctx context.Context, tenant domain.TenantID, ids []int64, args reflect.Value) (func(int64) reflect.Value, error) {
			of, err := values(ctx, tenant, ids, args.Interface().(A))
			return func(id int64) reflect.Value { return reflect.ValueOf(of[id]) }, err
		},
	}
}
