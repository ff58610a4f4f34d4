package simulator

import (
	"fmt"
	"strconv"
	"time"
)

// perLane is how many appointments each technician has on the anchor day: a full dispatch board.
const perLane = 6

// projects makes projects; their jobs join later.
func (g *generator) projects() {
	for i := range g.Sizes.Projects {
		d := g.dice("Project", i)
		location := g.ref(d, "Location")
		id := g.id()
		r := g.put(d, "Project", id, map[string]any{
			"number": strconv.FormatInt(id, 10), "name": optional(d, 90, fmt.Sprintf("Sample Project %d", i+1)), "summary": optional(d, 50, "<p>Sample</p>"),
			"status": pick(d, []any{nil, "In Progress", "Completed"}), "customerId": g.ownerOf(location), "locationId": location, "projectManagerIds": g.some(d, "Employee", 1),
			"businessUnitIds": g.some(d, "BusinessUnit", 2), "startDate": optional(d, 80, g.ago(d, 300)), "customFields": []any{}, "jobIds": []any{},
		})
		r.deleted = i > 0 && d.one(25)
	}
}

func (g *generator) ownerOf(location int64) int64 {
	t := g.tables["Location"]
	owner, _ := t.value(t.byID[location], "customerId").(int64)
	return owner
}

// work makes jobs with their appointments, assignments and invoices.
func (g *generator) work() {
	board := g.Sizes.Technicians * perLane
	for i := range g.Sizes.Jobs {
		visits := 1
		if g.Sizes.Jobs > 0 && i < g.Sizes.Appointments-g.Sizes.Jobs {
			visits = 2
		}
		// The board's jobs stand at the end, so that the first ones, with two visits, are older work.
		g.job(i, visits, i-(g.Sizes.Jobs-board))
	}
}

// job makes one job. One that was booked at once takes neighbouring ids: the job N, its first appointment N+1, its
// invoice N+3.
func (g *generator) job(i, visits, slot int) {
	d := g.dice("Job", i)
	location := g.ref(d, "Location")
	id, first := g.id(), g.id()
	assignment, invoice := g.id(), g.id()
	start := g.start(d, slot)
	status := g.status(d, start)
	appointments := []int64{first}
	for range visits - 1 {
		appointments = append(appointments, g.id())
	}
	given := map[string]any{
		"jobNumber": strconv.FormatInt(id, 10), "customerId": g.ownerOf(location), "locationId": location, "jobStatus": status.job, "businessUnitId": g.ref(d, "BusinessUnit"),
		"jobTypeId": g.ref(d, "JobType"), "priority": pick(d, priorities), "campaignId": g.ref(d, "Campaign"), "appointmentCount": int64(visits), "firstAppointmentId": first,
		"lastAppointmentId": appointments[visits-1], "invoiceId": invoice, "total": total(d, status.job), "tagTypeIds": g.tags(d), "customFields": customFields(d),
		"summary": optional(d, 85, fmt.Sprintf("<p>Sample work no. %d: <b>inspect</b> &amp; repair</p>", i+1)), "estimateIds": []any{},
	}
	if status.job == "Completed" {
		given["completedOn"] = moment(start.Add(2 * time.Hour))
	}
	if d.one(20) && len(g.made["Project"]) > 0 {
		given["projectId"] = g.joinProject(d, id)
	}
	job := g.put(d, "Job", id, given)
	job.deleted = slot < 0 && d.one(120)
	for n, appointment := range appointments {
		when := start.Add(time.Duration(n) * 26 * time.Hour)
		g.appointment(d, visit{job: id, id: appointment, number: n + 1, start: when, status: status, customer: given["customerId"].(int64)})
		if n > 0 {
			assignment = g.id()
		}
		g.assign(d, id, appointment, assignment, slot, status)
	}
	g.invoice(d, id, invoice, location, given)
}

// joinProject adds a job to a project.
func (g *generator) joinProject(d dice, job int64) int64 {
	project := g.ref(d, "Project")
	t := g.tables["Project"]
	r := t.byID[project]
	t.set(r, "jobIds", append(t.value(r, "jobIds").([]any), job))
	return project
}

// start places a job: on the anchor day's board, or within the year and a half before and the weeks after.
func (g *generator) start(d dice, slot int) time.Time {
	if slot >= 0 {
		lane := slot / g.Sizes.Technicians
		return g.anchor.Add(14*time.Hour + time.Duration(lane)*105*time.Minute) // from eight in the morning in Denver
	}
	day := -540 + d.IntN(560)
	if day == 0 || day == 1 {
		day = -1
	}
	return g.anchor.AddDate(0, 0, day).Add(time.Duration(14+d.IntN(8)) * time.Hour)
}

// states of a job, its appointments and its assignments that fit together.
type states struct{ job, appointment, assignment string }

func (g *generator) status(d dice, start time.Time) states {
	switch age := g.anchor.Sub(start); {
	case age > 24*time.Hour && d.percent(8), age < 0 && d.percent(3):
		return states{"Canceled", "Canceled", "Scheduled"}
	case age > 24*time.Hour && d.percent(2):
		return states{"Hold", "Hold", "Scheduled"}
	case age > 0:
		return states{"Completed", "Done", "Done"}
	case age > -17*time.Hour && d.percent(40):
		return states{"InProgress", "Working", "Working"}
	case age > -20*time.Hour && d.percent(30):
		return states{"Dispatched", "Dispatched", "Dispatched"}
	}
	return states{"Scheduled", "Scheduled", "Scheduled"}
}

