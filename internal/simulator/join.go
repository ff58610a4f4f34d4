package simulator

import (
	"strings"
)

// join makes the test of a parameter that asks about other records.
type join func(c *company, t *table, value string) func(*record) bool

// joins are the parameters that ask about other records.
var joins = map[string]join{
	"Customer.phone": func(c *company, _ *table, value string) func(*record) bool {
		return oneOf(c.collect("CustomerContact", "customerId", func(t *table, r *record) bool {
			return strings.HasSuffix(plain(t.value(r, "type")), "hone") && strings.Contains(digits(plain(t.value(r, "value"))), digits(value))
		}))
	},
	"Job.technicianId":                    jobsBy("AppointmentAssignment", "technicianId", "="),
	"Job.appointmentStatus":               jobsBy("Appointment", "status", "="),
	"Job.appointmentStartsOnOrAfter":      jobsBy("Appointment", "start", ">="),
	"Job.appointmentStartsBefore":         jobsBy("Appointment", "start", "<"),
	"Job.firstAppointmentStartsOnOrAfter": firstAppointment(">="),
	"Job.firstAppointmentStartsBefore":    firstAppointment("<"),
	"Job.hasUnusedAppointments":           jobsBy("Appointment", "unused", "="),
	"Appointment.technicianId": func(c *company, _ *table, value string) func(*record) bool {
		return oneOf(c.collect("AppointmentAssignment", "appointmentId", activeWith("technicianId", value)))
	},
	"Appointment.projectId": func(c *company, t *table, value string) func(*record) bool {
		jobs := c.collect("Job", "id", with("projectId", value))
		return func(r *record) bool { return jobs[plain(t.value(r, "jobId"))] }
	},
	"Payment.appliedToInvoiceIds": func(_ *company, t *table, value string) func(*record) bool {
		return func(r *record) bool { return applies(t, r, "appliedTo", strings.Split(value, ",")) }
	},
	"Payment.appliedToReferenceNumber": func(_ *company, t *table, value string) func(*record) bool {
		return func(r *record) bool { return applies(t, r, "appliedToReferenceNumber", []string{value}) }
	},
	"Project.technicianId":  projectsBy("AppointmentAssignment", "technicianId"),
	"Project.appointmentId": projectsBy("Appointment", "id"),
	"Project.invoiceId": func(c *company, _ *table, value string) func(*record) bool {
		return oneOf(c.collect("Invoice", "projectId", with("id", value)))
	},
	"PricebookService.searchText": searchSkus, "PricebookMaterial.searchText": searchSkus,
	"PricebookEquipment.searchText": searchSkus, "PricebookDiscountAndFee.searchText": searchSkus,
	"PricebookMaterial.costTypeIds": func(_ *company, t *table, value string) func(*record) bool {
		return compareBy(t, "costTypeId", "in", strings.Split(value, ","), value)
	},
}

// collect gathers a member of the records that a test holds for.
func (c *company) collect(entity, member string, test func(*table, *record) bool) map[string]bool {
	t := c.tables[entity]
	found := map[string]bool{}
	for _, r := range t.rows {
		if !r.deleted && test(t, r) {
			found[plain(t.value(r, member))] = true
		}
	}
	return found
}

func oneOf(ids map[string]bool) func(*record) bool {
	return func(r *record) bool { return ids[plain(r.id)] }
}

func with(member, value string) func(*table, *record) bool {
	return func(t *table, r *record) bool { return plain(t.value(r, member)) == value }
}

func activeWith(member, value string) func(*table, *record) bool {
	return func(t *table, r *record) bool { return t.active(r) && plain(t.value(r, member)) == value }
}

// jobsBy finds jobs by their appointments or assignments.
func jobsBy(entity, member, how string) join {
	return func(c *company, _ *table, value string) func(*record) bool {
		test := compareBy(c.tables[entity], member, how, nil, value)
		return oneOf(c.collect(entity, "jobId", func(t *table, r *record) bool { return t.active(r) && test(r) }))
	}
}

func firstAppointment(how string) join {
	return func(c *company, t *table, value string) func(*record) bool {
		starts := compareBy(c.tables["Appointment"], "start", how, nil, value)
		return func(r *record) bool {
			id, _ := t.value(r, "firstAppointmentId").(int64)
			first, ok := c.tables["Appointment"].byID[id]
			return ok && starts(first)
		}
	}
}

// projectsBy finds projects by their jobs' appointments or assignments.
func projectsBy(entity, member string) join {
	return func(c *company, t *table, value string) func(*record) bool {
		jobs := c.collect(entity, "jobId", with(member, value))
		return func(r *record) bool {
			ids, _ := t.value(r, "jobIds").([]any)
			for _, id := range ids {
				if jobs[plain(id)] {
					return true
				}
			}
			return false
		}
	}
}

func applies(t *table, r *record, member string, values []string) bool {
	parts, _ := t.value(r, "appliedTo").([]any)
	for _, p := range parts {
		for _, v := range values {
			if plain(p.(object).get(member)) == v {
				return true
			}
		}
	}
	return false
}

func searchSkus(_ *company, t *table, value string) func(*record) bool {
	return func(r *record) bool {
		for _, member := range []string{"code", "displayName", "description"} {
			if strings.Contains(strings.ToLower(plain(t.value(r, member))), strings.ToLower(value)) {
				return true
			}
		}
		return false
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
