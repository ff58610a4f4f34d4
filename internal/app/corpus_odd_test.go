package app_test

import (
	"fmt"
	"testing"

	"lazilabs.com/lazi/internal/simulator"
)

// oddTexts are what writers of JSON get wrong: quotes, controls, signs of HTML, line separators, signs beyond 16 bits.
func oddTexts() []string {
	return []string{
		`Sample "Quoted" <b>&amp;</b> \ / 'single'`,
		"Sample\ttab\nline\r\f\b\x01\x1f\x7f end",
		"Sample \u2028 \u2029 \u00e9\u00df \u65e5\u672c\u8a9e \U0001F527 \ufffd \ufeff",
		"", " ", "null", "100%_\\%",
	}
}

// makeOdd changes records to what a company has once in a thousand: odd texts and numbers, words that nobody knows, links
// that lead nowhere, records that were merged, deleted or left half empty.
func makeOdd(t *testing.T, sim *simulator.Simulator) {
	t.Helper()
	change := func(entity string, nth int, members map[string]any) {
		t.Helper()
		ids := sim.IDs(tenant, entity)
		if err := sim.Change(tenant, entity, ids[nth%len(ids)], members); err != nil {
			t.Fatal(err)
		}
	}
	for i, text := range oddTexts() {
		change("Customer", 3+i, map[string]any{"name": text})
		change("Location", 3+i, map[string]any{"name": text})
		change("Job", 3+i, map[string]any{"summary": text})
		change("Technician", i, map[string]any{"name": text + fmt.Sprint(i), "team": text})
		change("PricebookMaterial", i, map[string]any{"displayName": text, "description": text})
		change("TagType", i, map[string]any{"code": text})
	}
	oddAddresses(change)
	oddNumbers(change)
	oddWords(change)
	oddLinks(change)
	oddLosses(t, sim)
}

func oddAddresses(change func(string, int, map[string]any)) {
	for i, at := range []float64{0, -0.5, 1e-7, 40.712776123456789, -179.99999999, 1e21, 123456789.125} {
		change("Customer", 20+i, map[string]any{"address": map[string]any{"street": oddTexts()[i], "latitude": at, "longitude": -at}})
		change("Location", 20+i, map[string]any{"address": map[string]any{"city": "Sampletown", "latitude": at}})
	}
	change("Customer", 30, map[string]any{"address": nil})
	change("Location", 30, map[string]any{"address": map[string]any{}})
}

func oddNumbers(change func(string, int, map[string]any)) {
	for i, amount := range []any{0, -1, 0.1, 12.5, 1234567.891, nil, 99999999} {
		change("Job", 20+i, map[string]any{"total": amount})
		change("Customer", 31+i, map[string]any{"balance": amount})
		change("PricebookService", i, map[string]any{"price": amount, "hours": amount, "memberPrice": amount})
	}
	for i, amount := range []any{"0", "-12.50", "10.00", "0.000001", "", nil} {
		change("Invoice", i, map[string]any{"subTotal": amount, "total": amount, "balance": amount})
		change("Payment", i, map[string]any{"total": amount, "unappliedAmount": amount})
	}
	for i, length := range []any{"00:00:00", "-00:30:00", "99.23:59:59.9999999", "PT90M", "", nil} {
		change("NonJobAppointment", i, map[string]any{"duration": length})
	}
	for i, seconds := range []any{0, 59, 60, 3661, 86400, 90061, nil, -60} {
		change("JobType", i, map[string]any{"duration": seconds})
	}
}

func oddWords(change func(string, int, map[string]any)) {
	for i, word := range []string{"Teleported", "in progress", ""} {
		change("Job", 40+i, map[string]any{"jobStatus": word, "priority": word})
		change("Appointment", i, map[string]any{"status": word})
		change("AppointmentAssignment", i, map[string]any{"status": word})
		change("TechnicianShift", i, map[string]any{"shiftType": word, "title": oddTexts()[i], "note": oddTexts()[i]})
		change("Customer", 40+i, map[string]any{"type": word})
		change("CustomerContact", i, map[string]any{"type": word, "value": oddTexts()[i], "memo": nil})
	}
}

// oddLinks lead to records that do not exist, or to nothing.
func oddLinks(change func(string, int, map[string]any)) {
	const nowhere = 987654321
	for i, id := range []any{nowhere, nil} {
		change("Job", 50+i, map[string]any{
			"customerId": id, "locationId": id, "projectId": id, "businessUnitId": id, "campaignId": id, "invoiceId": id,
			"firstAppointmentId": id, "lastAppointmentId": id, "tagTypeIds": []any{nowhere},
		})
		change("Location", 50+i, map[string]any{"zoneId": id, "mergedToId": id})
		change("AppointmentAssignment", 10+i, map[string]any{"technicianId": id})
		change("TechnicianShift", 10+i, map[string]any{"technicianId": id, "end": nil})
		change("NonJobAppointment", 10+i, map[string]any{"technicianId": id, "start": nil})
		change("Technician", 8+i, map[string]any{"businessUnitId": id, "mainZoneId": id, "zoneIds": []any{nowhere}})
		change("InstalledEquipment", i, map[string]any{"equipmentId": id})
	}
	change("Technician", 10, map[string]any{"team": nil, "zoneIds": []any{}})
	change("Job", 53, map[string]any{"tagTypeIds": nil})
}

// oddLosses merges and deletes records that others name.
func oddLosses(t *testing.T, sim *simulator.Simulator) {
	t.Helper()
	customers := sim.IDs(tenant, "Customer")
	if err := sim.MergeCustomers(tenant, customers[60], customers[61]); err != nil {
		t.Fatal(err)
	}
	locations := sim.IDs(tenant, "Location")
	if err := sim.Change(tenant, "Location", locations[60], map[string]any{"active": false, "mergedToId": locations[61]}); err != nil {
		t.Fatal(err)
	}
	for entity, nth := range map[string]int{"Customer": 70, "Location": 71, "Appointment": 30, "TagType": 1, "Technician": 11, "PricebookMaterial": 20} {
		ids := sim.IDs(tenant, entity)
		if err := sim.Delete(tenant, entity, ids[nth%len(ids)]); err != nil {
			t.Fatal(err)
		}
	}
}