func total(d dice, status string) any {
	switch {
	case status == "Completed" && d.percent(59):
		return cents(int64(5_000 + d.IntN(900_000)))
	case status == "Completed" || d.percent(70):
		return number("0")
	}
	return nil
}

// visit is what an appointment is made of.
type visit struct {
	job, id, customer int64
	number            int
	start             time.Time
	status            states
}

func (g *generator) appointment(d dice, v visit) {
	length := time.Duration(60+15*d.IntN(9)) * time.Minute
	switch d.IntN(150) {
	case 0:
		length = time.Duration(20+d.IntN(37)) * time.Hour // up to 56 h were seen
	case 1:
		length = 0
	}
	given := map[string]any{
		"jobId": v.job, "appointmentNumber": fmt.Sprintf("%d-%d", v.job, v.number), "start": moment(v.start), "end": moment(v.start.Add(length)), "status": v.status.appointment,
		"specialInstructions": optional(d, 20, "Sample instructions\nring twice"), "customerId": v.customer, "isConfirmed": d.one(2), "active": !d.one(100),
	}
	if d.percent(85) {
		given["arrivalWindowStart"], given["arrivalWindowEnd"] = moment(v.start), moment(v.start.Add(2*time.Hour))
	}
	if len(g.made["Technician"]) > 0 && g.anchor.Add(13*time.Hour).Before(v.start) && v.start.Before(g.anchor.Add(30*time.Hour)) {
		given["active"] = true // the board of the anchor day is full
	}
	g.put(d, "Appointment", v.id, given)
}

// assign puts technicians on an appointment: on the board the one of the lane, elsewhere any. A few have none, a few
// two, and a few were taken off again.
func (g *generator) assign(d dice, job, appointment, id int64, slot int, status states) {
	if d.one(25) {
		return
	}
	technicians := g.made["Technician"][:g.Sizes.Technicians]
	technician := pick(d, technicians)
	if slot >= 0 {
		technician = technicians[slot%len(technicians)]
	}
	put := func(id, technician int64, active bool) {
		t := g.tables["Technician"]
		g.put(d, "AppointmentAssignment", id, map[string]any{
			"technicianId": technician, "technicianName": t.value(t.byID[technician], "name"), "assignedById": int64(1 + d.IntN(30)), "assignedOn": g.ago(d, 30),
			"status": status.assignment, "isPaused": d.one(40), "jobId": job, "appointmentId": appointment, "active": active,
		})
	}
	if d.one(12) {
		put(g.id(), pick(d, technicians), false)
	}
	put(id, technician, true)
	if d.one(15) {
		put(g.id(), pick(d, technicians), true)
	}
}

// invoice makes the bill that comes with a job.
func (g *generator) invoice(d dice, job, id, location int64, of map[string]any) {
	due, _ := of["total"].(number)
	if due == "" {
		due = "0"
	}
	owed := any(string(due))
	if d.percent(80) {
		owed = "0"
	}
	customer := of["customerId"].(int64)
	g.put(d, "Invoice", id, map[string]any{
		"syncStatus": pick(d, []any{"Pending", "Posted", "Exported"}), "referenceNumber": strconv.FormatInt(job, 10), "invoiceDate": g.ago(d, 400), "dueDate": optional(d, 80, g.ago(d, 30)),
		"subTotal": string(due), "salesTax": "0", "total": string(due), "balance": owed, "customer": reference(customer, "Sample Customer"),
		"location": reference(location, "Sample Location"), "businessUnit": reference(of["businessUnitId"].(int64), "Sample"), "job": object{{"id", job}, {"number", strconv.FormatInt(job, 10)}, {"type", "Sample"}},
		"projectId": of["projectId"], "items": invoiceItems(d, id, string(due)), "customFields": []any{}, "discountTotal": "0", "active": !d.one(60),
	})
}

func invoiceItems(d dice, invoice int64, total string) []any {
	if total == "0" {
		return []any{}
	}
	at := moment(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	return []any{object{
		{"id", invoice*10 + 1},
		{"description", "<p>Sample item</p>"},
		{"quantity", "1.0"},
		{"cost", "0"},
		{"totalCost", "0"},
		{"budgetCodeId", nil},
		{"inventoryLocationId", nil},
		{"inventoryLocation", nil},
		{"price", total},
		{"type", "Service"},
		{"skuName", fmt.Sprintf("S%05d", 1+d.IntN(60))},
		{"skuId", int64(1 + d.IntN(60))},
		{"total", total},
		{"inventory", false},
		{"taxable", true},
		{"isChargeable", true},
		{"generalLedgerAccount", nil},
		{"costOfSaleAccount", nil},
		{"assetAccount", nil},
		{"membershipTypeId", int64(0)},
		{"itemGroup", nil},
		{"displayName", "Sample item"},
		{"soldHours", number("1.5")},
		{"createdOn", at},
		{"modifiedOn", at},
		{"serviceDate", nil},
		{"order", int64(1)},
		{"businessUnit", nil},
		{"createdById", nil},
		{"displayInAmount", nil},
		{"importId", nil},
		{"exportId", nil},
		{"inventoryStatus", nil},
		{"addOn", false},
		{"memberPrice", total},
		{"technicianId", nil},
		{"installedEquipmentId", nil},
		{"estimateItemId", nil},
	}}
}
