package domain

import "io"

// Sku is what everything on the price list has in common.
type Sku struct {
	Code        string  `db:"code"`
	DisplayName *string `db:"display_name"`
	Description *string `db:"description"`
	Taxable     *bool   `db:"taxable"`
	// CategoryIDs are where the item is filed.
	CategoryIDs []ID[PricebookCategory] `db:"categories"`
}

// IsPricebookItem marks the row for GraphQL's PricebookItem interface.
func (Sku) IsPricebookItem() {}

// Prices are what an item is sold for.
type Prices struct {
	Price       *Money `db:"price"`
	MemberPrice *Money `db:"member_price"`
	AddOnPrice  *Money `db:"add_on_price"`
}

// SkuLink is an item that goes with another, and how much of it.
type SkuLink struct {
	SkuID    int64   `json:"skuId"`
	Quantity Decimal `json:"quantity"`
}

// Warranty is a promise of repair.
type Warranty struct {
	DurationMonths *int    `json:"duration"`
	Description    *string `json:"description"`
}

// Vendor is who sells an item to the company.
type Vendor struct {
	Name   *string `json:"vendorName"`
	Part   *string `json:"vendorPart"`
	Cost   Decimal `json:"cost"`
	Active *bool   `json:"active"`
}

// skuOrders are the orders of every list of the price book.
var skuOrders = map[string]string{"ID": "st_id", "CODE": "code", "NAME": "display_name", "MODIFIED_AT": "modified_on"}

// SkuFilter says which items of the price book; all that is given must hold.
type SkuFilter struct {
	Codes       []string   `json:"codes" where:"code in"`
	CategoryIDs []GlobalID `json:"categoryIds" where:"categories in" kind:"PricebookCategory"`
	Search      *string    `json:"search" where:"display_name matches"`
	Active      *bool      `json:"active" where:"active is"`
	ModifiedAt  *TimeRange `json:"modifiedAt" where:"modified_on range"`
}

// CategoryType says what a category holds.
type CategoryType string

var categoryTypes = words("Services", "Materials")

// MarshalGQL writes the enum value.
func (t CategoryType) MarshalGQL(w io.Writer) { categoryTypes.marshal(w, string(t)) }

// UnmarshalGQL reads the enum value.
func (t *CategoryType) UnmarshalGQL(v any) error { return categoryTypes.unmarshal(v, (*string)(t)) }
