package domain

// PricebookService is work on the price list. Source: GET /pricebook/v2/tenant/{tenant}/services;
// table raw.st_pricebook_services.
type PricebookService struct {
	Record
	Sku
	Prices
	Hours             *Decimal                 `db:"hours"`
	Materials         []SkuLink                `db:"service_materials"`
	Equipment         []SkuLink                `db:"service_equipment"`
	MaterialIDs       []ID[PricebookMaterial]  `db:"material_ids"`
	EquipmentIDs      []ID[PricebookEquipment] `db:"equipment_ids"`
	RecommendationIDs []ID[PricebookService]   `db:"recommendations"`
	UpgradeIDs        []ID[PricebookService]   `db:"upgrades"`
	Warranty          *Warranty                `db:"warranty"`
}

// PricebookServices describes the kind.
var PricebookServices = newKind[PricebookService](Spec{
	Name: "PricebookService", Domain: AreaPricebook, Table: "st_pricebook_services",
	API: API{
		Base: "/pricebook/v2", Path: "services", Get: true, IDs: true, Export: "export/services", ThinExport: true,
		All: "active=Any", Sort: "+Id",
	},
	Orders: skuOrders, DefaultOrder: "code",
	Filter: SkuFilter{},
	Made: map[string]Made{
		"materials": asLines("service_materials", Lines{Element: SkuLink{}, Key: "SkuID", Link: "materials", Row: "material"}),
		"equipment": asLines("service_equipment", Lines{Element: SkuLink{}, Key: "SkuID", Link: "equipment", Row: "equipment"}),
	},
})

// A service's links.
var (
	ServiceCategories      = listsIDs(PricebookServices, "categories", "categories", PricebookCategories)
	ServiceMaterials       = listsIDs(PricebookServices, "materials", "material_ids", PricebookMaterials)
	ServiceEquipment       = listsIDs(PricebookServices, "equipment", "equipment_ids", PricebookEquipments)
	ServiceRecommendations = listsIDs(PricebookServices, "recommendations", "recommendations", PricebookServices)
	ServiceUpgrades        = listsIDs(PricebookServices, "upgrades", "upgrades", PricebookServices)
)
