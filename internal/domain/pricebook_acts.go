package domain

// Acts on the price book. Source: behaviour.md, section 5, pricebook/v2.
var (
	CategoryCreate = creates("createPricebookCategory", PricebookCategories.Kind, map[string]string{"type": "categoryType"})
	CategoryUpdate = updates("updatePricebookCategory", PricebookCategories.Kind, map[string]string{"type": "categoryType"})

	ServiceCreate = creates("createPricebookService", PricebookServices.Kind, skuNames)
	ServiceUpdate = updates("updatePricebookService", PricebookServices.Kind, skuNames)

	MaterialCreate = creates("createPricebookMaterial", PricebookMaterials.Kind, skuNames)
	MaterialUpdate = updates("updatePricebookMaterial", PricebookMaterials.Kind, skuNames)

	EquipmentCreate = creates("createPricebookEquipment", PricebookEquipments.Kind, skuNames)
	EquipmentUpdate = updates("updatePricebookEquipment", PricebookEquipments.Kind, skuNames)

	DiscountCreate = creates("createPricebookDiscount", PricebookDiscounts.Kind, skuNames)
	DiscountUpdate = updates("updatePricebookDiscount", PricebookDiscounts.Kind, skuNames)
)

var skuNames = map[string]string{
	"categoryIds": "categories", "recommendationIds": "recommendations", "upgradeIds": "upgrades",
	"materials": "serviceMaterials", "equipment": "serviceEquipment", "materialId": "skuId", "equipmentId": "skuId",
	"durationMonths": "duration",
}

// creates is the act that makes a record by a POST to the kind's list. Categories cannot be marked.
func creates(name string, k *Kind, names map[string]string) *Act {
	return &Act{Name: name, Makes: k, Method: "POST", Path: k.API.ListPath(), Names: names, MarksExternal: k.API.Tree == "", Same: []string{"name"}}
}

// updates is the act that changes a record by a PATCH to its own path.
func updates(name string, k *Kind, names map[string]string) *Act {
	return &Act{Name: name, On: k, ID: "id", Method: "PATCH", Path: k.API.ListPath() + "/{st_id}", Names: names}
}

var pricebookActs = []*Act{
	CategoryCreate, CategoryUpdate, ServiceCreate, ServiceUpdate, MaterialCreate, MaterialUpdate, EquipmentCreate, EquipmentUpdate,
	DiscountCreate, DiscountUpdate,
}
