package simulator_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/stspec"
)

// visit moves an appointment as a technician's app does.
func (s *scene) visit(appointment int64, steps ...string) {
	s.t.Helper()
	for _, step := range steps {
		if err := s.Visit(tenant, appointment, step); err != nil {
			s.t.Fatal(err)
		}
	}
}

// staffed is a job of two appointments, the first with a technician: the job's id, and theirs.
func (s *scene) staffed() (job, first, second []int64) {
	s.t.Helper()
	made := s.do("Job.create", call{body: s.plan(`"technicianIds":[` + itoa(s.id("Technician")) + `]`)})
	job, first = []int64{number(s.t, made.text("id"))}, []int64{number(s.t, made.text("firstAppointmentId"))}
	body := fmt.Sprintf(`{"jobId":%d,"start":"2026-04-02T15:00:00Z","end":"2026-04-02T17:00:00Z"}`, job[0])
	return job, first, []int64{number(s.t, s.do("Appointment.create", call{body: body}).text("id"))}
}

// inactive switches a record off.
func (s *scene) inactive(entity string, id int64) []int64 {
	s.t.Helper()
	if err := s.Change(tenant, entity, id, map[string]any{"active": false}); err != nil {
		s.t.Fatal(err)
	}
	return []int64{id}
}

// leaver is a technician who does not work here any more.
func (s *scene) leaver() int64 {
	s.t.Helper()
	id, err := s.Create(tenant, "Technician", map[string]any{"name": "Sample Leaver", "active": false})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

func TestWrites_rules(t *testing.T) {
	t.Parallel()
	const bad, conflict, missing = http.StatusBadRequest, http.StatusConflict, http.StatusNotFound
	// Each makes a state and names a write that it does not allow.
	tests := map[string]struct {
		write string
		make  func(*scene) call
		want  int
		part  string
	}{
		"a customer without a location": {"Customer.create", func(*scene) call {
			return call{nil, `{"name":"Sample","address":` + place + `,"locations":[]}`}
		}, bad, `"locations"`},
		"an unknown tag": {"Customer.update", func(s *scene) call { return call{s.of("Customer"), `{"tagTypeIds":[1]}`} }, bad, `"tagTypeIds"`},
		"half an address": {"Customer.update", func(s *scene) call {
			return call{s.of("Customer"), `{"address":{"street":"1 Sample Street"}}`}
		}, bad, `"address.city"`},
		"a tag twice":       {"Customer.addTag", func(s *scene) call { return s.tagged("Customer") }, conflict, "already"},
		"a tag that is not": {"Customer.removeTag", func(s *scene) call { return call{append(s.of("Customer"), s.id("TagType")), ""} }, missing, "traceId"},
		"contacts of an inactive customer": {"CustomerContact.create", func(s *scene) call {
			return call{s.inactive("Customer", s.of("Customer")[0]), `{"type":"Fax","value":"1"}`}
		}, conflict, "is not active"},
		"contacts of an inactive location": {"LocationContact.create", func(s *scene) call {
			return call{s.inactive("Location", s.of("Location")[0]), `{"type":"Fax","value":"1"}`}
		}, conflict, "is not active"},
		"another's contact": {"CustomerContact.update", func(s *scene) call {
			return call{[]int64{s.of("Customer")[0], s.below("CustomerContact")[1]}, `{"memo":"x"}`}
		}, missing, "traceId"},
		"a note twice deleted": {"CustomerNote.delete", func(s *scene) call {
			c := call{ids: s.below("CustomerNote")}
			s.do("CustomerNote.delete", c)
			return c
		}, missing, "traceId"},
		"a location of nobody": {"Location.create", func(*scene) call {
			return call{nil, `{"customerId":1,"name":"Sample","address":` + place + `}`}
		}, conflict, "Customer"},
		"a location to nobody":      {"Location.update", func(s *scene) call { return call{s.of("Location"), `{"customerId":1}`} }, conflict, "Customer"},
		"a location in no tax zone": {"Location.update", func(s *scene) call { return call{s.of("Location"), `{"taxZoneId":424242}`} }, conflict, "Tax zone"},
		"a job without an appointment": {"Job.create", func(s *scene) call {
			plan, _, _ := strings.Cut(s.plan(""), `"appointments"`)
			return call{nil, plan + `"appointments":[]}`}
		}, bad, `"appointments"`},
		"a job that ends before it starts": {"Job.create", func(s *scene) call {
			return call{nil, strings.Replace(s.plan(""), "2026-04-01T17", "2026-03-01T17", 1)}
		}, bad, `"appointments[0].end"`},
		"a job of a technician who has left": {"Job.create", func(s *scene) call {
			return call{nil, s.plan(`"technicianIds":[` + itoa(s.leaver()) + `]`)}
		}, bad, `"appointments[0].technicianIds"`},
		"a job at another's place": {"Job.update", func(s *scene) call {
			return call{s.of("Job"), `{"locationId":` + itoa(s.of("Location")[0]) + `}`}
		}, bad, `"locationId"`},
		"a job of another customer": {"Job.update", func(s *scene) call {
			return call{s.of("Job"), `{"customerId":` + itoa(s.of("Customer")[0]) + `}`}
		}, bad, `"locationId"`},
		"a reason to hold, to cancel": {"Job.cancel", func(s *scene) call { return call{s.of("Job"), s.because("JobHoldReason")} }, bad, `"reasonId"`},
		"a reason not used any more": {"Job.hold", func(s *scene) call {
			ids := s.IDs(tenant, "JobHoldReason")
			return call{s.of("Job"), `{"reasonId":` + itoa(ids[len(ids)-1]) + `,"memo":""}`}
		}, bad, `"reasonId"`},
		"cancel without a memo": {"Job.cancel", func(s *scene) call {
			return call{s.of("Job"), `{"reasonId":` + itoa(s.id("JobCancelReason")) + `}`}
		}, bad, `"memo"`},
		"cancel twice":               {"Job.cancel", func(s *scene) call { return call{s.after("Job.cancel").ids, s.because("JobCancelReason")} }, bad, "already Canceled"},
		"uncancel what goes on":      {"Job.removeCancellation", func(s *scene) call { return call{ids: s.of("Job")} }, bad, "not canceled"},
		"hold twice":                 {"Job.hold", func(s *scene) call { return call{s.after("Job.hold").ids, s.because("JobHoldReason")} }, bad, "Hold"},
		"hold what is cancelled":     {"Job.hold", func(s *scene) call { return call{s.after("Job.cancel").ids, s.because("JobHoldReason")} }, bad, "Canceled"},
		"complete without people":    {"Job.complete", func(s *scene) call { return call{s.of("Job"), completed} }, conflict, "no technicians"},
		"complete twice":             {"Job.complete", func(s *scene) call { return call{s.after("Job.complete").ids, completed} }, conflict, "already Completed"},
		"complete what is cancelled": {"Job.complete", func(s *scene) call { return call{s.after("Job.cancel").ids, completed} }, conflict, "already Canceled"},
		"cancel what is completed": {"Job.cancel", func(s *scene) call {
			return call{s.after("Job.complete").ids, s.because("JobCancelReason")}
		}, bad, "already Completed"},
		"an appointment of no job": {"Appointment.create", func(*scene) call {
			return call{nil, `{"jobId":1,"start":"2026-04-02T15:00:00Z","end":"2026-04-02T17:00:00Z"}`}
		}, bad, `"jobId"`},
		"an appointment of a cancelled job": {"Appointment.create", func(s *scene) call {
			return call{nil, fmt.Sprintf(`{"jobId":%d,"start":"2026-04-02T15:00:00Z","end":"2026-04-02T17:00:00Z"}`, s.after("Job.cancel").ids[0])}
		}, conflict, "already Canceled"},
		"the only appointment": {"Appointment.delete", func(s *scene) call { return call{ids: s.of("Appointment")} }, conflict, "only appointment"},
		"an appointment with timesheets": {"Appointment.delete", func(s *scene) call {
			_, first, _ := s.staffed()
			s.visit(first[0], "dispatch", "arrive")
			return call{ids: first}
		}, conflict, "timesheets"},
		"reschedule what is done": {"Appointment.reschedule", func(s *scene) call {
			_, first, _ := s.staffed()
			s.visit(first[0], "done")
			return call{first, `{"start":"2026-04-02T15:00:00Z"}`}
		}, conflict, "already Done"},
		"reschedule to an end before the start": {"Appointment.reschedule", func(s *scene) call {
			return call{s.of("Appointment"), `{"end":"2026-03-02T15:00:00Z"}`}
		}, bad, `"end"`},
		"hold an appointment twice": {"Appointment.hold", func(s *scene) call {
			return call{s.after("Appointment.hold").ids, s.because("JobHoldReason")}
		}, conflict, "Hold"},
		"unhold what goes on":      {"Appointment.removeHold", func(s *scene) call { return call{ids: s.of("Appointment")} }, conflict, "not on hold"},
		"confirm twice":            {"Appointment.confirm", func(s *scene) call { return s.after("Appointment.confirm") }, conflict, "already confirmed"},
		"unconfirm what was not":   {"Appointment.removeConfirmation", func(s *scene) call { return call{ids: s.of("Appointment")} }, conflict, "not confirmed"},
		"assign to no appointment": {"AppointmentAssignment.assignTechnicians", func(s *scene) call { return call{nil, s.crew(1)} }, bad, `"jobAppointmentId"`},
		"assign to what is done": {"AppointmentAssignment.assignTechnicians", func(s *scene) call {
			_, first, _ := s.staffed()
			s.visit(first[0], "done")
			return call{nil, s.crew(first[0])}
		}, conflict, "already Done"},
		"assign who has left": {"AppointmentAssignment.assignTechnicians", func(s *scene) call {
			return call{nil, fmt.Sprintf(`{"jobAppointmentId":%d,"technicianIds":[%d]}`, s.of("Appointment")[0], s.leaver())}
		}, bad, "not active"},
		"a shift that ends before it starts": {"TechnicianShift.update", func(s *scene) call {
			return call{[]int64{s.id("TechnicianShift")}, `{"end":"2020-01-01T00:00:00Z"}`}
		}, bad, `"end"`},
		"shifts for years": {"TechnicianShift.create", func(s *scene) call {
			return call{nil, strings.Replace(calls()["TechnicianShift.create"](s).body, "2026-04-04T23", "2036-04-04T23", 1)}
		}, bad, `"repeatEndDate"`},
		"a meeting of no length": {"NonJobAppointment.create", func(s *scene) call {
			return call{nil, strings.Replace(s.errand(""), "01:30:00", "long", 1)}
		}, bad, `"duration"`},
		"a window at no time": {"ArrivalWindow.create", func(*scene) call {
			return call{nil, `{"start":"1.08:00:00","duration":"01:00:00","businessUnitIds":[]}`}
		}, bad, `"start"`},
		"a window of no length": {"ArrivalWindow.create", func(*scene) call {
			return call{nil, `{"start":"08:00:00","duration":"00:00:00","businessUnitIds":[]}`}
		}, bad, `"duration"`},
		"hours after midnight": {"BusinessHour.create", func(*scene) call {
			return call{nil, `{"weekdays":[{"fromHour":8,"toHour":25}],"saturday":[],"sunday":[]}`}
		}, bad, `"weekdays[0]"`},
		"capacity for fifteen days": {"Capacity.query", func(*scene) call {
			return call{nil, `{"startsOnOrAfter":"2026-03-01T00:00:00Z","endsOnOrBefore":"2026-03-16T00:00:00Z","skillBasedAvailability":false}`}
		}, bad, "14 days"},
		"sell to nobody's credit": {"Estimate.sell", func(s *scene) call { return call{s.estimate(), `{"soldBy":1}`} }, bad, `"soldBy"`},
		"sell twice": {"Estimate.sell", func(s *scene) call {
			return call{s.after("Estimate.sell").ids, `{"soldBy":` + itoa(s.id("Employee")) + `}`}
		}, bad, "Sold"},
		"unsell what is open":  {"Estimate.unsell", func(s *scene) call { return call{ids: s.estimate()} }, bad, "Open"},
		"dismiss what is sold": {"Estimate.dismiss", func(s *scene) call { return s.after("Estimate.sell") }, bad, "Sold"},
		"a code twice": {"PricebookService.create", func(s *scene) call {
			c := call{nil, s.sku("")}
			s.do("PricebookService.create", c)
			return c
		}, bad, `"code"`},
		"a category below itself": {"PricebookCategory.update", func(s *scene) call {
			top := s.after("PricebookCategory.create").ids
			below := s.do("PricebookCategory.create", call{nil, `{"name":"Sample","categoryType":"Services","parentId":` + itoa(top[0]) + `}`})
			return call{top, `{"parentId":` + below.text("id") + `}`}
		}, bad, `"parentId"`},
	}
	f := setup(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &scene{fixture: f, t: t}
			s.refuse(tt.write, tt.make(s), tt.want, tt.part)
		})
	}
}

