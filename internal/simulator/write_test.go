package simulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stspec"
)

func TestWrites_answerInTheShapeOfTheFacts(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for name, w := range served() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &scene{fixture: f, t: t}
			c := calls()[name](s)
			if err := stspec.ValidateWrite(w.Method, strings.ReplaceAll(pathOf(w, c.ids), "{tenant}", "1"), []byte(c.body)); err != nil {
				t.Fatal(err)
			}
			status, text, err := f.write(t, w, c)
			if err != nil || status != w.Success {
				t.Fatalf("status %d, %s, %v; want %d", status, text, err, w.Success)
			}
			if err := wellAnswered(w, text); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}

// wellAnswered holds an answer against the facts.
func wellAnswered(w stspec.Write, text string) error {
	e := stspec.Entity{Name: w.Entity, Fields: w.Answer}
	switch {
	case w.AnswersRecord:
		e, _ = stspec.Lookup(w.Entity)
	case len(w.Answer) == 0 && text != "":
		return fmt.Errorf("there should be no answer")
	case len(w.Answer) == 0:
		return nil
	}
	return stspec.ValidateDocument(e, stspec.Get, json.RawMessage(text))
}

func TestWrites_thatAreNotServed(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, w := range stspec.Writes() {
		if _, ok := served()[w.Entity+"."+w.Name]; ok {
			continue
		}
		if status, text, err := f.write(t, w, call{ids: []int64{1, 2}}); err != nil || status != http.StatusNotFound || !strings.Contains(text, "Unable to match") {
			t.Errorf("%s.%s: status %d, %s, %v", w.Entity, w.Name, status, text, err)
		}
	}
}

// refusedWell tells whether an answer is the API's own refusal.
func refusedWell(status int, text string) bool {
	var p struct {
		Title, TraceID string
		Status         int
		Errors         map[string][]string
	}
	err := json.Unmarshal([]byte(text), &p)
	allowed := status == http.StatusBadRequest || status == http.StatusNotFound || status == http.StatusConflict
	return allowed && err == nil && p.Title != "" && p.TraceID != "" && p.Status == status && p.Errors != nil
}

func TestWrites_unknownRecords(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for name, w := range served() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := calls()[name](&scene{fixture: f, t: t})
			for i := range c.ids {
				odd := call{append([]int64{}, c.ids...), c.body}
				odd.ids[i] = 999_999_999
				if status, text, err := f.write(t, w, odd); err != nil || status != http.StatusNotFound || !refusedWell(status, text) {
					t.Errorf("id %d: status %d, %s, %v", i, status, text, err)
				}
			}
		})
	}
	huge := strings.Repeat("9", 30)
	status, body := f.get(t, "/jpm/v2/tenant/{tenant}/jobs/"+huge+"/cancel", func(r *http.Request) { r.Method = http.MethodPut })
	if status != http.StatusNotFound || !strings.Contains(body, "Unable to match") {
		t.Errorf("an id too large: status %d, %s", status, body)
	}
}

func TestWrites_oddBodies(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 20_000)
	bodies := []string{
		"", " ", "no JSON", "{", "[]", "null", "7", `"text"`, "[null]", deep, `{"a":` + deep, `{} {}`, strings.Repeat(" ", 2<<20) + "{}", "\x00",
	}
	values := []string{
		"null", "true", "-1", "0", "1.5", "1e400", "1e30", strings.Repeat("9", 40), `""`, `"x"`, `"2026-13-45T00:00:00Z"`, `"9999-12-31T23:59:59Z"`, "[]", "[null]", "[[]]",
		`[{}]`, `[{"x":[{}]}]`, "\"\xff\"", "[-1]", "{}", `{"x":null}`, `"` + strings.Repeat("y", 10_000) + `"`,
	}
	f := setup(t)
	for name, w := range served() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good := calls()[name](&scene{fixture: f, t: t})
			send := func(body string) int {
				status, text, err := f.write(t, w, call{good.ids, body})
				if err != nil || status != w.Success && !refusedWell(status, text) {
					t.Fatalf("%.80s: status %d, %.300s, %v", body, status, text, err)
				}
				if status == w.Success {
					if err := wellAnswered(w, text); err != nil {
						t.Errorf("%.80s: %v", body, err)
					}
				}
				return status
			}
			for _, body := range bodies {
				if status := send(body); len(w.Body) > 0 && status != http.StatusBadRequest {
					t.Errorf("%.80q: status %d", body, status)
				}
			}
			var members map[string]json.RawMessage
			if good.body == "" {
				return
			}
			if err := json.Unmarshal([]byte(good.body), &members); err != nil {
				t.Fatal(err)
			}
			for _, field := range w.Body {
				before, given := members[field.Name]
				for _, v := range values {
					members[field.Name] = json.RawMessage(v)
					text, _ := json.Marshal(members)
					send(string(text))
				}
				if delete(members, field.Name); field.Required {
					text, _ := json.Marshal(members)
					if status := send(string(text)); status != http.StatusBadRequest {
						t.Errorf("without %s: status %d", field.Name, status)
					}
				}
				if given {
					members[field.Name] = before
				}
			}
		})
	}
}

