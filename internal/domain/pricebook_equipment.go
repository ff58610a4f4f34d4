package domain

// PricebookEquipment is appliances on the price list. Source: GET /pricebook/v2/tenant/{tenant}/equipment;
// table raw.st_pricebook_equipment.
type PricebookEquipment struct {
	Record
	Sku
	Prices
	Cost                 *Money    `db:"cost"`
	Manufacturer         *string   `db:"manufacturer"`
	Model                *string   `db:"model"`
	ManufacturerWarranty *Warranty `db:"manufacturer_warranty"`
	ServiceWarranty      *Warranty `db:"service_warranty"`
	PrimaryVendor        *Vendor   `db:"primary_vendor"`
}

// PricebookEquipments describes the kind.
var PricebookEquipments = newKind[PricebookEquipment](Spec{
	Name: "PricebookEquipment", Domain: AreaPricebook, Table: "st_pricebook_equipment",
	API: API{
		Base: "/pricebook/v2", Path: "equipment", Get: true, IDs: true, Export: "export/equipment", All: "active=Any", Sort: "+Id",
	},
	Orders: skuOrders, DefaultOrder: "code",
	Filter: SkuFilter{},
})

// EquipmentCategories are where an appliance is filed.
var EquipmentCategories = listsIDs(PricebookEquipments, "categories", "categories", PricebookCategories)
