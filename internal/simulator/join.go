package simulator

import (
	"slices"
	"strings"
)

// join makes the test of a parameter that asks about other records.
type join func(c *company, t *table, value string) test

// joins are the parameters that ask about other records.
var joins = map[string]join{
	"Customer.phone": func(c *company, _ *table, value string) test {
		t, wanted := c.tables["CustomerContact"], digits(value)
		return oneOf(c.collect("CustomerContact", "customerId", func(r *record) bool {
			return strings.HasSuffix(plain(t.value(r, "type")), "hone") && strings.Contains(digits(plain(t.value(r, "value"))), wanted)
		}))
	},
	"Job.technicianId":                    jobsBy("AppointmentAssignment", "technicianId", "="),
	"Job.appointmentStatus":               jobsBy("Appointment", "status", "="),
	"Job.appointmentStartsOnOrAfter":      jobsBy("Appointment", "start", ">="),
	"Job.appointmentStartsBefore":         jobsBy("Appointment", "start", "<"),
	"Job.firstAppointmentStartsOnOrAfter": firstAppointment(">="),
	"Job.firstAppointmentStartsBefore":    firstAppointment("<"),
	"Job.hasUnusedAppointments": func(c *company, _ *table, value string) test {
		unused, want := c.collect("Appointment", "jobId", c.with("Appointment", "unused", "=", "true")), strings.EqualFold(value, "true")
		return func(r *record) bool { return unused[r.id] == want }
	},
	"Appointment.technicianId": func(c *company, _ *table, value string) test {
		return oneOf(c.collect("AppointmentAssignment", "appointmentId", c.with("AppointmentAssignment", "technicianId", "=", value)))
	},
	"Appointment.projectId": func(c *company, t *table, value string) test {
		jobs := c.collect("Job", "id", c.with("Job", "projectId", "=", value))
		return by(t, "jobId", func(v any) bool { id, _ := v.(int64); return jobs[id] })
	},
	"Payment.appliedToInvoiceIds":      applied("appliedTo"),
	"Payment.appliedToReferenceNumber": applied("appliedToReferenceNumber"),
	"Payment.transactionType": func(_ *company, _ *table, value string) test {
		return func(*record) bool { return value != "JournalEntry" } // no payment of the made-up companies is one
	},
	"Project.technicianId":  projectsBy("AppointmentAssignment", "technicianId"),
	"Project.appointmentId": projectsBy("Appointment", "id"),
	"Project.invoiceId": func(c *company, _ *table, value string) test {
		return oneOf(c.collect("Invoice", "projectId", c.with("Invoice", "id", "=", value)))
	},
	"PricebookService.searchText": searchSkus, "PricebookMaterial.searchText": searchSkus,
	"PricebookEquipment.searchText": searchSkus, "PricebookDiscountAndFee.searchText": searchSkus,
}

// collect gathers an id from the records that a test holds for.
func (c *company) collect(entity, member string, holds test) map[int64]bool {
	t := c.tables[entity]
	of, _ := t.column(member)
	found := map[int64]bool{}
	for _, r := range t.rows {
		if !r.deleted && holds(r) {
			if id, ok := of.of(r).(int64); ok {
				found[id] = true
			}
		}
	}
	return found
}

func oneOf(ids map[int64]bool) test {
	return func(r *record) bool { return ids[r.id] }
}

// with looks for a value in the active records of another table.
func (c *company) with(entity, member, how, value string) test {
	t := c.tables[entity]
	active, match := t.activity(), by(t, member, matcher(how, []string{value}))
	return func(r *record) bool { return match(r) && active(r) }
}

// jobsBy finds jobs by their active appointments or assignments.
func jobsBy(entity, member, how string) join {
	return func(c *company, _ *table, value string) test {
		return oneOf(c.collect(entity, "jobId", c.with(entity, member, how, value)))
	}
}

func firstAppointment(how string) join {
	return func(c *company, t *table, value string) test {
		appointments := c.tables["Appointment"]
		starts := by(appointments, "start", matcher(how, []string{value}))
		of, _ := t.column("firstAppointmentId")
		return func(r *record) bool {
			id, _ := of.of(r).(int64)
			first, ok := appointments.byID[id]
			return ok && starts(first)
		}
	}
}

// projectsBy finds projects by the active appointments or assignments of their jobs.
func projectsBy(entity, member string) join {
	return func(c *company, t *table, value string) test {
		jobs := c.collect(entity, "jobId", c.with(entity, member, "=", value))
		return by(t, "jobIds", func(v any) bool {
			ids, _ := v.([]any)
			return slices.ContainsFunc(ids, func(id any) bool { n, _ := id.(int64); return jobs[n] })
		})
	}
}

// applied finds payments by a member of what they are applied to.
func applied(member string) join {
	return func(_ *company, t *table, value string) test {
		match := among(strings.Split(value, ","))
		return by(t, "appliedTo", func(v any) bool {
			parts, _ := v.([]any)
			return slices.ContainsFunc(parts, func(p any) bool { o, _ := p.(object); return match(o.get(member)) })
		})
	}
}

func searchSkus(_ *company, t *table, value string) test {
	contains := matcher("~", []string{value})
	return func(r *record) bool {
		return contains(t.value(r, "code")) || contains(t.value(r, "displayName")) || contains(t.value(r, "description"))
	}
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
