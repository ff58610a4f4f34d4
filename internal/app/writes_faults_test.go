package app_test

import (
	"slices"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

// TestMutations_withFaults makes each change while ServiceTitan misbehaves: whatever happens, nothing is made twice, nothing is
// lost, and the mirror is equal at the end.
func TestMutations_withFaults(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct {
		set simulator.Settings
		// refused are the codes that one try may end with that changes nothing; the next try is without the fault.
		refused []string
		// long are faults that are much like another: they are tried in the long form of the tests.
		long bool
	}{
		"the answer is lost":             {set: simulator.Settings{Writes: true, Lose: true, Next: 1}},
		"the answer is cut off":          {set: simulator.Settings{Writes: true, Truncate: true, Next: 1}, long: true},
		"the connection breaks":          {set: simulator.Settings{Writes: true, Drop: true, Next: 1}},
		"it fails":                       {set: simulator.Settings{Writes: true, Status: 503, Next: 1}, long: true},
		"calls are throttled":            {set: simulator.Settings{Writes: true, Status: 429, Next: 1}, long: true},
		"the answer takes too long":      {set: simulator.Settings{Writes: true, Delay: 2500 * time.Millisecond, Next: 1}, long: true, refused: []string{"OUTCOME_UNKNOWN"}},
		"it is refused as things are":    {set: simulator.Settings{Writes: true, Status: 409, Next: 1}, long: true, refused: []string{"TRANSITION_NOT_ALLOWED", "REJECTED_UPSTREAM"}},
		"the app lacks the right":        {set: simulator.Settings{Writes: true, Status: 403, Next: 1}, refused: []string{"FORBIDDEN_UPSTREAM"}},
		"lists lag behind":               {set: simulator.Settings{ReadLag: 300 * time.Millisecond}, long: true},
		"lists lag and answers are lost": {set: simulator.Settings{Writes: true, Lose: true, Next: 1, ReadLag: 300 * time.Millisecond}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if fault.long && *killCount < fullMatrix {
				t.Skip("runs with -kills=50")
			}
			w := newCopiedWorld(t, fresh())
			everyMutation(t, w, func(t *testing.T, mutation string, in input) made {
				t.Helper()
				w.sim.Faults().Set(fault.set)
				in["idempotencyKey"] = "sample-" + mutation
				m := w.change(t, mutation, in)
				if len(m.Errors) > 0 && slices.Contains(fault.refused, m.Errors[0].Code) {
					w.sim.Faults().Set(simulator.Settings{})
					m = w.change(t, mutation, in)
				}
				if len(m.Errors) > 0 {
					t.Errorf("%s: %+v", mutation, m.Errors)
				}
				return m
			})
			w.sim.Faults().Set(simulator.Settings{})
			w.wantMirror(t, writtenKinds()...)
			w.wantOneOfEach(t)
			w.sent.wantKnownParameters(t)
		})
	}
}

// wantOneOfEach checks that what the mutations have made was made once.
func (w *world) wantOneOfEach(t *testing.T) {
	t.Helper()
	for entity, want := range map[string]map[string]int{
		"Customer": {"Sample Customer Anew": 1}, "Location": {"Sample House": 1, "Sample Barn Anew": 1}, "NonJobAppointment": {"Sample meeting anew": 1},
		"PricebookService": {"SAMPLE-S": 1}, "PricebookMaterial": {"SAMPLE-M": 1}, "PricebookEquipment": {"SAMPLE-E": 1},
		"PricebookDiscountAndFee": {"SAMPLE-D": 1}, "PricebookCategory": {"Sample category anew": 1}, "Job": {"Other sample work": 1},
		"TechnicianShift": {"Sample time off": 1, "Sample shift anew": 1},
	} {
		got := map[string]int{}
		for _, doc := range w.sim.Each(tenant, entity) {
			var r struct{ Name, Code, Title, Summary string }
			read(t, doc, &r)
			for _, name := range []string{r.Name, r.Code, r.Title, r.Summary} {
				got[name]++
			}
		}
		for name, n := range want {
			if got[name] != n {
				t.Errorf("there are %d of the %s %q, want %d", got[name], entity, name, n)
			}
		}
	}
}

