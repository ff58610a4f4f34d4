package simulator

import (
	"fmt"
	"strconv"
)

// estimates makes offers for about a third of the jobs.
func (g *generator) estimates() {
	jobs := g.tables["Job"]
	for i, job := range g.made["Job"] {
		d := g.dice("Estimate", i)
		if d.IntN(3) > 0 {
			continue
		}
		of := jobs.byID[job]
		status := pick(d, []object{{{"value", int64(0)}, {"name", "Open"}}, {{"value", int64(1)}, {"name", "Sold"}}, {{"value", int64(2)}, {"name", "Dismissed"}}})
		price := int64(10_000 + d.IntN(900_000))
		given := map[string]any{
			"jobId": job, "jobNumber": strconv.FormatInt(job, 10), "projectId": jobs.value(of, "projectId"), "locationId": jobs.value(of, "locationId"), "customerId": jobs.value(of, "customerId"),
			"name": optional(d, 80, fmt.Sprintf("Sample estimate %d", i+1)), "status": status, "reviewStatus": "None", "summary": optional(d, 40, "Sample"), "items": g.estimateItems(d, i, price),
			"externalLinks": []any{}, "subtotal": cents(price), "tax": cents(price / 12), "businessUnitId": jobs.value(of, "businessUnitId"), "businessUnitName": "Sample", "active": !d.one(20),
		}
		if plain(status.get("name")) == "Sold" {
			given["soldOn"], given["soldBy"] = g.ago(d, 200), g.ref(d, "Technician")
		}
		g.put(d, "Estimate", g.id(), given)
	}
}

func (g *generator) estimateItems(d dice, i int, price int64) []any {
	at := g.ago(d, 100)
	return []any{object{
		{"id", int64(i*10 + 1)},
		{"sku", object{
			{"id", int64(1 + d.IntN(60))},
			{"name", "S00001"},
			{"displayName", "Sample item"},
			{"type", "Service"},
			{"soldHours", number("1")},
			{"generalLedgerAccountId", int64(1)},
			{"generalLedgerAccountName", "Sample"},
			{"modifiedOn", at},
		}},
		{"skuAccount", "Sample"},
		{"description", "<p>Sample</p>"},
		{"membershipTypeId", nil},
		{"qty", number("1")},
		{"unitRate", cents(price)},
		{"total", cents(price)},
		{"unitCost", number("0")},
		{"totalCost", number("0")},
		{"itemGroupName", ""},
		{"itemGroupRootId", nil},
		{"createdOn", at},
		{"modifiedOn", at},
		{"chargeable", true},
		{"invoiceItemId", nil},
		{"budgetCodeId", nil},
	}}
}

// installed makes appliances at places.
func (g *generator) installed() {
	for i, location := range g.made["Location"] {
		d := g.dice("InstalledEquipment", i)
		for range d.IntN(3) {
			at := g.ago(d, 2000)
			g.put(d, "InstalledEquipment", g.id(), map[string]any{
				"equipmentId": optional(d, 60, g.ref(d, "PricebookEquipment")), "locationId": location, "customerId": g.ownerOf(location), "name": fmt.Sprintf("Sample Appliance %d", 1+d.IntN(900)),
				"type": optional(d, 70, object{{"id", int64(1 + d.IntN(5))}, {"name", "Sample type"}}), "installedOn": optional(d, 80, at), "serialNumber": fmt.Sprintf("SN-%06d", d.IntN(1_000_000)),
				"memo": "", "manufacturer": "Sample Maker", "model": fmt.Sprintf("SM-%03d", d.IntN(900)), "manufacturerWarrantyStart": optional(d, 50, at), "manufacturerWarrantyEnd": optional(d, 50, g.ago(d, 100)),
				"status": pick(d, []any{"Installed", "Installed", "Replaced"}), "tags": []any{}, "active": !d.one(15), "customFields": []any{}, "attachments": []any{},
			})
		}
	}
}

// payments settles most invoices that are worth something.
func (g *generator) payments() {
	t := g.tables["Invoice"]
	for i, invoice := range g.made["Invoice"] {
		d := g.dice("Payment", i)
		of := t.byID[invoice]
		total := plain(t.value(of, "total"))
		if total == "0" || !d.percent(80) {
			continue
		}
		at := g.ago(d, 300)
		g.put(d, "Payment", g.id(), map[string]any{
			"appliedTo": []any{object{
				{"appliedAmount", total}, {"appliedBy", "Sample"}, {"appliedId", int64(i + 1)}, {"appliedOn", at}, {"appliedTo", invoice}, {"appliedToReferenceNumber", t.value(of, "referenceNumber")},
			}},
			"businessUnit": t.value(of, "businessUnit"), "customer": t.value(of, "customer"), "customFields": []any{}, "date": at, "referenceNumber": fmt.Sprintf("P%06d", i+1),
			"syncStatus": pick(d, []any{"Pending", "Posted", "Exported"}), "total": total, "type": pick(d, []any{"Check", "Visa", "Cash"}), "typeId": "1", "unappliedAmount": "0", "active": !d.one(80),
		})
	}
}