// everything is all that a company holds.
func (f *fixture) everything() map[string]string {
	out := map[string]string{}
	for _, list := range [][]stspec.Entity{stspec.Entities(), stspec.Unmirrored()} {
		for _, e := range list {
			for id, doc := range f.Each(tenant, e.Name) {
				out[e.Name+" "+itoa(id)] = string(doc)
			}
		}
	}
	return out
}

// tiny is a company that is looked through in a moment.
var tiny = simulator.Sizes{
	Customers: 4, LargestCustomer: 2, Locations: 5, Jobs: 30, Appointments: 32, Technicians: 2, Employees: 2, Services: 2, Materials: 2, Equipment: 2,
	Discounts: 2, Categories: 4, Roots: 2, Projects: 1, Campaigns: 3,
}

// TestWrites_faults has each write meet each fault, and looks at what was done.
func TestWrites_faults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		set    simulator.Settings
		status int // 0 is a broken connection, 1 the status of a success
		done   bool
	}{
		{"lost", simulator.Settings{Lose: true}, 0, true},
		{"lost behind a gateway", simulator.Settings{Lose: true, Status: 504, HTML: true}, 504, true},
		{"dropped", simulator.Settings{Drop: true}, 0, false},
		{"silent", simulator.Settings{Silent: true}, 1, false},
		{"too many", simulator.Settings{Status: 429, RetryAfter: "seconds"}, 429, false},
		{"broken", simulator.Settings{Status: 500}, 500, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &scene{fixture: serve(t, newSized(t, tiny)), t: t}
			for name, w := range served() {
				c := calls()[name](s)
				before := s.everything()
				set := tt.set
				set.Writes, set.Next = true, 1
				s.Faults().Set(set)
				s.Clock().Advance(time.Second)
				status, text, err := s.write(t, w, c)
				want := tt.status
				if want == 1 {
					want = w.Success
				}
				if status != want || (err != nil) != (want == 0) {
					t.Errorf("%s: status %d, %s, %v; want %d", name, status, text, err, want)
				}
				if status == w.Success {
					if err := wellAnswered(w, text); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
				asks := w.Entity == "Capacity" || name == "Job.createMessage"
				if changed := !maps.Equal(before, s.everything()); changed != (tt.done && !asks) {
					t.Errorf("%s: done %v, want %v", name, changed, tt.done)
				}
			}
		})
	}
}

func TestWrites_listsLagBehind(t *testing.T) {
	t.Parallel()
	s := &scene{fixture: setup(t), t: t}
	customer := s.of("Customer")
	s.Faults().Set(simulator.Settings{ReadLag: 5 * time.Second})
	s.do("Customer.update", call{customer, `{"name":"Sample Later"}`})
	s.do("CustomerNote.create", call{customer, `{"text":"Sample note, later"}`})
	list, notes := customers+"?ids="+itoa(customer[0]), customers+"/"+itoa(customer[0])+"/notes"
	if _, body := s.get(t, customers+"/"+itoa(customer[0])); !strings.Contains(body, "Sample Later") {
		t.Errorf("the record itself is %s", body)
	}
	for _, want := range []bool{false, true} {
		for _, path := range []string{list, notes} {
			if _, body := s.get(t, path); strings.Contains(body, "ater") != want {
				t.Errorf("%s shows the change: want %v\n%s", path, want, body)
			}
		}
		s.Clock().Advance(6 * time.Second)
	}
}
