package app_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
)

// technicianToken is one of a technician, 0 for one that does not say who he is.
func technicianToken(t *testing.T, technician int64) string {
	t.Helper()
	g := auth.Grant{Subject: "technician", Tenants: []int64{tenant}, Role: auth.Technician, Technician: technician}
	token, err := app.Token(testConfig(t, nil), g, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// ownIDs are the ids that a technician's schedule leads to, by kind, from ServiceTitan's own documents.
func ownIDs(t *testing.T, w *corpusWorld, technician int64) map[string][]string {
	t.Helper()
	out := map[string][]string{"technicians": {strconv.FormatInt(technician, 10)}}
	note := func(list, entity string, id int64) {
		doc, ok := w.sim.Document(tenant, entity, id)
		text := strconv.FormatInt(id, 10)
		if ok && !strings.Contains(string(doc), `"active":false`) && !slices.Contains(out[list], text) { // lists show what is active
			out[list] = append(out[list], text)
		}
	}
	jobs := map[int64]bool{}
	for _, doc := range w.sim.Each(tenant, "AppointmentAssignment") {
		var a struct {
			ID, TechnicianID, JobID, AppointmentID int64
			Active                                 bool
		}
		read(t, doc, &a)
		if a.TechnicianID == technician && a.Active {
			note("appointmentAssignments", "AppointmentAssignment", a.ID)
			note("appointments", "Appointment", a.AppointmentID)
			jobs[a.JobID] = true
		}
	}
	for list, entity := range map[string]string{"technicianShifts": "TechnicianShift", "nonJobAppointments": "NonJobAppointment"} {
		for id, doc := range w.sim.Each(tenant, entity) {
			var own struct{ TechnicianID int64 }
			read(t, doc, &own)
			if own.TechnicianID == technician {
				note(list, entity, id)
			}
		}
	}
	for id, doc := range w.sim.Each(tenant, "Job") {
		var j struct{ CustomerID, LocationID, ProjectID int64 }
		read(t, doc, &j)
		if jobs[id] {
			note("jobs", "Job", id)
			note("customers", "Customer", j.CustomerID)
			note("locations", "Location", j.LocationID)
			note("projects", "Project", j.ProjectID)
		}
	}
	for _, ids := range out {
		slices.Sort(ids)
	}
	return out
}

func read(t *testing.T, doc json.RawMessage, into any) {
	t.Helper()
	if err := json.Unmarshal(doc, into); err != nil {
		t.Fatal(err)
	}
}

// everyID asks for all that a technician sees, list by list.
func everyID(t *testing.T, w *corpusWorld, c *comparison, lists map[string][]string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for list := range lists {
		body := c.compare(t, &operation{query: "{ " + list + "(first: 500) { totalCount nodes { externalId } } }"}).body
		var a struct {
			Data map[string]struct {
				TotalCount int
				Nodes      []struct{ ExternalID string }
			}
		}
		read(t, body, &a)
		page := a.Data[list]
		if page.TotalCount != len(page.Nodes) {
			t.Errorf("%s: %d are counted, %d are listed", list, page.TotalCount, len(page.Nodes))
		}
		for _, n := range page.Nodes {
			out[list] = append(out[list], n.ExternalID)
		}
		slices.Sort(out[list])
	}
	return out
}

func TestTechnician_seesHisScheduleAndItsCustomers(t *testing.T) {
	t.Parallel()
	w := newCorpusWorld(t)
	dsn := w.copied(t)
	c := newComparison(t, w, dsn, dsn, w.clock.now)
	c.pool = harvest(t, w, c.schema, c.reference)
	technician := w.sim.IDs(tenant, "Technician")[2]
	want := ownIDs(t, w, technician)
	if len(want["jobs"]) < 5 || len(want["customers"]) < 3 || len(want["technicianShifts"]) < 10 || len(want["nonJobAppointments"]) == 0 {
		t.Fatalf("the technician has too little to do: %v", want)
	}
	w.token = technicianToken(t, technician)
	if diff := cmp.Diff(want, everyID(t, w, c, want)); diff != "" {
		t.Errorf("what is seen (-own +seen):\n%s", diff)
	}
	for number := range c.numbers(tenancyOperations) { // compiled reads and resolvers agree on it
		c.run(t, number, 1)
	}

	w.token = technicianToken(t, 0)
	for list, ids := range everyID(t, w, c, want) {
		t.Errorf("a technician who does not say who he is sees %s %v", list, ids)
	}
}

func TestTechnician_seesNobodyElses(t *testing.T) {
	t.Parallel()
	w := newCorpusWorld(t)
	dsn := w.copied(t)
	c := newComparison(t, w, dsn, dsn, w.clock.now)
	technician := w.sim.IDs(tenant, "Technician")[2]
	own := ownIDs(t, w, technician)
	foreign := w.sim.IDs(tenant, "Customer")
	foreign = slices.DeleteFunc(foreign, func(id int64) bool { return slices.Contains(own["customers"], strconv.FormatInt(id, 10)) })
	hidden := global("Customer", foreign[0])
	query := `query($id: ID!) { customer(id: $id) { name } node(id: $id) { id } nodes(ids: [$id]) { id } searchCustomers(query: "Sample", first: 100) { customer { externalId } }
		_entities(representations: [{__typename: "Customer", id: "` + hidden + `"}]) { __typename } }`
	w.token = technicianToken(t, technician)
	w.sim.Calls().Reset()
	body := string(c.compare(t, &operation{query: query, variables: map[string]any{"id": hidden}}).body)
	for _, want := range []string{`"customer":null`, `"node":null`, `"nodes":[null]`, `"_entities":[null]`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %.300s", want, body)
		}
	}
	if strings.Contains(body, `"externalId":"`+strconv.FormatInt(foreign[0], 10)+`"`) {
		t.Error("the search finds a customer of somebody else")
	}
	if asked := w.sim.Calls().All(); len(asked) > 0 {
		t.Errorf("ServiceTitan was asked for what is mirrored and hidden: %v", asked)
	}
	// What one caller does not see, others go on to see.
	admin, err := app.Token(testConfig(t, nil), auth.Grant{Subject: "tester", Tenants: []int64{tenant}, Role: auth.Admin}, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	w.token = admin
	if body := string(c.compare(t, &operation{query: "query($id: ID!) { node(id: $id) { id } }", variables: map[string]any{"id": hidden}}).body); !strings.Contains(body, hidden) {
		t.Errorf("the admin sees %s", body)
	}
}
