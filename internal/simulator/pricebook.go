package simulator

import "fmt"

// pricebook makes the category trees and what is filed in them.
func (g *generator) pricebook() {
	var level []int // of each category
	for i := range g.Sizes.Categories {
		d := g.dice("PricebookCategory", i)
		var parent any
		depth := 0
		if i >= g.Sizes.Roots {
			at := d.IntN(i)
			if chain := i < g.Sizes.Roots+6; chain { // one branch goes all the way down
				at = max(i-1, 0)
				if i == g.Sizes.Roots {
					at = 0
				}
			}
			for level[at] >= 6 {
				at = d.IntN(g.Sizes.Roots)
			}
			parent, depth = g.made["PricebookCategory"][at], level[at]+1
		}
		level = append(level, depth)
		kind := "Services"
		if i%4 == 3 {
			kind = "Materials"
		}
		g.put(d, "PricebookCategory", g.id(), map[string]any{
			"name": fmt.Sprintf("Sample Category %04d", i+1), "description": optional(d, 40, "Sample description"), "parentId": parent, "position": int64(i % 50),
			"categoryType": kind, "businessUnitIds": g.some(d, "BusinessUnit", d.IntN(2)), "skuImages": []any{}, "skuVideos": []any{}, "active": i < g.Sizes.Roots+8 || !d.one(20), "subcategories": []any{},
		})
	}
	g.goods()
	for i := range g.Sizes.Services {
		d := g.dice("PricebookService", i)
		given := g.sku(d, "S", i)
		given["categories"] = g.filedObjects(d)
		given["hours"], given["isLabor"] = number(fmt.Sprintf("%d.5", d.IntN(4))), d.one(3)
		given["recommendations"], given["upgrades"] = g.some(d, "PricebookService", d.IntN(3)), g.some(d, "PricebookService", d.IntN(3))
		given["serviceMaterials"], given["serviceEquipment"] = g.lines(d, "PricebookMaterial"), g.lines(d, "PricebookEquipment")
		given["warranty"] = optional(d, 60, object{{"duration", int64(12)}, {"description", "Sample warranty"}})
		given["useStaticPrices"] = pick(d, []any{nil, true, false})
		g.put(d, "PricebookService", g.id(), given)
	}
	for i := range g.Sizes.Discounts {
		d := g.dice("PricebookDiscountAndFee", i)
		g.put(d, "PricebookDiscountAndFee", g.id(), map[string]any{
			"type": pick(d, []any{"Discount", "Fee"}), "code": fmt.Sprintf("D%04d", i+1), "displayName": fmt.Sprintf("Sample discount %d", i+1), "description": "<p>Sample</p>",
			"amountType": pick(d, []any{"Percentage", "Fixed"}), "amount": cents(int64(100 * (1 + d.IntN(50)))), "limit": number("0"), "categories": g.some(d, "PricebookCategory", 1+d.IntN(2)),
			"assets": []any{}, "externalData": []any{}, "active": !d.one(10),
		})
	}
}

// goods makes materials and equipment.
func (g *generator) goods() {
	for i := range g.Sizes.Materials {
		d := g.dice("PricebookMaterial", i)
		given := g.sku(d, "M", i)
		given["categories"], given["unitOfMeasure"] = g.some(d, "PricebookCategory", 1+d.IntN(2)), optional(d, 70, "each")
		given["primaryVendor"], given["otherVendors"] = vendor(d), []any{}
		g.put(d, "PricebookMaterial", g.id(), given)
	}
	for i := range g.Sizes.Equipment {
		d := g.dice("PricebookEquipment", i)
		given := g.sku(d, "E", i)
		given["categories"], given["manufacturer"], given["model"] = g.some(d, "PricebookCategory", 1), "Sample Maker", fmt.Sprintf("SM-%04d", i+1)
		given["manufacturerWarranty"] = object{{"duration", int64(60)}, {"description", "Sample warranty"}}
		given["serviceProviderWarranty"] = object{{"duration", int64(12)}, {"description", nil}}
		given["primaryVendor"], given["otherVendors"] = vendor(d), []any{}
		given["recommendations"], given["upgrades"], given["equipmentMaterials"] = []any{}, []any{}, g.lines(d, "PricebookMaterial")
		g.put(d, "PricebookEquipment", g.id(), given)
	}
}

// sku is what services, materials and equipment have in common.
func (g *generator) sku(d dice, prefix string, i int) map[string]any {
	price := int64(1000 + d.IntN(200_000))
	return map[string]any{
		"code": fmt.Sprintf("%s%05d", prefix, i+1), "displayName": optional(d, 95, fmt.Sprintf("Sample item %s%d", prefix, i+1)), "description": fmt.Sprintf("<p>Sample item no. %d</p>", i+1),
		"price": cents(price), "memberPrice": cents(price * 9 / 10), "addOnPrice": cents(price * 8 / 10), "addOnMemberPrice": cents(price * 7 / 10), "cost": cents(price / 3),
		"taxable": d.one(2), "assets": []any{}, "externalData": []any{}, "active": !d.one(12),
	}
}

func (g *generator) filedObjects(d dice) []any {
	out := []any{}
	for _, id := range g.some(d, "PricebookCategory", 1+d.IntN(2)) {
		t := g.tables["PricebookCategory"]
		r := t.byID[id.(int64)]
		out = append(out, object{{"id", id}, {"name", t.value(r, "name")}, {"active", t.value(r, "active")}})
	}
	return out
}

func (g *generator) lines(d dice, entity string) []any {
	out := []any{}
	for _, id := range g.some(d, entity, d.IntN(4)) {
		out = append(out, object{{"skuId", id}, {"quantity", cents(int64(50 * (1 + d.IntN(8))))}})
	}
	return out
}

func vendor(d dice) any {
	return optional(d, 70, object{
		{"id", int64(1 + d.IntN(9))},
		{"vendorName", "Sample Vendor"},
		{"vendorId", int64(1 + d.IntN(9))},
		{"memo", nil},
		{"vendorPart", "P-1"},
		{"cost", cents(int64(d.IntN(9000)))},
		{"active", true},
		{"primarySubAccount", nil},
		{"otherSubAccounts", nil},
	})
}
