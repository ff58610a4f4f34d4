package simulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stspec"
)

// knock sends a request to the back door and returns what it says.
func (f *fixture) knock(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, f.server.URL+"/_simulator/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := f.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// open knocks and wants to be let in.
func (f *fixture) open(t *testing.T, method, path, body string) string {
	t.Helper()
	status, text := f.knock(t, method, path, body)
	if status != http.StatusOK {
		t.Fatalf("%s %s: status %d, %s", method, path, status, text)
	}
	return text
}

// of is a record as it is now.
func (f *fixture) of(t *testing.T, entity string, id int64) row {
	t.Helper()
	doc, ok := f.Document(tenant, entity, id)
	if !ok {
		t.Fatalf("no %s %d", entity, id)
	}
	return parseRow(t, doc)
}

func TestBackDoor_changesRecords(t *testing.T) {
	t.Parallel()
	f := setup(t)
	var made struct{ ID int64 }
	if err := json.Unmarshal([]byte(f.open(t, "POST", "1001/Team", `{"name":"Sample Team new"}`)), &made); err != nil {
		t.Fatal(err)
	}
	path := "1001/Team/" + itoa(made.ID)
	if text := f.open(t, "GET", path, ""); !strings.Contains(text, "Sample Team new") {
		t.Errorf("the new team is %s", text)
	}
	before := f.of(t, "Team", made.ID).text("modifiedOn")
	f.Clock().Advance(time.Minute)
	f.open(t, "POST", path, `{"name":"Sample Team renamed","active":false}`)
	r := f.of(t, "Team", made.ID)
	if r.text("name") != "Sample Team renamed" || r["active"] != false || compareTexts(r.text("modifiedOn"), before) <= 0 {
		t.Errorf("after the change: %v", r)
	}
	doc, _ := f.Document(tenant, "Team", made.ID)
	if err := stspec.ValidateDocument(entity(t, "Team"), stspec.List, doc); err != nil {
		t.Error(err)
	}
	f.open(t, "DELETE", path, "")
	if _, ok := f.Document(tenant, "Team", made.ID); ok {
		t.Error("the team is still there")
	}
}

func TestBackDoor_refusesNonsense(t *testing.T) {
	t.Parallel()
	f := setup(t)
	team := itoa(f.IDs(tenant, "Team")[0])
	for _, call := range [][3]string{
		{"POST", "1001/Team/" + team, `{"shoe":1}`},
		{"POST", "1001/Team/" + team, `{"id":1}`},
		{"POST", "1001/Team/" + team, `{`},
		{"POST", "1001/Team/5", `{}`},
		{"POST", "1001/Shoe", `{}`},
		{"POST", "9/Team", `{}`},
		{"GET", "1001/Team/5", ""},
		{"DELETE", "1001/Team/5", ""},
		{"POST", "1001/visits/5/dispatch", ""},
		{"POST", "1001/visits/" + itoa(f.IDs(tenant, "Appointment")[0]) + "/sleep", ""},
		{"POST", "1001/customers/5/merge/6", ""},
		{"PUT", "faults", `{"statu":500}`},
		{"POST", "clock/tomorrow", ""},
	} {
		if status, text := f.knock(t, call[0], call[1], call[2]); status != http.StatusBadRequest || !strings.Contains(text, `"error"`) {
			t.Errorf("%v: status %d, %s", call, status, text)
		}
	}
}

func TestBackDoor_switches(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.open(t, "PUT", "faults", `{"status":503,"next":1}`)
	if text := f.open(t, "GET", "faults", ""); !strings.Contains(text, `"status":503`) {
		t.Errorf("faults are %s", text)
	}
	for _, want := range []int{503, 200} {
		if status, _ := f.get(t, customers); status != want {
			t.Errorf("status %d, want %d", status, want)
		}
	}
	f.open(t, "POST", "clock/2h", "")
	if text := f.open(t, "GET", "clock", ""); !strings.Contains(text, "2026-03-11T02:00:") {
		t.Errorf("the clock says %s", text)
	}
	f.token = f.login(t)
	f.open(t, "POST", "tokens/revoke", "")
	if status, _ := f.get(t, customers); status != http.StatusUnauthorized {
		t.Errorf("a revoked token gets %d", status)
	}
	var stats struct {
		Records map[string]map[string]int
		Calls   map[string]int
	}
	if err := json.Unmarshal([]byte(f.open(t, "GET", "stats", "")), &stats); err != nil {
		t.Fatal(err)
	}
	if stats.Records["1002"]["Customer"] != 60 || stats.Calls["/crm/v2/tenant/{tenant}/customers"] != 3 {
		t.Errorf("stats %+v", stats)
	}
}

func TestCalls_areLogged(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.get(t, customers+"?pageSize=1")
	f.get(t, customers+"/5")
	want := simulator.Call{Tenant: tenant, Method: "GET", Operation: "/crm/v2/tenant/{tenant}/customers/{id}", Path: "/crm/v2/tenant/1001/customers/5", Status: 404}
	log := f.Calls().All()
	if len(log) != 2 || log[1] != want {
		t.Errorf("log %+v, want %+v at its end", log, want)
	}
	f.Calls().Reset()
	if len(f.Calls().All()) != 0 || len(f.Calls().Counts()) != 0 {
		t.Error("the log is not empty after Reset")
	}
}

func TestVisit_movesAppointmentAssignmentsAndJob(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.world(t)
	var assignment row
	for _, a := range w["AppointmentAssignment"] { // one whose job has this appointment only
		job := f.of(t, "Job", number(t, a.text("jobId")))
		if a["active"] == true && job.text("appointmentCount") == "1" && job.text("jobStatus") == "Scheduled" {
			assignment = a
		}
	}
	appointment, job := number(t, assignment.text("appointmentId")), number(t, assignment.text("jobId"))
	for _, step := range [][4]string{
		{"dispatch", "Dispatched", "Dispatched", "Dispatched"}, {"arrive", "Working", "Working", "InProgress"}, {"done", "Done", "Done", "Completed"},
	} {
		f.open(t, "POST", "1001/visits/"+itoa(appointment)+"/"+step[0], "")
		got := [4]string{
			step[0], f.of(t, "Appointment", appointment).text("status"),
			f.of(t, "AppointmentAssignment", number(t, assignment.text("id"))).text("status"), f.of(t, "Job", job).text("jobStatus"),
		}
		if got != step {
			t.Errorf("%v, want %v", got, step)
		}
	}
	if f.of(t, "Job", job).text("completedOn") == "" {
		t.Error("the completed job has no time of completion")
	}
}

func TestVisit_aJobIsCompletedByItsLastAppointment(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.world(t)
	for _, j := range w["Job"] {
		if j.text("appointmentCount") != "2" {
			continue
		}
		first, last := number(t, j.text("firstAppointmentId")), number(t, j.text("lastAppointmentId"))
		for _, id := range []int64{first, last} {
			if err := f.Change(tenant, "Appointment", id, map[string]any{"status": "Scheduled", "active": true}); err != nil {
				t.Fatal(err)
			}
		}
		for id, want := range map[int64]string{first: "InProgress"} {
			if err := f.Visit(tenant, id, "done"); err != nil {
				t.Fatal(err)
			}
			if got := f.of(t, "Job", number(t, j.text("id"))).text("jobStatus"); got != want {
				t.Errorf("after the first: %s, want %s", got, want)
			}
		}
		if err := f.Visit(tenant, last, "done"); err != nil {
			t.Fatal(err)
		}
		if got := f.of(t, "Job", number(t, j.text("id"))).text("jobStatus"); got != "Completed" {
			t.Errorf("after the last: %s", got)
		}
		return
	}
	t.Fatal("no job with two appointments")
}

func TestMergeCustomers_handsEverythingOver(t *testing.T) {
	t.Parallel()
	f := setup(t)
	ids := f.IDs(tenant, "Customer")
	from, into := ids[0], ids[1]
	f.open(t, "POST", "1001/customers/"+itoa(from)+"/merge/"+itoa(into), "")
	gone := f.of(t, "Customer", from)
	if gone["active"] != false || gone.text("mergedToId") != itoa(into) {
		t.Errorf("merged customer: active %v, merged to %s", gone["active"], gone.text("mergedToId"))
	}
	for _, name := range []string{"Location", "Job", "CustomerContact"} {
		parameter := "customerId"
		if name == "CustomerContact" {
			parameter = "customerIds"
		}
		if left := f.ids(t, entity(t, name), parameter, itoa(from)); len(left) != 0 {
			t.Errorf("%s: %d rows are left", name, len(left))
		}
	}
	if n := len(f.ids(t, entity(t, "Location"), "customerId", itoa(into))); n < 12 {
		t.Errorf("the heir has %d locations, want those of both", n)
	}
	if status, body := f.get(t, "/crm/v2/tenant/{tenant}/customers/"+itoa(from)+"/contacts"); status != http.StatusConflict || !strings.Contains(body, "is not active") {
		t.Errorf("contacts of an inactive customer: %d, %s", status, body)
	}
}
