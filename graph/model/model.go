// Package model holds the Go types of the schema that are not domain's own: connections under their GraphQL names,
// interfaces, and what gqlgen generates for the rest. It imports paging and domain.
package model

import "lazilabs.com/lazi/internal/domain"

// PricebookItem is a row of any kind of the price list: it embeds domain.Sku.
type PricebookItem interface {
	domain.Entity
	IsPricebookItem()
}
