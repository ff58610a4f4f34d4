package simulator

import "fmt"

var trades = []string{"Plumbing", "Heating", "Cooling", "Electrical", "Drains"}

// settings makes business units, tags, teams, zones, campaigns and job types.
func (g *generator) settings() {
	for i, trade := range trades {
		d := g.dice("BusinessUnit", i)
		g.put(d, "BusinessUnit", g.id(), map[string]any{
			"name": "Sample " + trade, "officialName": "Sample " + trade + " LLC", "email": fmt.Sprintf("%d@example.test", i), "phoneNumber": phone(d),
			"currency": "USD", "address": businessAddress(d), "defaultTaxRate": number("0.08"), "tagTypeIds": []any{},
			"trade": object{{"id", int64(i + 1)}, {"name", trade}}, "active": i < len(trades)-1,
		})
	}
	for i, name := range []string{"Member", "VIP", "Do not leave a message", "Dog", "Gate code", "New build", "Warranty", "Financing", "Rental", "Ütility ✓"} {
		d := g.dice("TagType", i)
		g.put(d, "TagType", g.id(), map[string]any{
			"name": "Sample " + name, "color": fmt.Sprintf("#%06x", d.IntN(1<<24)), "code": fmt.Sprintf("T%02d", i), "importance": pick(d, []any{nil, "Medium", "High"}), "active": i != 6,
		})
	}
	for i, name := range []string{"North", "South", "East", "West", "Night"} {
		d := g.dice("Team", i)
		g.put(d, "Team", g.id(), map[string]any{"name": "Sample Team " + name, "active": i < 4})
	}
	for i := range 8 {
		d := g.dice("Zone", i)
		zips := []any{}
		for j := range 4 {
			zips = append(zips, fmt.Sprintf("%05d", 80000+i*10+j))
		}
		g.put(d, "Zone", g.id(), map[string]any{
			"name": fmt.Sprintf("Sample Zone %d", i+1), "zips": zips, "cities": []any{pick(d, cities)}, "territoryNumbers": []any{}, "locnNumbers": []any{},
			"businessUnits": g.some(d, "BusinessUnit", 2), "technicians": []any{}, "serviceDays": []any{"Monday", "Wednesday"}, "serviceDaysEnabled": i%2 == 0, "active": i < 7,
		})
	}
	for i := range g.Sizes.Campaigns {
		d := g.dice("Campaign", i)
		g.put(d, "Campaign", g.id(), map[string]any{
			"name": fmt.Sprintf("Sample Campaign %d", i+1), "active": !d.one(6), "isDefaultCampaign": i == 0, "source": optional(d, 70, "Sample source"), "medium": optional(d, 70, "Web"),
			"category": optional(d, 80, object{{"id", int64(1 + i%4)}, {"name", "Sample category"}, {"active", true}}), "campaignPhoneNumbers": []any{phone(d)},
		})
	}
	for i := range 18 {
		d := g.dice("JobType", i)
		g.put(d, "JobType", g.id(), map[string]any{
			"name": fmt.Sprintf("Sample %s %s", trades[i%len(trades)], []string{"Repair", "Install", "Inspection", "Maintenance"}[i%4]), "businessUnitIds": g.some(d, "BusinessUnit", 2),
			"skills": []any{"Sample skill " + trades[i%len(trades)]}, "tagTypeIds": []any{}, "priority": pick(d, priorities), "duration": int64(3600 * (1 + d.IntN(4))),
			"class": pick(d, []any{"Service", "Install", "Maintenance"}), "summary": "", "active": i != 17,
		})
	}
}

var (
	priorities = []any{"Low", "Normal", "Normal", "Normal", "High", "Urgent"}
	positions  = []any{"Service", "Installer", "Maintenance"}
)

// people makes technicians and employees.
func (g *generator) people() {
	teams := g.tables["Team"].rows
	for i := range g.Sizes.Technicians + 3 { // the last three have left
		d := g.dice("Technician", i)
		zones := g.some(d, "Zone", 3)
		given := map[string]any{
			"userId": int64(500 + i), "name": fmt.Sprintf("Sample Technician %02d", i+1), "firstName": "Sample", "lastName": fmt.Sprintf("Technician %02d", i+1), "roleIds": []any{int64(1)},
			"businessUnitId": g.ref(d, "BusinessUnit"), "mainZoneId": zones[0], "zoneIds": zones, "email": fmt.Sprintf("technician%d@example.test", i+1), "phoneNumber": phone(d),
			"loginName": fmt.Sprintf("technician%d", i+1), "dailyGoal": number("1500"), "isManagedTech": true, "licenseType": "ManagedTech", "customFields": []any{},
			"burdenRate": number("21.5"), "team": g.tables["Team"].value(teams[i%4], "name"), "jobFilter": "AllScheduledDispatchedWorking", "permissions": []any{}, "accountLocked": false,
			"status": "Idle", "skills": []any{object{{"id", int64(1 + i%5)}, {"name", "Sample skill " + trades[i%len(trades)]}}}, "positions": []any{pick(d, positions)},
			"home": nil, "location": object{{"latitude", number("39.7")}, {"longitude", number("-104.9")}, {"coordinatesUpdatedOn", nil}}, "active": i < g.Sizes.Technicians,
		}
		if d.one(9) {
			given["team"] = nil
		}
		id := g.id()
		g.put(d, "Technician", id, given)
		for _, z := range zones {
			t := g.tables["Zone"]
			r := t.byID[z.(int64)]
			t.set(r, "technicians", append(t.value(r, "technicians").([]any), id))
		}
	}
	for i := range g.Sizes.Employees {
		d := g.dice("Employee", i)
		g.put(d, "Employee", g.id(), map[string]any{
			"userId": int64(900 + i), "name": fmt.Sprintf("Sample Employee %02d", i+1), "firstName": "Sample", "lastName": fmt.Sprintf("Employee %02d", i+1),
			"role": pick(d, []any{"CSR", "Dispatch", "Accounting", "Admin", "GeneralOffice"}), "roleIds": []any{int64(2)}, "businessUnitId": g.ref(d, "BusinessUnit"),
			"email": fmt.Sprintf("employee%d@example.test", i+1), "phoneNumber": optional(d, 60, phone(d)), "customFields": []any{}, "permissions": []any{}, "active": !d.one(8),
		})
	}
}
