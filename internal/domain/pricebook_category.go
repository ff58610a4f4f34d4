package domain

// PricebookCategory is a place in the price book's tree.
// Source: GET /pricebook/v2/tenant/{tenant}/categories, whose list gives roots with their branches nested below
// `subcategories`; the mirror holds one row for each. Table raw.st_pricebook_categories.
type PricebookCategory struct {
	Record
	Name            string                 `db:"name"`
	Description     *string                `db:"description"`
	ParentID        *ID[PricebookCategory] `db:"parent_id"`
	Position        *int64                 `db:"position"`
	Type            *CategoryType          `db:"category_type"`
	Image           *string                `db:"image"`
	BusinessUnitIDs []ID[BusinessUnit]     `db:"business_unit_ids"`
}

// PricebookCategories describes the kind.
var PricebookCategories = newKind[PricebookCategory](Spec{
	Name: "PricebookCategory", Domain: AreaPricebook, Table: "st_pricebook_categories",
	API: API{
		Base: "/pricebook/v2", Path: "categories", Get: true, Export: "export/categories", All: "active=Any", Sort: "+Id",
		Tree: "subcategories",
	},
	Orders:       map[string]string{"ID": "st_id", "NAME": "name", "POSITION": "position", "MODIFIED_AT": "modified_on"},
	DefaultOrder: "position",
	Filter:       PricebookCategoryFilter{},
})

// A category's links. What is filed under it can be asked for with all branches below.
var (
	CategoryParent        = refersTo(PricebookCategories, "parent", "parent_id", PricebookCategories)
	CategoryChildren      = owns(PricebookCategories, "children", PricebookCategories, "parent_id")
	CategoryBusinessUnits = listsIDs(PricebookCategories, "businessUnits", "business_unit_ids", BusinessUnits)
	CategoryServices      = ownsInTree(PricebookCategories, "services", "parent_id", PricebookServices, "categories")
	CategoryMaterials     = ownsInTree(PricebookCategories, "materials", "parent_id", PricebookMaterials, "categories")
	CategoryEquipment     = ownsInTree(PricebookCategories, "equipment", "parent_id", PricebookEquipments, "categories")
	CategoryDiscounts     = ownsInTree(PricebookCategories, "discounts", "parent_id", PricebookDiscounts, "categories")
)

// PricebookCategoryFilter says which categories; all that is given must hold.
type PricebookCategoryFilter struct {
	Roots      *bool          `json:"roots" where:"parent_id null"`
	ParentIDs  []GlobalID     `json:"parentIds" where:"parent_id in" kind:"PricebookCategory"`
	Types      []CategoryType `json:"types" where:"category_type in"`
	Active     *bool          `json:"active" where:"active is"`
	ModifiedAt *TimeRange     `json:"modifiedAt" where:"modified_on range"`
}
