package simulator

import (
	"net/url"
	"strings"

	"lazilabs.com/lazi/internal/stspec"
)

// test tells whether a record belongs into an answer.
type test func(*record) bool

// paths says what a parameter that is not named like a field narrows by: a path in the record and how it compares; see
// matcher. What needs other records is in joins.
var paths = map[string]string{
	"Customer.street": "address.street ~", "Customer.unit": "address.unit ~", "Customer.city": "address.city ~", "Customer.state": "address.state ~",
	"Customer.zip": "address.zip ~", "Customer.country": "address.country ~", "Customer.latitude": "address.latitude =", "Customer.longitude": "address.longitude =",
	"Location.street": "address.street ~", "Location.unit": "address.unit ~", "Location.city": "address.city ~", "Location.state": "address.state ~",
	"Location.zip": "address.zip ~", "Location.country": "address.country ~", "Location.latitude": "address.latitude =", "Location.longitude": "address.longitude =",
	"Job.number": "jobNumber =", "Job.completedOnOrAfter": "completedOn >=", "Job.completedBefore": "completedOn <", "Job.tagTypeIds": "tagTypeIds has", "Job.estimateIds": "estimateIds has",
	"Appointment.number": "appointmentNumber =", "Appointment.startsOnOrAfter": "start >=", "Appointment.startsBefore": "start <",
	"TechnicianShift.startsOnOrAfter": "start >=", "TechnicianShift.endsOnOrBefore": "end <=", "TechnicianShift.titleContains": "title ~", "TechnicianShift.noteContains": "note ~",
	"NonJobAppointment.startsOnOrAfter": "start >=", "NonJobAppointment.startsOnOrBefore": "start <=",
	"JobType.minDuration": "duration >=", "JobType.maxDuration": "duration <=", "Campaign.campaignPhoneNumber": "campaignPhoneNumbers has",
	"Project.startsOnOrAfter": "startDate >=", "Project.startsBefore": "startDate <", "Project.completedOnOrAfter": "actualCompletionDate >=",
	"Project.completedBefore": "actualCompletionDate <", "Project.targetCompletionDateOnOrAfter": "targetCompletionDate >=",
	"Project.targetCompletionDateBefore": "targetCompletionDate <", "Project.projectManagerIds": "projectManagerIds has", "Project.businessUnitIds": "businessUnitIds has",
	"Project.jobId": "jobIds has", "Project.status": "status in",
	"Invoice.statuses": "syncStatus in", "Invoice.jobId": "job.id =", "Invoice.jobNumber": "job.number =", "Invoice.businessUnitId": "businessUnit.id =",
	"Invoice.customerId": "customer.id =", "Invoice.invoicedOnOrAfter": "invoiceDate >=", "Invoice.invoicedOnBefore": "invoiceDate <", "Invoice.number": "referenceNumber =",
	"Invoice.totalGreater": "total >", "Invoice.totalLess": "total <", "Invoice.dueDateBefore": "dueDate <", "Invoice.dueDateOnOrAfter": "dueDate >=",
	"Invoice.reviewStatuses": "reviewStatus in", "Invoice.assignedToIds": "assignedTo.id in", "Invoice.invoiceConfigurations": "invoiceConfiguration in",
	"Invoice.batchId": "batch.id =", "Invoice.batchNumber": "batch.number =",
	"Payment.businessUnitIds": "businessUnit.id in", "Payment.customerId": "customer.id =", "Payment.paidOnAfter": "date >=", "Payment.paidOnBefore": "date <",
	"Payment.statuses": "syncStatus in", "PricebookMaterial.costTypeIds": "costTypeId in", "Payment.totalGreater": "total >", "Payment.totalLess": "total <", "Payment.batchId": "batch.id =", "Payment.batchNumber": "batch.number =",
	"Payment.depositIds": "deposit.id in",
	"Estimate.status":    "status.name =", "Estimate.soldAfter": "soldOn >=", "Estimate.soldBefore": "soldOn <", "Estimate.soldById": "soldBy =",
	"Estimate.soldByEmployeeId": "soldBy =", "Estimate.totalGreater": "subtotal >", "Estimate.totalLess": "subtotal <",
}

// narrow makes the tests that the parameters of a query stand for.
func narrow(c *company, t *table, q url.Values) []test {
	var tests []test
	activity := false
	for name, values := range q {
		f, ok := t.entity.Filter(name)
		if !ok || values[0] == "" {
			continue
		}
		activity = activity || f.Default != "" || name == "includeInactive"
		if made := filter(c, t, f, values); made != nil {
			tests = append(tests, made)
		}
	}
	if !activity && hidesInactive(t.entity) {
		tests = append(tests, t.activity())
	}
	for _, made := range []test{balanceFilter(t, q), externalFilter(t, q), customFieldFilter(t, q), modifiedFilter(t, q)} {
		if made != nil {
			tests = append(tests, made)
		}
	}
	return tests
}

// filter makes the test that one parameter stands for; nil when it narrows nothing by itself.
func filter(c *company, t *table, f stspec.Filter, values []string) test {
	name, value := f.Name, values[0]
	if test := activityFilter(t, name, value); test != nil {
		return test
	}
	if join, ok := joins[t.entity.Name+"."+name]; ok {
		return join(c, t, value)
	}
	path, how, ok := strings.Cut(paths[t.entity.Name+"."+name], " ")
	if !ok {
		if path, how = usual(t, f); path == "" {
			return nil
		}
	}
	list := values
	if how == "in" || how == "has" {
		list = strings.Split(strings.Join(values, ","), ",")
	}
	return by(t, path, matcher(how, list))
}

// by tests one value of records.
func by(t *table, path string, match func(any) bool) test {
	c, _ := t.column(path)
	return func(r *record) bool { return match(c.of(r)) }
}

// usual finds what a parameter narrows by from its name alone.
func usual(t *table, f stspec.Filter) (path, how string) {
	switch name := f.Name; {
	case name == "ids":
		return "id", "in"
	case name == "createdOnOrAfter":
		return "createdOn", ">="
	case name == "createdBefore":
		return "createdOn", "<"
	case name == "name" || name == "email":
		return name, "~"
	case t.has(name):
		return name, "="
	case f.IDList() && t.has(strings.TrimSuffix(name, "s")):
		return strings.TrimSuffix(name, "s"), "in"
	}
	return "", ""
}

// activityFilter reads the spellings of the filter on activity.
func activityFilter(t *table, name, value string) test {
	active := t.activity()
	switch {
	case name == "active" && value == "True", name == "activeState" && value == "ActiveOnly", name == "includeInactive" && !strings.EqualFold(value, "true"),
		name == "activeOnly" && strings.EqualFold(value, "true"):
		return active
	case name == "active" && value == "False", name == "activeState" && value == "InactiveOnly":
		return func(r *record) bool { return !active(r) }
	case name == "active", name == "activeState", name == "includeInactive", name == "activeOnly":
		return func(*record) bool { return true }
	}
	return nil
}

// hidesInactive tells whether a list leaves inactive records out unless told otherwise.
func hidesInactive(e stspec.Entity) bool {
	for _, f := range e.Filters {
		if f.Default == "activeOnly" || f.Name == "includeInactive" {
			return true
		}
	}
	return false
}
