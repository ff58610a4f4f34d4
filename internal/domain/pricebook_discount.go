package domain

import "io"

// PricebookDiscount is a discount or a fee. Source: GET /pricebook/v2/tenant/{tenant}/discounts-and-fees;
// table raw.st_pricebook_discounts.
type PricebookDiscount struct {
	Record
	Sku
	Type       *DiscountType       `db:"type"`
	AmountType *DiscountAmountType `db:"amount_type"`
	Amount     *Decimal            `db:"amount"` // per cent or money, as AmountType says
	Limit      *Money              `db:"limit_amount"`
}

// PricebookDiscounts describes the kind.
var PricebookDiscounts = newKind[PricebookDiscount](Spec{
	Name: "PricebookDiscount", Domain: AreaPricebook, Table: "st_pricebook_discounts",
	API: API{
		Entity: "PricebookDiscountAndFee",
		Base:   "/pricebook/v2", Path: "discounts-and-fees", Get: true, IDs: true, All: "active=Any", Sort: "+Id",
	},
	Orders: skuOrders, DefaultOrder: "code",
	Filter: SkuFilter{},
})

// DiscountCategories are where a discount is filed.
var DiscountCategories = listsIDs(PricebookDiscounts, "categories", "categories", PricebookCategories)

// DiscountType tells a discount from a fee.
type DiscountType string

var discountTypes = words("Discount", "Fee")

// MarshalGQL writes the enum value.
func (t DiscountType) MarshalGQL(w io.Writer) { discountTypes.marshal(w, string(t)) }

// UnmarshalGQL reads the enum value.
func (t *DiscountType) UnmarshalGQL(v any) error { return discountTypes.unmarshal(v, (*string)(t)) }

// DiscountAmountType says what a discount's amount means.
type DiscountAmountType string

var discountAmountTypes = words("Percentage", "Fixed")

// MarshalGQL writes the enum value.
func (t DiscountAmountType) MarshalGQL(w io.Writer) { discountAmountTypes.marshal(w, string(t)) }

// UnmarshalGQL reads the enum value.
func (t *DiscountAmountType) UnmarshalGQL(v any) error {
	return discountAmountTypes.unmarshal(v, (*string)(t))
}
