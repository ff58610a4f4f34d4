package simulator_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/stspec"
)

// row is a record as a list sends it, numbers as they are written.
type row map[string]any

func parseRow(t *testing.T, doc json.RawMessage) row {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var r row
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

// text is the value at a path, "" for null. A path through a list gives its first element.
func (r row) text(path string) string {
	texts := r.texts(path)
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// texts are the values at a path, several where it goes through a list.
func (r row) texts(path string) []string {
	values := []any{map[string]any(r)}
	for name := range strings.SplitSeq(path, ".") {
		var next []any
		for _, v := range values {
			o, _ := v.(map[string]any)
			if list, ok := o[name].([]any); ok {
				next = append(next, list...)
			} else if o[name] != nil {
				next = append(next, o[name])
			}
		}
		values = next
	}
	var out []string
	for _, v := range values {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// narrowing says what a filter does: how it compares with what is at a path. A path "Entity(member) …" looks at the active
// records of another entity that name the record in that member.
type narrowing struct{ path, how string }

// byName are the filters that mean the same wherever they are.
var byName = map[string]narrowing{
	"ids": {"id", "in"}, "createdOnOrAfter": {"createdOn", "from"}, "createdBefore": {"createdOn", "before"},
	"modifiedOnOrAfter": {"modifiedOn", "from"}, "modifiedBefore": {"modifiedOn", "before"}, "name": {"name", "part"}, "email": {"email", "part"},
	"street": {"address.street", "part"}, "unit": {"address.unit", "part"}, "city": {"address.city", "part"}, "state": {"address.state", "part"},
	"zip": {"address.zip", "part"}, "country": {"address.country", "part"}, "latitude": {"address.latitude", "is"}, "longitude": {"address.longitude", "is"},
	"customerIds": {"customerId", "in"}, "locationIds": {"locationId", "in"}, "appointmentIds": {"appointmentId", "in"}, "userIds": {"userId", "in"},
	"startsOnOrBefore": {"start", "upto"}, "endsOnOrBefore": {"end", "upto"}, "titleContains": {"title", "part"}, "noteContains": {"note", "part"},
	"startsOnOrAfter": {"start", "from"}, "startsBefore": {"start", "before"}, "completedOnOrAfter": {"completedOn", "from"}, "completedBefore": {"completedOn", "before"},
	"totalGreater": {"total", "more"}, "totalLess": {"total", "less"}, "batchId": {"batch.id", "is"}, "batchNumber": {"batch.number", "is"},
}

// byEntity are the filters whose name does not say what they do.
var byEntity = map[string]narrowing{
	"Job.number": {"jobNumber", "is"}, "Job.tagTypeIds": {"tagTypeIds", "in"}, "Job.estimateIds": {"estimateIds", "in"},
	"Job.technicianId": {"AppointmentAssignment(jobId) technicianId", "is"}, "Job.appointmentStatus": {"Appointment(jobId) status", "is"},
	"Job.appointmentStartsOnOrAfter": {"Appointment(jobId) start", "from"}, "Job.appointmentStartsBefore": {"Appointment(jobId) start", "before"},
	"Appointment.number": {"appointmentNumber", "is"}, "Appointment.technicianId": {"AppointmentAssignment(appointmentId) technicianId", "is"},
	"JobType.minDuration": {"duration", "from"}, "JobType.maxDuration": {"duration", "upto"}, "Campaign.campaignPhoneNumber": {"campaignPhoneNumbers", "is"},
	"PricebookMaterial.costTypeIds": {"costTypeId", "in"},
	"Project.startsOnOrAfter":       {"startDate", "from"}, "Project.startsBefore": {"startDate", "before"}, "Project.completedOnOrAfter": {"actualCompletionDate", "from"},
	"Project.completedBefore": {"actualCompletionDate", "before"}, "Project.targetCompletionDateOnOrAfter": {"targetCompletionDate", "from"},
	"Project.targetCompletionDateBefore": {"targetCompletionDate", "before"}, "Project.projectManagerIds": {"projectManagerIds", "in"},
	"Project.businessUnitIds": {"businessUnitIds", "in"}, "Project.jobId": {"jobIds", "is"}, "Project.status": {"status", "is"},
	"Project.invoiceId": {"Invoice(projectId) id", "is"},
	"Invoice.statuses":  {"syncStatus", "in"}, "Invoice.jobId": {"job.id", "is"}, "Invoice.jobNumber": {"job.number", "is"}, "Invoice.businessUnitId": {"businessUnit.id", "is"},
	"Invoice.customerId": {"customer.id", "is"}, "Invoice.invoicedOnOrAfter": {"invoiceDate", "from"}, "Invoice.invoicedOnBefore": {"invoiceDate", "before"},
	"Invoice.number": {"referenceNumber", "is"}, "Invoice.dueDateOnOrAfter": {"dueDate", "from"}, "Invoice.dueDateBefore": {"dueDate", "before"},
	"Invoice.reviewStatuses": {"reviewStatus", "in"}, "Invoice.assignedToIds": {"assignedTo.id", "in"}, "Invoice.invoiceConfigurations": {"invoiceConfiguration", "in"},
	"Payment.businessUnitIds": {"businessUnit.id", "in"}, "Payment.customerId": {"customer.id", "is"}, "Payment.paidOnAfter": {"date", "from"}, "Payment.paidOnBefore": {"date", "before"},
	"Payment.statuses": {"syncStatus", "in"}, "Payment.depositIds": {"deposit.id", "in"}, "Payment.appliedToInvoiceIds": {"appliedTo.appliedTo", "in"},
	"Payment.appliedToReferenceNumber": {"appliedTo.appliedToReferenceNumber", "is"},
	"Estimate.status":                  {"status.name", "is"}, "Estimate.soldAfter": {"soldOn", "from"}, "Estimate.soldBefore": {"soldOn", "before"}, "Estimate.soldById": {"soldBy", "is"},
	"Estimate.soldByEmployeeId": {"soldBy", "is"}, "Estimate.totalGreater": {"subtotal", "more"}, "Estimate.totalLess": {"subtotal", "less"},
	"PricebookService.searchText": {"code", "part"}, "PricebookMaterial.searchText": {"code", "part"},
	"PricebookEquipment.searchText": {"code", "part"}, "PricebookDiscountAndFee.searchText": {"code", "part"},
}

// elsewhere are the parameters that other tests use: paging, order, activity, and those that work only together or
// through two other entities.
var elsewhere = []string{
	"page", "pageSize", "includeTotal", "sort", "orderBy", "orderByDirection", "active", "activeState", "includeInactive", "activeOnly", "calculatePrices",
	"excludeAccountingChangesFromModifiedDateRange", "externalDataApplicationGuid", "externalDataKey", "externalDataValues",
	"customField.Fields", "customField.Operator", "balanceFilter.Balance", "balanceFilter.Comparer", "transactionType", "phone", "hasUnusedAppointments",
	"Job.firstAppointmentStartsOnOrAfter", "Job.firstAppointmentStartsBefore", "Appointment.projectId", "Project.technicianId", "Project.appointmentId",
}

// world is all that a company's lists show, whatever is asked.
type world map[string][]row

func (f *fixture) world(t *testing.T) world {
	t.Helper()
	w := world{}
	for _, e := range stspec.Entities() {
		for _, doc := range f.page(t, all(e)).Data {
			w[e.Name] = append(w[e.Name], parseRow(t, doc))
		}
	}
	return w
}

// values are what a narrowing looks at in a row.
func (w world) values(r row, path string) []string {
	entity, rest, other := strings.Cut(path, "(")
	if !other {
		return r.texts(path)
	}
	member, path, _ := strings.Cut(rest, ") ")
	var out []string
	for _, o := range w[entity] {
		if o["active"] == true && o.text(member) == r.text("id") {
			out = append(out, o.texts(path)...)
		}
	}
	return out
}

// holds tells whether a value passes a filter.
func holds(how, value, wanted string) bool {
	order := compareTexts(value, wanted)
	switch how {
	case "is", "in":
		return strings.EqualFold(value, wanted)
	case "part":
		return strings.Contains(strings.ToLower(value), strings.ToLower(wanted))
	case "from":
		return order >= 0
	case "upto":
		return order <= 0
	case "more":
		return order > 0
	}
	return order < 0 // before, less
}

func compareTexts(a, b string) int {
	x, err1 := time.Parse(time.RFC3339, a)
	y, err2 := time.Parse(time.RFC3339, b)
	if err1 == nil && err2 == nil {
		return x.Compare(y)
	}
	m, _ := strconv.ParseFloat(a, 64)
	n, _ := strconv.ParseFloat(b, 64)
	return cmp.Compare(m, n)
}

// ids are the ids that a list shows, in its order.
func (f *fixture) ids(t *testing.T, e stspec.Entity, query ...string) []string {
	t.Helper()
	var out []string
	for _, doc := range f.page(t, all(e, query...)).Data {
		out = append(out, parseRow(t, doc).text("id"))
	}
	return out
}

func TestLists_everyFilterNarrows(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.world(t)
	for _, e := range stspec.Entities() {
		for _, filter := range e.Filters {
			key := e.Name + "." + filter.Name
			if slices.Contains(elsewhere, filter.Name) || slices.Contains(elsewhere, key) {
				continue
			}
			n, ok := byEntity[key]
			if !ok {
				n, ok = byName[filter.Name]
			}
			if !ok {
				n = narrowing{filter.Name, "is"}
			}
			t.Run(key, func(t *testing.T) {
				f.checkFilter(t, w, e, filter, n)
			})
		}
	}
}

// checkFilter asks for the value of some record and wants exactly the records that have it.
func (f *fixture) checkFilter(t *testing.T, w world, e stspec.Entity, filter stspec.Filter, n narrowing) {
	t.Helper()
	var candidates []string
	for _, r := range w[e.Name] {
		candidates = append(candidates, w.values(r, n.path)...)
	}
	if len(candidates) == 0 {
		t.Fatalf("no record has a value at %s", n.path)
	}
	slices.SortFunc(candidates, compareTexts)
	wanted := candidates[len(candidates)/2]
	if n.how == "less" || n.how == "before" {
		wanted = candidates[len(candidates)-1]
	}
	var want []string
	for _, r := range w[e.Name] {
		if slices.ContainsFunc(w.values(r, n.path), func(v string) bool { return holds(n.how, v, wanted) }) {
			want = append(want, r.text("id"))
		}
	}
	if len(want) == 0 {
		t.Fatalf("nothing has %q at %s %s", wanted, n.path, n.how)
	}
	if diff := gocmp.Diff(want, f.ids(t, e, filter.Name, wanted)); diff != "" {
		t.Errorf("%s=%s (-want +got):\n%s", filter.Name, wanted, diff)
	}
}