const completed = `{"completedOn":"2026-03-11T12:00:00Z"}`

// states are those of a job and its appointments, in their order.
func (s *scene) states(job []int64) string {
	s.t.Helper()
	out := []string{s.fixture.of(s.t, "Job", job[0]).text("jobStatus")}
	for _, r := range s.rows(s.t, entity(s.t, "Appointment"), "jobId", itoa(job[0])) {
		out = append(out, r.text("status"))
	}
	return strings.Join(out, " ")
}

func TestJobs_moveThroughTheirStates(t *testing.T) {
	t.Parallel()
	s := &scene{fixture: setup(t), t: t}
	job, first, second := s.staffed()
	steps := []struct {
		do   func()
		want string
	}{
		{func() {}, "Scheduled Scheduled Scheduled"},
		{func() { s.do("Appointment.hold", call{first, s.because("JobHoldReason")}) }, "Scheduled Hold Scheduled"},
		{func() { s.do("Appointment.hold", call{second, s.because("JobHoldReason")}) }, "Hold Hold Hold"},
		{func() { s.do("Appointment.removeHold", call{ids: first}) }, "Hold Scheduled Hold"},
		{func() { s.do("Appointment.removeHold", call{ids: second}) }, "Scheduled Scheduled Scheduled"},
		{func() { s.visit(first[0], "dispatch") }, "Dispatched Dispatched Scheduled"},
		{func() { s.do("Job.hold", call{job, s.because("JobHoldReason")}) }, "Hold Hold Hold"},
		{func() { s.do("Job.cancel", call{job, s.because("JobCancelReason")}) }, "Canceled Canceled Canceled"},
		{func() { s.do("Job.removeCancellation", call{ids: job}) }, "Scheduled Scheduled Scheduled"},
		{func() { s.visit(first[0], "dispatch", "arrive", "done") }, "InProgress Done Scheduled"},
		{func() { s.do("Job.complete", call{job, completed}) }, "Completed Done Done"},
	}
	for i, step := range steps {
		step.do()
		if got := s.states(job); got != step.want {
			t.Fatalf("step %d: %s, want %s", i, got, step.want)
		}
	}
	log := s.page(t, jobs+"/"+itoa(job[0])+"/canceled-log").Data
	if len(log) != 1 || parseRow(t, log[0]).text("memo") != "Sample memo" || parseRow(t, log[0])["active"] != false {
		t.Errorf("the log of cancellations is %s", log)
	}
}