// TestMutations_refusals are changes that cannot be made: typed errors say why, and nothing is sent where LAZI knows beforehand.
func TestMutations_refusals(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	job := w.must(t, "createJob", w.plan(t, input{"scheduled": span(50, 8, 10)}))
	customer := w.first(t, domain.Customers.Kind)
	id := globalID(domain.Customers.Kind, customer)
	w.sent.take()
	for name, tt := range map[string]struct {
		mutation string
		in       input
		want     string
		field    string
		sent     bool
	}{
		"an id of another kind":     {"updateCustomer", input{"id": job.ID, "name": "x"}, "INVALID", "id", false},
		"nothing to change":         {"updateCustomer", input{"id": id}, "INVALID", "", false},
		"a record that is not":      {"updateCustomer", input{"id": globalID(domain.Customers.Kind, 5), "name": "x"}, "NOT_FOUND", "id", false},
		"a later version":           {"updateCustomer", input{"id": id, "name": "x", "expectedVersion": "2001-01-01T00:00:00Z"}, "CONFLICT", "expectedVersion", false},
		"a state that is not":       {"uncancelJob", input{"id": job.ID}, "TRANSITION_NOT_ALLOWED", "id", false},
		"no appointment on hold":    {"unholdJob", input{"id": job.ID}, "TRANSITION_NOT_ALLOWED", "id", false},
		"the only appointment":      {"deleteAppointment", input{"id": w.visitOf(t, job)}, "REJECTED_UPSTREAM", "", true},
		"nobody to complete it":     {"completeJob", input{"id": job.ID, "completedAt": "2026-03-11T12:00:00Z"}, "TRANSITION_NOT_ALLOWED", "id", true},
		"a location of another":     {"createJob", w.elsewhere(t), "REJECTED_UPSTREAM", "locationId", true},
		"a key without a letter":    {"updateCustomer", input{"id": id, "name": "x", "idempotencyKey": ""}, "INVALID", "idempotencyKey", false},
		"overbooking without cause": {"createJob", overbooked(w.plan(t, input{"scheduled": span(50, 8, 10)})), "REQUIRED", "reason", false},
	} {
		m := w.change(t, tt.mutation, tt.in)
		sent := w.sent.take()
		if len(m.Errors) == 0 || m.Errors[0].Code != tt.want {
			t.Errorf("%s: errors %+v, want %s", name, m.Errors, tt.want)
			continue
		}
		if field := m.Errors[0].Field[1:]; tt.field != "" && !slices.Equal(field, []string{tt.field}) {
			t.Errorf("%s: field %v, want %s", name, field, tt.field)
		}
		if (len(sent) > 0) != tt.sent {
			t.Errorf("%s: %d requests were sent", name, len(sent))
		}
	}
	w.wantMirror(t, writtenKinds()...)
}

func overbooked(in input) input {
	in["allowConflict"] = true
	return in
}

// visitOf is the first appointment of a job.
func (w *world) visitOf(t *testing.T, job made) string {
	t.Helper()
	var j struct{ FirstAppointmentID int64 }
	read(t, w.document(t, domain.Jobs.Kind, job.ExternalID), &j)
	return globalID(domain.Appointments.Kind, j.FirstAppointmentID)
}

// elsewhere is a plan for a customer at somebody else's location.
func (w *world) elsewhere(t *testing.T) input {
	t.Helper()
	in := w.plan(t, input{"scheduled": span(51, 8, 10)})
	for n := 1; ; n++ {
		location := w.nth(t, domain.Locations.Kind, n)
		var place struct{ CustomerID int64 }
		if read(t, w.document(t, domain.Locations.Kind, location), &place); globalID(domain.Customers.Kind, place.CustomerID) != in["customerId"] {
			in["locationId"] = globalID(domain.Locations.Kind, location)
			return in
		}
	}
}

func TestMutations_idempotency(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	plan := w.plan(t, input{"scheduled": span(52, 8, 10)})
	plan["idempotencyKey"] = "sample-key"
	first, again := w.must(t, "createJob", plan), w.must(t, "createJob", plan)
	if first.ID != again.ID || len(w.sent.take()) != 1 {
		t.Errorf("the same key makes %s and %s", first.ID, again.ID)
	}
	plan["summary"] = "something else"
	if m := w.change(t, "createJob", plan); !withCode(m, "IDEMPOTENCY_KEY_REUSED") {
		t.Errorf("errors %+v", m.Errors)
	}
	plan["dryRun"], plan["idempotencyKey"] = true, "other-key"
	if m := w.change(t, "createJob", plan); len(m.Errors) > 0 || m.ID != "" || len(w.sent.take()) > 0 {
		t.Errorf("a rehearsal: %+v", m)
	}
}

// TestMutations_silentNoOps are changes that ServiceTitan accepts and does not make.
func TestMutations_silentNoOps(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	job := w.must(t, "createJob", w.plan(t, input{"scheduled": span(53, 8, 10)}))
	w.sim.Faults().Set(simulator.Settings{Writes: true, Silent: true})
	for mutation, in := range map[string]input{
		"updateJob": {"summary": "never"}, "cancelJob": {"reasonId": w.reason(t, "cancel"), "memo": "never"},
	} {
		in["id"] = job.ID
		if m := w.change(t, mutation, in); !withCode(m, "NOT_APPLIED") {
			t.Errorf("%s: errors %+v", mutation, m.Errors)
		}
	}
	w.wantMirror(t, domain.Jobs.Kind)
}

// TestMutations_unknownOutcome loses an answer and all that follows: the caller is told that nobody knows, and finds out with the
// same key.
func TestMutations_unknownOutcome(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	for mutation, in := range map[string]input{
		"createJob":          w.plan(t, input{"scheduled": span(54, 8, 10)}),
		"addCustomerContact": {"customerId": w.firstID(t, domain.Customers.Kind), "type": "PHONE", "value": "555-0199"},
	} {
		in["idempotencyKey"] = "sample-" + mutation
		w.sim.Faults().Set(simulator.Settings{Lose: true, Writes: true, Next: 1})
		w.sent.then(func() { w.sim.Faults().Set(simulator.Settings{Status: 403}) })
		if m := w.change(t, mutation, in); !withCode(m, "OUTCOME_UNKNOWN") {
			t.Errorf("%s: errors %+v", mutation, m.Errors)
		}
		w.sim.Faults().Set(simulator.Settings{})
		w.sent.take()
		if m := w.must(t, mutation, in); m.ID == "" || len(w.sent.take()) > 0 {
			t.Errorf("%s: the record was not found again: %+v", mutation, m)
		}
	}
	w.wantMirror(t, domain.Jobs.Kind, domain.Appointments.Kind, domain.Invoices.Kind, domain.CustomerContacts.Kind)
}
