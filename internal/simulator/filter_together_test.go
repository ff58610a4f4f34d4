package simulator_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stspec"
)

func entity(t *testing.T, name string) stspec.Entity {
	t.Helper()
	e, ok := stspec.Lookup(name)
	if !ok {
		t.Fatalf("no entity %s", name)
	}
	return e
}

// where are the ids of the rows that a condition holds for; the test fails when there are none, or all.
func (w world) where(t *testing.T, entity string, holds func(row) bool) []string {
	t.Helper()
	var out []string
	for _, r := range w[entity] {
		if holds(r) {
			out = append(out, r.text("id"))
		}
	}
	if len(out) == 0 || len(out) == len(w[entity]) {
		t.Fatalf("%d of %d rows of %s: nothing to tell apart", len(out), len(w[entity]), entity)
	}
	return out
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func TestLists_filtersThroughOtherRecords(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.world(t)
	isPhone := func(r row) bool { return strings.HasSuffix(r.text("type"), "hone") }
	phone := digitsOf(w["CustomerContact"][slices.IndexFunc(w["CustomerContact"], isPhone)].text("value"))
	project := w["Job"][slices.IndexFunc(w["Job"], func(r row) bool { return r.text("projectId") != "" })].text("projectId")
	jobsOf := func(project row) []string { return project.texts("jobIds") }
	ofProject := w["Project"][slices.IndexFunc(w["Project"], func(r row) bool { return len(jobsOf(r)) > 0 })]
	visit := w["Appointment"][slices.IndexFunc(w["Appointment"], func(r row) bool { return r["active"] == true && r.text("jobId") == jobsOf(ofProject)[0] })]
	byID := func(entity, id string) row {
		i := slices.IndexFunc(w[entity], func(r row) bool { return r.text("id") == id })
		if i < 0 {
			return row{}
		}
		return w[entity][i]
	}
	const noon = "2026-01-10T12:00:00Z"
	tests := []struct {
		entity, parameter, value string
		want                     func(row) bool
	}{
		{"Customer", "phone", phone, func(r row) bool {
			return slices.ContainsFunc(w["CustomerContact"], func(c row) bool {
				return c.text("customerId") == r.text("id") && isPhone(c) && digitsOf(c.text("value")) == phone
			})
		}},
		{"Job", "hasUnusedAppointments", "true", func(r row) bool { return slices.Contains(w.values(r, "Appointment(jobId) unused"), "true") }},
		{"Job", "firstAppointmentStartsOnOrAfter", noon, func(r row) bool { return byID("Appointment", r.text("firstAppointmentId")).text("start") >= noon }},
		{"Job", "firstAppointmentStartsBefore", noon, func(r row) bool { return byID("Appointment", r.text("firstAppointmentId")).text("start") < noon }},
		{"Appointment", "projectId", project, func(r row) bool { return byID("Job", r.text("jobId")).text("projectId") == project }},
		{"Project", "appointmentId", visit.text("id"), func(r row) bool { return slices.Contains(jobsOf(r), visit.text("jobId")) }},
		{"Invoice", "balanceFilter.Balance", "0", func(r row) bool { return r.text("balance") == "0" }},
	}
	for _, tt := range tests {
		t.Run(tt.entity+"."+tt.parameter, func(t *testing.T) {
			if diff := gocmp.Diff(w.where(t, tt.entity, tt.want), f.ids(t, entity(t, tt.entity), tt.parameter, tt.value)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLists_projectsOfATechnician(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.world(t)
	technicians := func(p row) []string {
		var out []string
		for _, a := range w["AppointmentAssignment"] {
			if a["active"] == true && slices.Contains(p.texts("jobIds"), a.text("jobId")) {
				out = append(out, a.text("technicianId"))
			}
		}
		return out
	}
	var wanted string
	for _, p := range w["Project"] {
		if ids := technicians(p); len(ids) > 0 {
			wanted = ids[0]
		}
	}
	want := w.where(t, "Project", func(r row) bool { return slices.Contains(technicians(r), wanted) })
	if diff := gocmp.Diff(want, f.ids(t, entity(t, "Project"), "technicianId", wanted)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLists_invoicesByBalanceAndCustomField(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.world(t)
	owed := func(r row) bool { return r.text("balance") != "0" }
	field := func(values ...string) func(row) bool {
		return func(r row) bool { return slices.Contains(values, r.text("customFields.value")) }
	}
	tests := []struct {
		name  string
		query []string
		want  func(row) bool
	}{
		{"more than", []string{"balanceFilter.Balance", "0", "balanceFilter.Comparer", "Greater"}, owed},
		{"not", []string{"balanceFilter.Balance", "0", "balanceFilter.Comparer", "NotEquals"}, owed},
		{"less than", []string{"balanceFilter.Balance", "0.01", "balanceFilter.Comparer", "Less"}, func(r row) bool { return !owed(r) }},
		{"a custom field", []string{"customField.Fields[Sample field]", "value 1"}, field("value 1")},
		{"one of two custom fields", []string{"customField.Fields[Sample field]", "value 1", "customField.Fields[None]", "x", "customField.Operator", "Or"}, field("value 1")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := gocmp.Diff(w.where(t, "Invoice", tt.want), f.ids(t, entity(t, "Invoice"), tt.query...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	both := []string{"customField.Fields[Sample field]", "value 1", "customField.Fields[None]", "x", "customField.Operator", "And"}
	if got := f.ids(t, entity(t, "Invoice"), both...); len(got) != 0 {
		t.Errorf("two fields that nobody has together find %v", got)
	}
	if got := f.ids(t, entity(t, "Payment"), "transactionType", "JournalEntry"); len(got) != 0 {
		t.Errorf("journal entries among payments: %v", got)
	}
}

func TestExternalData_isShownToItsApplicationOnly(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.world(t)
	for _, e := range stspec.Entities() {
		if _, ok := e.Filter("externalDataKey"); !ok {
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			hidden := "null"
			if e.Module == "pricebook" {
				hidden = "[]"
			}
			for _, r := range w[e.Name] {
				if text, _ := json.Marshal(r["externalData"]); string(text) != hidden {
					t.Fatalf("a stranger sees %s, want %s", text, hidden)
				}
			}
			having := f.ids(t, e, "externalDataApplicationGuid", simulator.ExternalApplication, "externalDataKey", "sample-key")
			if len(having) == 0 || len(having) == len(w[e.Name]) {
				t.Fatalf("%d of %d rows have external data", len(having), len(w[e.Name]))
			}
			one := f.page(t, all(e, "externalDataApplicationGuid", simulator.ExternalApplication, "externalDataKey", "sample-key", "externalDataValues", "x,sample-"+having[0])).Data
			if len(one) != 1 || parseRow(t, one[0]).text("externalData.value") != "sample-"+having[0] {
				t.Errorf("%d rows for a value that one has", len(one))
			}
			if got := f.ids(t, e, "externalDataApplicationGuid", "11111111-1111-4111-8111-111111111111", "externalDataKey", "sample-key"); len(got) != 0 {
				t.Errorf("another application finds %v", got)
			}
			for _, r := range f.rows(t, e, "externalDataApplicationGuid", "11111111-1111-4111-8111-111111111111") {
				if text, _ := json.Marshal(r["externalData"]); string(text) != "[]" {
					t.Fatalf("another application sees %s, want an empty list", text)
				}
			}
		})
	}
}

func TestCustomers_bookkeepingCanBeLeftOutOfTheRange(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hidden := 0 // among the generated ones: their last change was one of the books
	for _, date := range []string{"2025-09-01T00:00:00Z", "2025-11-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-02-20T00:00:00Z"} {
		hidden += len(f.ids(t, entity(t, "Customer"), "modifiedOnOrAfter", date))
		hidden -= len(f.ids(t, entity(t, "Customer"), "modifiedOnOrAfter", date, "excludeAccountingChangesFromModifiedDateRange", "true"))
	}
	if hidden == 0 {
		t.Error("no customer's last change was one of its balance")
	}
	ids := f.IDs(tenant, "Customer")
	since := f.Clock().Now().UTC().Format("2006-01-02T15:04:05Z")
	for id, members := range map[int64]map[string]any{ids[0]: {"balance": 12.5}, ids[1]: {"name": "Sample Customer renamed"}} {
		if err := f.Change(tenant, "Customer", id, members); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.ids(t, entity(t, "Customer"), "modifiedOnOrAfter", since); len(got) != 2 {
		t.Errorf("changed since: %v, want both", got)
	}
	got := f.ids(t, entity(t, "Customer"), "modifiedOnOrAfter", since, "excludeAccountingChangesFromModifiedDateRange", "true")
	if len(got) != 1 || got[0] != itoa(ids[1]) {
		t.Errorf("changed otherwise than by bookkeeping: %v, want %d", got, ids[1])
	}
}
