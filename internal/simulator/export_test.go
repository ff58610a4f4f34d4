package simulator_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/stspec"
)

// feed reads a feed from a place to its end and returns the rows and the place to go on from.
func (f *fixture) feed(t *testing.T, e stspec.Entity, from, more string) (rows []row, next string) {
	t.Helper()
	for {
		p := f.page(t, e.ExportPath+"?from="+url.QueryEscape(from)+more)
		for _, doc := range p.Data {
			rows = append(rows, parseRow(t, doc))
		}
		if from = p.ContinueFrom; !p.HasMore {
			return rows, from
		}
	}
}

func idsOf(rows []row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.text("id"))
	}
	slices.Sort(out)
	return out
}

// settled is a simulator whose feeds show everything that was generated.
func settled(t *testing.T) *fixture {
	t.Helper()
	f := setup(t)
	f.Clock().Advance(20 * time.Minute)
	f.token = f.login(t)
	return f
}

func TestExport_showsChangesWhenTheyHaveSettled(t *testing.T) {
	t.Parallel()
	f := settled(t)
	e := entity(t, "Customer")
	_, place := f.feed(t, e, "", "")
	id := f.IDs(tenant, e.Name)[3]
	if err := f.Change(tenant, e.Name, id, map[string]any{"name": "Sample Customer renamed"}); err != nil {
		t.Fatal(err)
	}
	if rows, next := f.feed(t, e, place, ""); len(rows) != 0 || next == "" {
		t.Errorf("at once: rows %v, next place %q", idsOf(rows), next)
	}
	f.Clock().Advance(14 * time.Minute)
	if rows, _ := f.feed(t, e, place, ""); len(rows) != 0 {
		t.Errorf("after 14 minutes: %v", idsOf(rows))
	}
	f.Clock().Advance(2 * time.Minute)
	f.token = f.login(t)
	rows, next := f.feed(t, e, place, "")
	if len(rows) != 1 || rows[0].text("name") != "Sample Customer renamed" {
		t.Errorf("after 16 minutes: %v", rows)
	}
	if again, _ := f.feed(t, e, next, ""); len(again) != 0 {
		t.Errorf("from the next place: %v", idsOf(again))
	}
}

func TestExport_recentChangesComeEarlyAndAgain(t *testing.T) {
	t.Parallel()
	f := settled(t)
	e := entity(t, "Customer")
	_, place := f.feed(t, e, "", "")
	id := f.IDs(tenant, e.Name)[3]
	if err := f.Change(tenant, e.Name, id, map[string]any{"doNotMail": true}); err != nil {
		t.Fatal(err)
	}
	want := []string{itoa(id)}
	early, place := f.feed(t, e, place, "&includeRecentChanges=true")
	if diff := gocmp.Diff(want, idsOf(early)); diff != "" {
		t.Errorf("early (-want +got):\n%s", diff)
	}
	f.Clock().Advance(16 * time.Minute)
	f.token = f.login(t)
	again, place := f.feed(t, e, place, "&includeRecentChanges=true")
	if diff := gocmp.Diff(want, idsOf(again)); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
	if rows, _ := f.feed(t, e, place, "&includeRecentChanges=true"); len(rows) != 0 {
		t.Errorf("a third time: %v", idsOf(rows))
	}
}

func TestExport_holdsInactiveMergedAndDeletedRows(t *testing.T) {
	t.Parallel()
	f := settled(t)
	e := entity(t, "Job")
	gone := f.IDs(tenant, e.Name)[0]
	if err := f.Delete(tenant, e.Name, gone); err != nil {
		t.Fatal(err)
	}
	f.Clock().Advance(16 * time.Minute)
	f.token = f.login(t)
	rows, _ := f.feed(t, e, "", "")
	last := rows[len(rows)-1]
	if last.text("id") != itoa(gone) || last["active"] != false {
		t.Errorf("the last change is %v of %v, want the deletion of %d", last["active"], last["id"], gone)
	}
	if got := f.ids(t, e, "ids", itoa(gone)); len(got) != 0 {
		t.Error("the list shows a deleted job")
	}
	if status, _ := f.get(t, "/jpm/v2/tenant/{tenant}/jobs/"+itoa(gone)); status != 404 {
		t.Errorf("a deleted job gets %d", status)
	}
	generated := 0
	for _, r := range rows {
		if r["active"] == false && r.text("id") != itoa(gone) {
			generated++
		}
	}
	if len(rows) != f.Count(tenant, e.Name)+generated+1 {
		t.Errorf("%d rows, want %d that are there and %d deleted ones", len(rows), f.Count(tenant, e.Name), generated+1)
	}
}

func TestExport_assignmentsLeaveInactiveOnesOutUnlessAsked(t *testing.T) {
	t.Parallel()
	f := settled(t)
	tests := []struct {
		entity, query    string
		active, inactive bool
	}{
		{"AppointmentAssignment", "", true, false},
		{"AppointmentAssignment", "&active=Any", true, true},
		{"AppointmentAssignment", "&active=False", false, true},
		{"Appointment", "", true, true},
		{"Appointment", "&active=True", true, false},
		{"Technician", "", true, true},
	}
	for _, tt := range tests {
		t.Run(tt.entity+tt.query, func(t *testing.T) {
			rows, _ := f.feed(t, entity(t, tt.entity), "", tt.query)
			has := map[any]bool{}
			for _, r := range rows {
				has[r["active"]] = true
			}
			if diff := gocmp.Diff(map[any]bool{true: tt.active, false: tt.inactive}, map[any]bool{true: has[true], false: has[false]}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if status, _ := f.get(t, entity(t, "Appointment").ExportPath+"?active=Sometimes"); status != 400 {
		t.Errorf("active=Sometimes gets %d", status)
	}
}

func TestExport_takesADateAndTheOldPathOfEstimates(t *testing.T) {
	t.Parallel()
	f := settled(t)
	e := entity(t, "Estimate")
	whole, _ := f.feed(t, e, "", "")
	date := whole[len(whole)/2].text("modifiedOn")
	rows, _ := f.feed(t, e, date, "")
	if len(rows) != len(whole)-len(whole)/2 || rows[0].text("modifiedOn") != date {
		t.Errorf("%d rows from the middle of %d", len(rows), len(whole))
	}
	e.ExportPath = "/sales/v2/tenant/{tenant}/estimates/export"
	if old, _ := f.feed(t, e, "", ""); len(old) != len(whole) {
		t.Errorf("the old path has %d rows, want %d", len(old), len(whole))
	}
}
