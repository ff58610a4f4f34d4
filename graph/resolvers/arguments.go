package resolvers

import (
	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/domain"
)

// page gathers the arguments that every connection field has. Filter is a pointer to one of domain's filter structs.
func page(first *int, after *string, last *int, before *string, filter any, order *domain.Order) paging.Args {
	return paging.Args{First: first, After: after, Last: last, Before: before, Filter: filter, Order: order}
}

// subtree is page for what is filed under a category and, when wanted, under the categories below it.
func subtree(
	first *int, after *string, last *int, before *string, filter any, order *domain.Order, descendants bool,
) paging.Args {
	args := page(first, after, last, before, filter, order)
	args.Descendants = descendants
	return args
}

// values copies what pointers point to: gqlgen hands lists of structs as pointers, none of them nil.
func values[T any](pointers []*T) []T {
	out := make([]T, len(pointers))
	for i, p := range pointers {
		out[i] = *p
	}
	return out
}
