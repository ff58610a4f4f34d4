package app_test

import (
	"maps"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/stspec"
)

func timeOf(hour int) time.Duration { return time.Duration(hour) * time.Hour }

// everyMutation runs each mutation once, in an order in which each succeeds, and calls after behind each.
func everyMutation(t *testing.T, w *world, do func(t *testing.T, mutation string, in input) made) {
	t.Helper()
	address := input{"street": "1 Sample Street", "city": "Sample City", "state": "CO", "postalCode": "80000", "country": "USA"}
	whole := input{
		"street": "2 Sample Street", "unit": "B", "city": "Sample City", "state": "CO", "postalCode": "80001", "country": "USA",
		"latitude": 39.7, "longitude": -104.9,
	}
	contact := input{"type": "MOBILE_PHONE", "value": "555-0100", "memo": "sample"}
	tag := w.firstID(t, domain.TagTypes.Kind)
	technician := globalID(domain.Technicians.Kind, w.nth(t, domain.Technicians.Kind, 0))
	other := globalID(domain.Technicians.Kind, w.nth(t, domain.Technicians.Kind, 1))
	by := func(id string, rest input) input {
		in := input{"id": id}
		maps.Copy(in, rest)
		return in
	}

	customer := do(t, "createCustomer", input{
		"name": "Sample Customer", "type": "RESIDENTIAL", "address": address, "doNotMail": true,
		"contacts": []input{contact}, "tagIds": []string{tag}, "locations": []input{{"name": "Sample House", "address": address, "contacts": []input{contact}}},
	})
	do(t, "updateCustomer", by(customer.ID, input{"name": "Sample Customer Anew", "address": whole, "tagIds": []string{}}))
	do(t, "addCustomerTag", input{"customerId": customer.ID, "tagId": tag})
	do(t, "removeCustomerTag", input{"customerId": customer.ID, "tagId": tag})
	do(t, "addCustomerNote", input{"customerId": customer.ID, "text": "Sample note", "pinToTop": true})
	phone := do(t, "addCustomerContact", input{"customerId": customer.ID, "type": "EMAIL", "value": "sample@example.com"})
	do(t, "updateCustomerContact", by(phone.ID, input{"value": "sample-two@example.com", "memo": "evenings"}))
	do(t, "removeCustomerContact", by(phone.ID, nil))
	location := do(t, "createLocation", input{"customerId": customer.ID, "name": "Sample Barn", "address": address, "contacts": []input{contact}})
	do(t, "updateLocation", by(location.ID, input{"name": "Sample Barn Anew", "address": whole}))
	do(t, "addLocationTag", input{"locationId": location.ID, "tagId": tag})
	do(t, "removeLocationTag", input{"locationId": location.ID, "tagId": tag})
	do(t, "addLocationNote", input{"locationId": location.ID, "text": "Sample note"})
	door := do(t, "addLocationContact", input{"locationId": location.ID, "type": "PHONE", "value": "555-0101"})
	do(t, "updateLocationContact", by(door.ID, input{"value": "555-0102"}))
	do(t, "removeLocationContact", by(door.ID, nil))

	plan := w.plan(t, input{"scheduled": span(30, 8, 10), "arrivalWindow": span(30, 8, 9), "technicianIds": []string{technician}},
		input{"scheduled": span(30, 12, 13)})
	plan["tagIds"] = []string{tag}
	job := do(t, "createJob", plan)
	do(t, "updateJob", by(job.ID, input{"summary": "Other sample work", "priority": "URGENT", "reason": "the boiler leaks"}))
	do(t, "addJobNote", input{"jobId": job.ID, "text": "Sample note"})
	do(t, "holdJob", by(job.ID, input{"reasonId": w.reason(t, "hold"), "memo": "waits for parts"}))
	do(t, "unholdJob", by(job.ID, nil))
	do(t, "cancelJob", by(job.ID, input{"reasonId": w.reason(t, "cancel"), "memo": "called off"}))
	do(t, "uncancelJob", by(job.ID, nil))
	visit := do(t, "createAppointment", input{"jobId": job.ID, "scheduled": span(31, 8, 10), "technicianIds": []string{technician}, "specialInstructions": "ring twice"})
	do(t, "rescheduleAppointment", by(visit.ID, input{"scheduled": span(31, 9, 11), "arrivalWindow": span(31, 9, 10)}))
	do(t, "confirmAppointment", by(visit.ID, nil))
	do(t, "unconfirmAppointment", by(visit.ID, nil))
	do(t, "holdAppointment", by(visit.ID, input{"reasonId": w.reason(t, "hold"), "memo": "waits"}))
	do(t, "unholdAppointment", by(visit.ID, nil))
	do(t, "updateAppointmentInstructions", by(visit.ID, input{"specialInstructions": "ring thrice"}))
	do(t, "assignTechnicians", input{"appointmentId": visit.ID, "technicianIds": []string{other}})
	do(t, "unassignTechnicians", input{"appointmentId": visit.ID, "technicianIds": []string{technician}})
	do(t, "deleteAppointment", by(visit.ID, nil))
	do(t, "completeJob", by(job.ID, input{"completedAt": "2026-03-11T12:00:00Z"}))

	shift := do(t, "createTechnicianShifts", input{
		"technicianIds": []string{technician, other}, "type": "NORMAL", "title": "Sample shift",
		"scheduled": span(32, 8, 16), "repeatType": "DAILY", "repeatEndDate": "2026-04-15T00:00:00Z",
	})
	do(t, "updateTechnicianShift", by(shift.ID, input{"title": "Sample shift anew", "scheduled": span(32, 9, 17)}))
	do(t, "deleteTechnicianShift", by(shift.ID, nil))
	do(t, "addTimeOff", input{"technicianIds": []string{other}, "title": "Sample time off", "scheduled": span(33, 0, 24)})
	meeting := do(t, "createNonJobAppointment", input{"technicianId": technician, "name": "Sample meeting", "start": "2026-04-14T15:00:00Z", "duration": "PT1H30M"})
	do(t, "replaceNonJobAppointment", by(meeting.ID, input{"technicianId": technician, "name": "Sample meeting anew", "start": "2026-04-14T16:00:00Z", "duration": "PT26H"}))
	do(t, "deleteNonJobAppointment", by(meeting.ID, nil))

	category := do(t, "createPricebookCategory", input{"name": "Sample category", "type": "SERVICES", "parentId": w.firstID(t, domain.PricebookCategories.Kind)})
	do(t, "updatePricebookCategory", by(category.ID, input{"name": "Sample category anew", "position": 3}))
	sku := func(code string, more input) input {
		in := input{"code": code, "description": "Sample item", "displayName": "Sample", "categoryIds": []string{category.ID}, "active": true}
		maps.Copy(in, more)
		return in
	}
	material := do(t, "createPricebookMaterial", sku("SAMPLE-M", input{"cost": "3.50", "price": "7.25"}))
	do(t, "updatePricebookMaterial", by(material.ID, input{"price": "8", "unitOfMeasure": "m"}))
	equipment := do(t, "createPricebookEquipment", sku("SAMPLE-E", input{
		"manufacturer": "Sample Works", "model": "S1", "price": "700",
		"manufacturerWarranty": input{"durationMonths": 24},
	}))
	do(t, "updatePricebookEquipment", by(equipment.ID, input{"model": "S2"}))
	service := do(t, "createPricebookService", sku("SAMPLE-S", input{
		"price": "99.90", "hours": "1.5", "taxable": true,
		"warranty":  input{"durationMonths": 12, "description": "sample"},
		"materials": []input{{"materialId": material.ID, "quantity": "2.5"}}, "equipment": []input{{"equipmentId": equipment.ID, "quantity": "1"}},
	}))
	do(t, "updatePricebookService", by(service.ID, input{"price": "89.90", "upgradeIds": []string{w.firstID(t, domain.PricebookServices.Kind)}}))
	discount := do(t, "createPricebookDiscount", sku("SAMPLE-D", input{"type": "DISCOUNT", "amountType": "PERCENTAGE", "amount": "10"}))
	do(t, "updatePricebookDiscount", by(discount.ID, input{"amount": "12.5", "limit": "50"}))

	estimate := globalID(domain.Estimates.Kind, w.open(t))
	do(t, "sellEstimate", by(estimate, input{"soldById": w.nth(t, domain.Technicians.Kind, 0)}))
	do(t, "unsellEstimate", by(estimate, nil))
	do(t, "dismissEstimate", by(estimate, nil))
	do(t, "deactivateCustomer", by(customer.ID, nil))
}