func TestJobs_areBookedWithNeighbouringIDs(t *testing.T) {
	t.Parallel()
	s := &scene{fixture: setup(t), t: t}
	project := s.id("Project")
	plan := strings.Replace(s.plan(`"technicianIds":[`+itoa(s.id("Technician"))+`]`), `"priority"`, `"projectId":`+itoa(project)+`,"shoe":1,"priority"`, 1)
	status, text, err := s.write(t, served()["Job.create"], call{nil, plan})
	if err != nil || status != http.StatusOK || strings.Contains(text, "shoe") {
		t.Fatalf("status %d, %s, %v", status, text, err)
	}
	job := parseRow(t, []byte(text))
	id := number(t, job.text("id"))
	want := map[string]string{
		"jobNumber": itoa(id), "firstAppointmentId": itoa(id + 1), "lastAppointmentId": itoa(id + 1), "invoiceId": itoa(id + 3), "appointmentCount": "1", "jobStatus": "Scheduled", "total": "0",
	}
	for member, v := range want {
		if job.text(member) != v {
			t.Errorf("%s is %s, want %s", member, job.text(member), v)
		}
	}
	if !slices.Contains(s.fixture.of(t, "Project", project).texts("jobIds"), itoa(id)) {
		t.Error("the project does not have the job")
	}
	if r := s.fixture.of(t, "Appointment", id+1); r.text("appointmentNumber") != itoa(id)+"-1" {
		t.Errorf("the appointment's number is %s", r.text("appointmentNumber"))
	}
	if r := s.fixture.of(t, "Invoice", id+3); r.text("job.id") != itoa(id) || r.text("total") != "0" {
		t.Errorf("the invoice is of job %s, total %s", r.text("job.id"), r.text("total"))
	}
}

