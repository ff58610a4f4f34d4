package simulator

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/stspec"
)

// paths says what a parameter that is not named like a field narrows by: a path in the record and how it compares.
// "=" equals, "~" contains, "in" is one of a comma list, "has" an array holds one of it, ">=" and "<" are ranges.
// What needs other records is in joins.
var paths = map[string]string{
	"Customer.street": "address.street ~", "Customer.unit": "address.unit ~", "Customer.city": "address.city ~", "Customer.state": "address.state ~",
	"Customer.zip": "address.zip ~", "Customer.country": "address.country ~", "Customer.latitude": "address.latitude =", "Customer.longitude": "address.longitude =",
	"Location.street": "address.street ~", "Location.unit": "address.unit ~", "Location.city": "address.city ~", "Location.state": "address.state ~",
	"Location.zip": "address.zip ~", "Location.country": "address.country ~", "Location.latitude": "address.latitude =", "Location.longitude": "address.longitude =",
	"Job.number": "jobNumber =", "Job.completedOnOrAfter": "completedOn >=", "Job.completedBefore": "completedOn <", "Job.tagTypeIds": "tagTypeIds has", "Job.estimateIds": "estimateIds has",
	"Appointment.number": "appointmentNumber =", "Appointment.startsOnOrAfter": "start >=", "Appointment.startsBefore": "start <",
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
	"Payment.statuses": "syncStatus in", "Payment.totalGreater": "total >", "Payment.totalLess": "total <", "Payment.batchId": "batch.id =", "Payment.batchNumber": "batch.number =",
	"Payment.depositIds": "deposit.id in",
	"Estimate.status":    "status.name =", "Estimate.soldAfter": "soldOn >=", "Estimate.soldBefore": "soldOn <", "Estimate.soldById": "soldBy =",
	"Estimate.soldByEmployeeId": "soldBy =", "Estimate.totalGreater": "subtotal >", "Estimate.totalLess": "subtotal <",
}

// filter makes the test that a parameter stands for; nil when it narrows nothing.
func filter(c *company, t *table, f stspec.Filter, values []string) func(*record) bool {
	name, value := f.Name, values[0]
	if test := activityFilter(t, name, value); test != nil {
		return test
	}
	if join, ok := joins[t.entity.Name+"."+name]; ok {
		return join(c, t, value)
	}
	if name == "balanceFilter.Balance" || name == "balanceFilter.Comparer" {
		return nil // the two belong together: see balanceFilter
	}
	path, how, ok := strings.Cut(paths[t.entity.Name+"."+name], " ")
	if !ok {
		if path, how = usual(t, f); path == "" {
			return nil
		}
	}
	return compareBy(t, path, how, strings.Split(strings.Join(values, ","), ","), value)
}

// usual finds what a parameter narrows by from its name alone.
func usual(t *table, f stspec.Filter) (path, how string) {
	has := func(field string) bool { _, ok := t.index[field]; return ok }
	switch name := f.Name; {
	case name == "ids":
		return "id", "in"
	case name == "createdOnOrAfter":
		return "createdOn", ">="
	case name == "createdBefore":
		return "createdOn", "<"
	case name == "modifiedOnOrAfter":
		return "modifiedOn", ">="
	case name == "modifiedBefore":
		return "modifiedOn", "<"
	case name == "name" || name == "email":
		return name, "~"
	case has(name):
		return name, "="
	case f.IDList() && has(strings.TrimSuffix(name, "s")):
		return strings.TrimSuffix(name, "s"), "in"
	}
	return "", ""
}

// activityFilter reads the spellings of the filter on activity.
func activityFilter(t *table, name, value string) func(*record) bool {
	only := func(want bool) func(*record) bool {
		return func(r *record) bool { return t.active(r) == want }
	}
	switch {
	case name == "active" && value == "True", name == "activeState" && value == "ActiveOnly", name == "includeInactive" && !strings.EqualFold(value, "true"):
		return only(true)
	case name == "active" && value == "False", name == "activeState" && value == "InactiveOnly":
		return only(false)
	case name == "active", name == "activeState", name == "includeInactive":
		return func(*record) bool { return true }
	}
	return nil
}

func compareBy(t *table, path, how string, list []string, value string) func(*record) bool {
	of := func(r *record) any { return t.value(r, path) }
	switch how {
	case "=":
		return func(r *record) bool { return strings.EqualFold(plain(of(r)), value) }
	case "~":
		return func(r *record) bool { return strings.Contains(strings.ToLower(plain(of(r))), strings.ToLower(value)) }
	case "in":
		return func(r *record) bool { v := of(r); return v != nil && slices.Contains(list, plain(v)) }
	case "has":
		return func(r *record) bool {
			items, _ := of(r).([]any)
			return slices.ContainsFunc(items, func(v any) bool { return slices.Contains(list, plain(v)) })
		}
	}
	return func(r *record) bool {
		n, ok := order(of(r), value)
		return ok && (n > 0 && strings.HasPrefix(how, ">") || n < 0 && strings.HasPrefix(how, "<") || n == 0 && strings.HasSuffix(how, "="))
	}
}

// order compares a record's value with a parameter's; nothing compares with null.
func order(v any, text string) (int, bool) {
	switch v := v.(type) {
	case moment:
		at, err := time.Parse(time.RFC3339, text)
		return time.Time(v).Compare(at), err == nil
	case int64, number, string:
		have, err := strconv.ParseFloat(plain(v), 64)
		want, err2 := strconv.ParseFloat(text, 64)
		switch {
		case err != nil || err2 != nil:
			return 0, false
		case have < want:
			return -1, true
		case have > want:
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// balanceFilter reads balanceFilter.Balance and .Comparer, which narrow only together; Equals when no comparer is given.
func balanceFilter(t *table, q url.Values) func(*record) bool {
	value := q.Get("balanceFilter.Balance")
	if t.entity.Name != "Invoice" || value == "" {
		return nil
	}
	comparer := q.Get("balanceFilter.Comparer")
	return func(r *record) bool {
		n, ok := order(t.value(r, "balance"), value)
		switch comparer {
		case "NotEquals":
			return n != 0
		case "Greater":
			return ok && n > 0
		case "Less":
			return ok && n < 0
		}
		return ok && n == 0
	}
}
