package simulator

import (
	"fmt"
	"strconv"
	"time"
)

// details gives records what only some of them have and what points at records made later, so that every filter of the
// API finds something. It never changes what was thrown for the record itself.
func (g *generator) details() {
	g.external()
	g.jobDetails()
	g.invoiceDetails()
	g.paymentDetails()
	g.goodsDetails()
	g.projectDetails()
	g.bookkeeping()
	g.tombstones()
}

// external gives some records data of another application; see ExternalApplication.
func (g *generator) external() {
	for _, t := range g.tables {
		if !t.has("externalData") {
			continue
		}
		for _, r := range t.rows {
			if d := g.dice("external", int(r.id)); d.percent(12) {
				t.set(r, "externalData", externals{ExternalApplication: {object{{"key", "sample-key"}, {"value", "sample-" + strconv.FormatInt(r.id, 10)}}}})
			}
		}
	}
}

// jobDetails names estimates, sellers, bookings and the jobs that were done over.
func (g *generator) jobDetails() {
	jobs, estimates := g.tables["Job"], g.tables["Estimate"]
	for _, e := range estimates.rows {
		id, _ := estimates.value(e, "jobId").(int64)
		if job, ok := jobs.byID[id]; ok {
			jobs.set(job, "estimateIds", append(jobs.value(job, "estimateIds").([]any), e.id))
		}
	}
	var before *record
	for i, job := range jobs.rows {
		d := g.dice("JobDetails", i)
		jobs.set(job, "soldById", optional(d, 15, g.ref(d, "Technician")))
		jobs.set(job, "bookingId", optional(d, 10, int64(700_000+i)))
		if len(g.made["Estimate"]) > 0 {
			jobs.set(job, "createdFromEstimateId", optional(d, 5, g.ref(d, "Estimate")))
		}
		if before != nil {
			jobs.set(job, "recallForId", optional(d, 2, before.id))
			jobs.set(job, "warrantyId", optional(d, 1, before.id))
		}
		before = job
	}
	appointments := g.tables["Appointment"]
	for i, r := range appointments.rows {
		appointments.set(r, "unused", i%37 == 5)
		if i%61 == 7 && time.Time(appointments.moment(r, "start")).Before(g.anchor) {
			appointments.set(r, "active", false)
		}
	}
}

func (g *generator) invoiceDetails() {
	t := g.tables["Invoice"]
	var before *record
	for i, r := range t.rows {
		d := g.dice("InvoiceDetails", i)
		for entity, member := range map[string]string{"Customer": "customer", "Location": "location", "BusinessUnit": "businessUnit"} {
			t.set(r, member, g.named(entity, t.value(r, member+".id")))
		}
		t.set(r, "batch", g.batch(d))
		t.set(r, "reviewStatus", pick(d, []any{"NeedsReview", "NeedsReview", "Reviewed", "OnHold"}))
		t.set(r, "invoiceConfiguration", pick(d, []any{"JobInvoice", "JobInvoice", "JobInvoice", "CounterSales"}))
		t.set(r, "customFields", g.plainFields(d))
		if employee := g.ref(d, "Employee"); d.percent(20) {
			t.set(r, "assignedTo", g.named("Employee", employee))
		}
		if before != nil && d.percent(3) {
			t.set(r, "adjustmentToId", before.id)
		}
		before = r
	}
}

// named is a reference to a record with its own name; nil when there is no such record.
func (g *generator) named(entity string, id any) any {
	n, _ := id.(int64)
	t := g.tables[entity]
	r, ok := t.byID[n]
	if !ok {
		return nil
	}
	return reference(n, plain(t.value(r, "name")))
}

func (g *generator) batch(d dice) any {
	n := 1 + d.Int64N(9)
	return optional(d, 30, object{{"id", n}, {"number", strconv.FormatInt(100+n, 10)}, {"name", fmt.Sprintf("Sample batch %d", n)}})
}

// plainFields are the custom fields of accounting, which have no type.
func (g *generator) plainFields(d dice) []any {
	if !d.one(6) {
		return []any{}
	}
	return []any{object{{"name", "Sample field"}, {"value", fmt.Sprintf("value %d", d.IntN(3))}}}
}

func (g *generator) paymentDetails() {
	t, invoices := g.tables["Payment"], g.tables["Invoice"]
	for i, r := range t.rows {
		d := g.dice("PaymentDetails", i)
		parts, _ := t.value(r, "appliedTo").([]any)
		of, _ := parts[0].(object).get("appliedTo").(int64)
		if invoice, ok := invoices.byID[of]; ok {
			t.set(r, "customer", invoices.value(invoice, "customer"))
			t.set(r, "businessUnit", invoices.value(invoice, "businessUnit"))
		}
		t.set(r, "batch", g.batch(d))
		t.set(r, "customFields", g.plainFields(d))
		if n := 1 + d.Int64N(5); d.percent(25) {
			t.set(r, "deposit", object{{"id", n}, {"name", fmt.Sprintf("Sample deposit %d", n)}})
		}
	}
}

func (g *generator) goodsDetails() {
	materials, services := g.tables["PricebookMaterial"], g.tables["PricebookService"]
	for i, r := range materials.rows {
		d := g.dice("MaterialDetails", i)
		materials.set(r, "isOtherDirectCost", d.percent(10))
		materials.set(r, "costTypeId", optional(d, 20, 1+d.Int64N(4)))
	}
	for _, r := range services.rows {
		if services.value(r, "useStaticPrices") != true {
			services.set(r, "calculatedPrice", services.value(r, "price"))
		}
	}
}

func (g *generator) projectDetails() {
	t := g.tables["Project"]
	for i, r := range t.rows {
		d := g.dice("ProjectDetails", i)
		t.set(r, "projectTypeId", optional(d, 50, 1+d.Int64N(4)))
		t.set(r, "targetCompletionDate", optional(d, 60, moment(g.anchor.AddDate(0, 0, d.IntN(90)))))
		t.set(r, "actualCompletionDate", optional(d, 40, g.ago(d, 60)))
		t.set(r, "customFields", customFields(d))
	}
}

// bookkeeping makes the last change of some customers one of their balance alone.
func (g *generator) bookkeeping() {
	t := g.tables["Customer"]
	for i, r := range t.rows {
		if d := g.dice("Bookkeeping", i); d.percent(10) {
			r.core = moment(time.Time(r.core).AddDate(0, -1, 0))
		}
	}
}

// tombstones takes what belonged to deleted jobs with them.
func (g *generator) tombstones() {
	jobs := g.tables["Job"]
	for _, entity := range []string{"Appointment", "AppointmentAssignment", "Estimate"} {
		t := g.tables[entity]
		of, _ := t.column("jobId")
		for _, r := range t.rows {
			id, _ := of.of(r).(int64)
			if job, ok := jobs.byID[id]; ok && job.deleted {
				r.deleted = true
			}
		}
	}
	invoices := g.tables["Invoice"]
	for _, job := range jobs.rows {
		id, _ := jobs.value(job, "invoiceId").(int64)
		if invoice, ok := invoices.byID[id]; ok && job.deleted {
			invoices.set(invoice, "active", false)
		}
	}
}