func TestAssignments_keepTheirHistory(t *testing.T) {
	t.Parallel()
	s := &scene{fixture: setup(t), t: t}
	c := call{nil, s.crew(s.of("Appointment")[0])}
	for _, name := range []string{"assignTechnicians", "assignTechnicians", "unassignTechnicians", "assignTechnicians"} {
		s.do("AppointmentAssignment."+name, c)
	}
	var active []string
	for id := range s.Each(tenant, "AppointmentAssignment") {
		if r := s.fixture.of(t, "AppointmentAssignment", id); strings.Contains(c.body, r.text("appointmentId")) {
			active = append(active, r.text("active"))
		}
	}
	if diff := gocmp.Diff([]string{"false", "true"}, active); diff != "" {
		t.Errorf("active (-want +got):\n%s", diff)
	}
}

func TestCustomers_areMadeWithPlacesAndContacts(t *testing.T) {
	t.Parallel()
	s := &scene{fixture: setup(t), t: t}
	made := s.do("Customer.create", call{body: newCustomer})
	id := made.text("id")
	_, list := s.get(t, customers+"/"+id+"/contacts")
	for _, value := range []string{"one@example.test", "(555) 0100", `"phoneNumber":"5550100"`} { // the place's phone is the customer's, too
		if !strings.Contains(list, value) {
			t.Errorf("the contacts lack %s: %s", value, list)
		}
	}
	before := s.fixture.of(t, "Customer", number(t, id)).text("modifiedOn")
	s.Clock().Advance(time.Minute)
	s.do("CustomerContact.create", call{[]int64{number(t, id)}, `{"type":"Email","value":"two@example.test"}`})
	if after := s.fixture.of(t, "Customer", number(t, id)).text("modifiedOn"); after != before {
		t.Errorf("a contact has changed the customer at %s", after)
	}
	s.do("LocationNote.create", call{[]int64{number(t, made.texts("locations.id")[0])}, `{"text":"Sample note for all","addToCustomer":true}`})
	if _, notes := s.get(t, customers+"/"+id+"/notes?includeTotal=true"); !strings.Contains(notes, "note for all") || !strings.Contains(notes, `"totalCount":1`) {
		t.Errorf("the customer's notes are %s", notes)
	}
	if status, _ := s.get(t, customers+"/"+id+"/notes?page=9223372036854775807&pageSize=5000"); status != http.StatusOK {
		t.Errorf("a page far off: status %d", status)
	}
}

