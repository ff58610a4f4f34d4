package domain

// PricebookMaterial is goods on the price list. Source: GET /pricebook/v2/tenant/{tenant}/materials;
// table raw.st_pricebook_materials.
type PricebookMaterial struct {
	Record
	Sku
	Prices
	Cost          *Money   `db:"cost"`
	Hours         *Decimal `db:"hours"`
	UnitOfMeasure *string  `db:"unit_of_measure"`
	PrimaryVendor *Vendor  `db:"primary_vendor"`
	OtherVendors  []Vendor `db:"other_vendors"`
}

// PricebookMaterials describes the kind.
var PricebookMaterials = newKind[PricebookMaterial](Spec{
	Name: "PricebookMaterial", Domain: AreaPricebook, Table: "st_pricebook_materials",
	API: API{
		Base: "/pricebook/v2", Path: "materials", Get: true, IDs: true, Export: "export/materials", All: "active=Any", Sort: "+Id",
	},
	Orders: skuOrders, DefaultOrder: "code",
	Filter: SkuFilter{},
})

// A material's links.
var (
	MaterialCategories = listsIDs(PricebookMaterials, "categories", "categories", PricebookCategories)
	MaterialServices   = owns(PricebookMaterials, "services", PricebookServices, "material_ids")
)
