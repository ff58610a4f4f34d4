package simulator

import (
	"fmt"
	"strconv"
)

var (
	cities  = []any{"Sampletown", "Testville", "Mockburg", "Fixture Falls", "São Exemplo"}
	streets = []string{"Example Street", "Sample Avenue", "Placeholder Lane", "Fixture Road", "Mock Boulevard"}
)

// phone is a number of the range that is kept free for fiction.
func phone(d dice) string {
	n := 100 + d.IntN(100)
	area := 200 + d.IntN(700)
	switch d.IntN(3) {
	case 0:
		return fmt.Sprintf("(%d) 555-0%d", area, n)
	case 1:
		return fmt.Sprintf("%d-555-0%d", area, n)
	}
	return fmt.Sprintf("%d5550%d", area, n)
}

// address leaves out what the API leaves out, whatever its documents promise.
func address(d dice) object {
	zip := any(fmt.Sprintf("%05d", 80000+d.IntN(100)))
	city, state := pick(d, cities), any("CO")
	if d.percent(3) {
		city, state, zip = nil, nil, nil
	}
	var lat, lon any
	if d.percent(80) {
		lat, lon = number(strconv.FormatFloat(39.5+d.Float64(), 'f', 6, 64)), number(strconv.FormatFloat(-105.5+d.Float64(), 'f', 6, 64))
	}
	country := pick(d, []any{"USA", "US", "United States"})
	if d.percent(34) {
		country = nil
	}
	return object{
		{"street", fmt.Sprintf("%d %s", 1+d.IntN(9999), streets[d.IntN(len(streets))])},
		{"unit", optional(d, 15, fmt.Sprintf("Apt %d", 1+d.IntN(40)))},
		{"city", city},
		{"state", state},
		{"zip", zip},
		{"country", country},
		{"latitude", lat},
		{"longitude", lon},
	}
}

// businessAddress has what the address of a business unit has besides.
func businessAddress(d dice) object {
	return append(address(d), member{"isManualCoordinates", false}, member{"isMilitary", false})
}

func customFields(d dice) []any {
	if !d.one(5) {
		return []any{}
	}
	return []any{object{{"typeId", int64(7)}, {"name", "Sample field"}, {"value", fmt.Sprintf("value %d", d.IntN(9))}}}
}

// customers makes customers, their locations and the contacts of both.
func (g *generator) customers() {
	for i := range g.Sizes.Customers {
		d := g.dice("Customer", i)
		given := map[string]any{
			"name": customerName(d, i), "type": pick(d, []any{"Residential", "Residential", "Residential", "Commercial"}), "address": address(d), "customFields": customFields(d),
			"balance": balance(d), "tagTypeIds": g.tags(d), "doNotMail": d.one(12), "doNotService": d.one(60), "taxExempt": d.one(30), "active": !d.one(14),
		}
		imported(d, 38, given)
		if d.one(80) && i > 0 {
			given["active"], given["mergedToId"] = false, g.ref(d, "Customer")
		}
		id := g.id()
		g.put(d, "Customer", id, given)
		g.contacts(d, "CustomerContact", "customerId", id, i)
	}
	for i := range g.Sizes.Locations {
		g.location(i)
	}
}

func customerName(d dice, i int) string {
	if d.one(25) {
		return fmt.Sprintf("Muster-Größe & Söhne %04d (Sample)", i+1)
	}
	return fmt.Sprintf("Sample Customer %04d", i+1)
}

func balance(d dice) number {
	if d.percent(85) {
		return "0"
	}
	return cents(int64(d.IntN(400_000)) - 20_000)
}

// location makes one place: first one for each customer, then those of the largest, then any.
func (g *generator) location(i int) {
	d := g.dice("Location", i)
	owners := g.made["Customer"]
	owner := owners[i%len(owners)]
	if i >= len(owners) && i < len(owners)+g.Sizes.LargestCustomer-1 {
		owner = owners[0]
	} else if i >= len(owners) {
		owner = owners[1+d.IntN(len(owners)-1)]
	}
	given := map[string]any{
		"customerId": owner, "name": fmt.Sprintf("Sample Location %04d", i+1), "address": address(d), "customFields": customFields(d), "tagTypeIds": g.tags(d),
		"zoneId": optional(d, 85, g.ref(d, "Zone")), "taxZoneId": optional(d, 60, int64(1+d.IntN(5))), "active": owner == owners[0] || !d.one(18),
	}
	imported(d, 36, given)
	id := g.id()
	g.put(d, "Location", id, given)
	g.contacts(d, "LocationContact", "locationId", id, i)
}

// contacts makes up to three ways to reach someone.
func (g *generator) contacts(d dice, entity, owner string, id int64, i int) {
	for n := range d.IntN(4) {
		kind := pick(d, []string{"Phone", "MobilePhone", "Email", "Phone", "MobilePhone", "Fax"})
		value, settings := phone(d), any(nil)
		if kind == "Email" {
			value = fmt.Sprintf("%s%d.%d@example.test", owner[:3], i+1, n)
		} else {
			settings = object{{"phoneNumber", digits(value)}, {"doNotText", d.one(4)}}
		}
		r := g.put(d, entity, g.id(), map[string]any{
			owner: id, "type": kind, "value": value, "memo": optional(d, 30, "Sample memo"), "phoneSettings": settings,
			"preferences": object{{"jobRemindersEnabled", true}, {"marketingUpdatesEnabled", d.one(2)}, {"invoiceStatementNotification", true}},
		})
		r.deleted = d.one(50)
	}
}