func TestWrites_replaceAndMerge(t *testing.T) {
	t.Parallel()
	s := &scene{fixture: setup(t), t: t}
	const app = "00000000-0000-4000-8000-000000000001"
	id := s.of("Customer")
	patch := func(mode, entries string) {
		s.do("Customer.update", call{id, `{"externalData":{"patchMode":` + mode + `,"applicationGuid":"` + app + `","externalData":` + entries + `}}`})
	}
	steps := []struct{ mode, entries, want string }{
		{`"Merge"`, `[{"key":"b","value":"2"}]`, `[{"key":"a","value":"1"},{"key":"b","value":"2"}]`},
		{`"Merge"`, `[{"key":"a","value":"2026-01-01T00:00:00.500Z"}]`, `[{"key":"b","value":"2"},{"key":"a","value":"2026-01-01T00:00:00.500Z"}]`},
		{`null`, `[{"key":"c","value":"3"}]`, `[{"key":"c","value":"3"}]`},
		{`"Replace"`, `[]`, `[]`},
	}
	for _, step := range steps {
		patch(step.mode, step.entries)
		if _, body := s.get(t, customers+"/"+itoa(id[0])+"?externalDataApplicationGuid="+app); !strings.Contains(body, `"externalData":`+step.want) {
			t.Errorf("after %s %s: %s", step.mode, step.entries, body)
		}
	}
	tags := fmt.Sprint(s.id("TagType"), ",", s.id("TagType"))
	s.do("Customer.update", call{id, `{"tagTypeIds":[` + tags + `],"customFields":[{"typeId":1,"value":"x"},{"typeId":2,"value":"y"}]}`})
	s.do("Customer.update", call{id, `{"customFields":[{"typeId":3,"value":"z"}],"doNotMail":true}`})
	r := s.fixture.of(t, "Customer", id[0])
	if got := fmt.Sprint(r.texts("customFields.typeId"), strings.Join(r.texts("tagTypeIds"), ","), r.text("doNotMail")); got != fmt.Sprint([]string{"3"}, tags, "true") {
		t.Errorf("custom fields, tags and mail are %s", got)
	}
}