// reason is the id of a reason for a job to wait or to be called off.
func (w *world) reason(t *testing.T, what string) int64 {
	t.Helper()
	entity := map[string]string{"hold": "JobHoldReason", "cancel": "JobCancelReason"}[what]
	ids := w.sim.IDs(tenant, entity)
	if len(ids) == 0 {
		t.Fatalf("there is no %s", entity)
	}
	return ids[0]
}

// open is an estimate that is neither sold nor dismissed.
func (w *world) open(t *testing.T) int64 {
	t.Helper()
	for id, doc := range w.sim.Each(tenant, "Estimate") {
		var e struct{ Status struct{ Name string } }
		if read(t, doc, &e); e.Status.Name == "Open" {
			return id
		}
	}
	t.Fatal("no estimate is open")
	return 0
}

// writtenKinds are those that mutations change.
func writtenKinds() []*domain.Kind {
	return []*domain.Kind{
		domain.Customers.Kind, domain.CustomerContacts.Kind, domain.Locations.Kind, domain.LocationContacts.Kind,
		domain.Jobs.Kind, domain.Appointments.Kind, domain.AppointmentAssignments.Kind, domain.Invoices.Kind,
		domain.TechnicianShifts.Kind, domain.NonJobAppointments.Kind, domain.Estimates.Kind,
		domain.PricebookCategories.Kind, domain.PricebookServices.Kind, domain.PricebookMaterials.Kind, domain.PricebookEquipments.Kind,
		domain.PricebookDiscounts.Kind,
	}
}