func TestShifts_areRepeatedAndDeleted(t *testing.T) {
	t.Parallel()
	s := &scene{fixture: setup(t), t: t}
	made := s.do("TechnicianShift.create", calls()["TechnicianShift.create"](s))
	starts := made.texts("technicianShifts.start")
	if diff := gocmp.Diff([]string{"2026-04-02T15:00:00Z", "2026-04-03T15:00:00Z", "2026-04-04T15:00:00Z"}, starts); diff != "" {
		t.Errorf("starts (-want +got):\n%s", diff)
	}
	changed := s.do("TechnicianShift.update", call{[]int64{number(t, made.texts("technicianShifts.id")[0])}, `{"title":"Sample anew"}`})
	if diff := gocmp.Diff([]string{"Sample anew"}, changed.texts("technicianShifts.title")); diff != "" {
		t.Errorf("titles (-want +got):\n%s", diff)
	}
	gone := s.do("TechnicianShift.bulkDelete", call{body: `{"start":"2026-04-03T00:00:00Z","end":"2026-04-05T00:00:00Z"}`})
	if diff := gocmp.Diff(made.texts("technicianShifts.id")[1:], gone.texts("deletedIds")); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
}

func TestNonJobAppointments_areReplacedWhole(t *testing.T) {
	t.Parallel()
	s := &scene{fixture: setup(t), t: t}
	made := s.do("NonJobAppointment.create", call{body: s.errand(`,"summary":"Sample","allDay":true,"frequency":"Weekly","endType":"On","interval":2`)})
	if got := made.text("frequency") + made.text("endType") + made.text("interval"); got != "122" {
		t.Errorf("frequency, end and interval are %s", got)
	}
	id := []int64{number(t, made.text("id"))}
	after := s.do("NonJobAppointment.replace", call{id, s.errand("")})
	if after.text("summary") != "" || after["allDay"] != false || after["active"] != true {
		t.Errorf("after a PUT: %v", after)
	}
}