func TestMutations_changeServiceTitanAndTheMirror(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	done := map[string]bool{}
	everyMutation(t, w, func(t *testing.T, mutation string, in input) made {
		t.Helper()
		m := w.change(t, mutation, in)
		if len(m.Errors) > 0 {
			t.Errorf("%s: %+v", mutation, m.Errors)
		}
		sent := w.sent.take()
		if len(sent) == 0 {
			t.Errorf("%s: nothing was sent", mutation)
		}
		for _, r := range sent {
			if err := stspec.ValidateWrite(r.method, r.path, r.body); err != nil {
				t.Errorf("%s: %v\n%s", mutation, err, r.body)
			}
		}
		done[mutation] = true
		return m
	})
	for _, act := range domain.Acts() {
		if !done[act.Name] {
			t.Errorf("%s was not tried", act.Name)
		}
	}
	w.sent.wantKnownParameters(t)
	w.wantMirror(t, writtenKinds()...)
}

// TestMutations_ofTechnicians: a technician completes his own jobs, and does nothing else.
func TestMutations_ofTechnicians(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	technician, other := w.nth(t, domain.Technicians.Kind, 0), w.nth(t, domain.Technicians.Kind, 1)
	book := func(day int, who int64) made {
		return w.must(t, "createJob", w.plan(t, input{"scheduled": span(day, 8, 10), "technicianIds": []string{globalID(domain.Technicians.Kind, who)}}))
	}
	own, others := book(55, technician), book(56, other)
	token := "Bearer " + technicianToken(t, technician)
	done := input{"id": own.ID, "completedAt": "2026-03-11T12:00:00Z"}
	if m := w.changeAs(t, token, "completeJob", done); len(m.Errors) > 0 {
		t.Errorf("his own: %+v", m.Errors)
	}
	done["id"] = others.ID
	if m := w.changeAs(t, token, "completeJob", done); !withCode(m, "NOT_FOUND") {
		t.Errorf("somebody else's: %+v", m.Errors)
	}
	body := `{"query":` + quoted(`mutation { uncancelJob(input: {id: "`+own.ID+`"}) { userErrors { code } } }`) + `}`
	if a := w.post(t, token, body); len(a.codes()) != 1 || a.codes()[0] != "FORBIDDEN" {
		t.Errorf("another mutation: %v", a.codes())
	}
	w.wantMirror(t, domain.Jobs.Kind, domain.Appointments.Kind, domain.AppointmentAssignments.Kind)
}