func TestPricebook_writesOtherWordsThanItReads(t *testing.T) {
	t.Parallel()
	s := &scene{fixture: setup(t), t: t}
	service := s.do("PricebookService.create", call{body: s.sku(`,"active":null,"assets":[{"type":"Image","url":"https://example.test/a/b.png"}]`)})
	if service.text("categories.name") == "" || service.text("assets.fileName") != "b.png" || service["active"] != true {
		t.Errorf("the service is %v", service)
	}
	id := number(t, service.text("id"))
	s.do("PricebookService.delete", call{ids: []int64{id}})
	if r := s.fixture.of(t, "PricebookService", id); r["active"] != false {
		t.Error("a deleted service is active")
	}
}

func TestCapacity_countsWhatTakesTime(t *testing.T) {
	t.Parallel()
	s := &scene{fixture: setup(t), t: t}
	technician := s.id("Technician")
	unit := s.fixture.of(t, "Technician", technician).text("businessUnitId")
	ask := call{body: `{"startsOnOrAfter":"2026-04-13T00:00:00Z","endsOnOrBefore":"2026-04-14T00:00:00Z","skillBasedAvailability":false,"businessUnitIds":[` + unit + `]}`}
	who := fmt.Sprintf(`{"technicianIds":[%d],"title":"Sample","repeatType":"Never",`, technician)
	errand := strings.Replace(strings.Replace(s.errand(`,"removeTechnicianFromCapacityPlanning":true`), "2026-04-02", "2026-04-13", 1), `"technicianId":`, `"technicianId":`+itoa(technician)+`,"unheardOf":`, 1)
	steps := []struct{ write, body, open string }{
		{"", "", "0"},
		{"TechnicianShift.create", who + `"shiftType":"Normal","start":"2026-04-13T15:00:00Z","end":"2026-04-13T23:00:00Z"}`, "8"},
		{"TechnicianShift.create", who + `"shiftType":"TimeOff","start":"2026-04-13T20:00:00Z","end":"2026-04-13T23:00:00Z"}`, "5"},
		{"NonJobAppointment.create", errand, "3.5"},
	}
	for _, step := range steps {
		if step.write != "" {
			if status, text, err := s.write(t, served()[step.write], call{nil, step.body}); err != nil || status != http.StatusOK {
				t.Fatalf("%s: status %d, %s, %v", step.write, status, text, err)
			}
		}
		if got := s.do("Capacity.query", ask).text("availabilities.openAvailability"); got != step.open {
			t.Errorf("after %s: %s hours are open, want %s", step.write, got, step.open)
		}
	}
}

func TestOffice_listsWhatWritesName(t *testing.T) {
	t.Parallel()
	s := &scene{fixture: setup(t), t: t}
	for _, e := range stspec.Unmirrored() {
		if e.Name == "BusinessHour" || strings.Contains(e.ListPath, "{id}") {
			continue
		}
		hides := e.Name == "ArrivalWindow"
		whole, shown, off := len(s.page(t, all(e)).Data), len(s.page(t, e.ListPath).Data), len(s.page(t, e.ListPath+"?active=False").Data)
		if whole == 0 || off == 0 || hides && shown != whole-off || !hides && shown != whole {
			t.Errorf("%s: %d rows, %d by default, %d inactive", e.Name, whole, shown, off)
		}
		for _, doc := range s.page(t, all(e)).Data {
			if err := stspec.ValidateDocument(e, stspec.List, doc); err != nil {
				t.Error(err)
			}
		}
	}
	s.do("BusinessHour.create", calls()["BusinessHour.create"](s))
	if _, body := s.get(t, "/dispatch/v2/tenant/{tenant}/business-hours"); body != `{"weekdays":[{"fromHour":7,"toHour":19}],"saturday":[],"sunday":[]}` {
		t.Errorf("the business hours are %s", body)
	}
	window := s.after("ArrivalWindow.create").ids
	s.do("ArrivalWindow.setActivated", call{window, `{"isActive":false}`})
	if _, body := s.get(t, "/dispatch/v2/tenant/{tenant}/arrival-windows/"+itoa(window[0])); !strings.Contains(body, `"active":false`) {
		t.Errorf("the window is %s", body)
	}
}
