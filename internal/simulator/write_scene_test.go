package simulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"lazilabs.com/lazi/internal/stspec"
)

// call is a request that changes something: its ids fill the braces of the write's path behind the tenant, in order.
type call struct {
	ids  []int64
	body string
}

// scene makes what writes are about, by writes.
type scene struct {
	*fixture
	t *testing.T
	n int
}

const place = `{"street":"1 Sample Street","city":"Sample City","state":"CO","zip":"80000","country":"USA"}`

// calls make a request for each write, one that succeeds.
func calls() map[string]func(*scene) call {
	return map[string]func(*scene) call{
		"Customer.create": func(*scene) call { return call{body: newCustomer} },
		"Customer.update": func(s *scene) call {
			return call{s.of("Customer"), `{"name":"Sample Anew","active":true,"customFields":[{"typeId":7,"value":"x"}]}`}
		},
		"Customer.addTag":         func(s *scene) call { return call{append(s.of("Customer"), s.id("TagType")), ""} },
		"Customer.removeTag":      func(s *scene) call { return s.tagged("Customer") },
		"Customer.bulkAddTags":    func(s *scene) call { return call{nil, s.tagBody()} },
		"Customer.bulkRemoveTags": func(s *scene) call { return call{nil, s.tagBody()} },
		"CustomerContact.create":  func(s *scene) call { return call{s.of("Customer"), `{"type":"Email","value":"sample@example.test"}`} },
		"CustomerContact.update":  func(s *scene) call { return call{s.below("CustomerContact"), `{"value":"555 0199","memo":"evenings"}`} },
		"CustomerContact.delete":  func(s *scene) call { return call{s.below("CustomerContact"), ""} },
		"CustomerNote.create": func(s *scene) call {
			return call{s.of("Customer"), `{"text":"Sample note","pinToTop":true,"addToLocations":true}`}
		},
		"CustomerNote.delete": func(s *scene) call { return call{s.below("CustomerNote"), ""} },
		"Location.create": func(s *scene) call {
			return call{nil, fmt.Sprintf(`{"customerId":%d,"name":"Sample Barn","address":%s,"contacts":[{"type":"Phone","value":"555 0100"}]}`, s.of("Customer")[0], place)}
		},
		"Location.update":    func(s *scene) call { return call{s.of("Location"), `{"name":"Sample Barn Anew","tagTypeIds":[]}`} },
		"Location.addTag":    func(s *scene) call { return call{append(s.of("Location"), s.id("TagType")), ""} },
		"Location.removeTag": func(s *scene) call { return s.tagged("Location") },
		"LocationContact.create": func(s *scene) call {
			return call{s.of("Location"), `{"type":"MobilePhone","value":"555 0101","memo":null}`}
		},
		"LocationContact.update": func(s *scene) call { return call{s.below("LocationContact"), `{"type":"Fax"}`} },
		"LocationContact.delete": func(s *scene) call { return call{s.below("LocationContact"), ""} },
		"LocationNote.create":    func(s *scene) call { return call{s.of("Location"), `{"text":"Sample note","addToCustomer":true}`} },
		"LocationNote.delete":    func(s *scene) call { return call{s.below("LocationNote"), ""} },

		"Job.create":             func(s *scene) call { return call{nil, s.plan(`"technicianIds":[` + itoa(s.id("Technician")) + `]`)} },
		"Job.update":             func(s *scene) call { return call{s.of("Job"), `{"summary":"Other sample work","tagTypeIds":[]}`} },
		"Job.cancel":             func(s *scene) call { return call{s.of("Job"), s.because("JobCancelReason")} },
		"Job.removeCancellation": func(s *scene) call { return s.after("Job.cancel") },
		"Job.hold":               func(s *scene) call { return call{s.of("Job"), s.because("JobHoldReason")} },
		"Job.complete": func(s *scene) call {
			return call{s.after("Job.create").ids, `{"completedOn":"2026-03-11T12:00:00Z"}`}
		},
		"Job.createMessage": func(s *scene) call {
			return call{s.of("Job"), `{"body":"Sample message","createdByEmployeeId":` + itoa(s.id("Employee")) + `}`}
		},
		"JobNote.create": func(s *scene) call { return call{s.of("Job"), `{"text":"Sample note"}`} },

		"Appointment.create": func(s *scene) call {
			return call{nil, fmt.Sprintf(`{"jobId":%d,"start":"2026-04-02T15:00:00Z","end":"2026-04-02T17:00:00Z","specialInstructions":"ring twice","technicianIds":[%d]}`,
				s.of("Job")[0], s.id("Technician"))}
		},
		"Appointment.delete": func(s *scene) call { return s.after("Appointment.create") },
		"Appointment.reschedule": func(s *scene) call {
			return call{s.of("Appointment"), `{"start":"2026-04-03T15:00:00Z","end":"2026-04-03T17:00:00Z","arrivalWindowStart":null,"arrivalWindowEnd":null}`}
		},
		"Appointment.hold":               func(s *scene) call { return call{s.of("Appointment"), s.because("JobHoldReason")} },
		"Appointment.removeHold":         func(s *scene) call { return s.after("Appointment.hold") },
		"Appointment.confirm":            func(s *scene) call { return call{s.of("Appointment"), ""} },
		"Appointment.removeConfirmation": func(s *scene) call { return s.after("Appointment.confirm") },
		"Appointment.updateSpecialInstructions": func(s *scene) call {
			return call{s.of("Appointment"), `{"specialInstructions":"ring thrice"}`}
		},
		"AppointmentAssignment.assignTechnicians": func(s *scene) call { return call{nil, s.crew(s.of("Appointment")[0])} },
		"AppointmentAssignment.unassignTechnicians": func(s *scene) call {
			c := call{nil, s.crew(s.of("Appointment")[0])}
			s.do("AppointmentAssignment.assignTechnicians", c)
			return c
		},

		"TechnicianShift.create": func(s *scene) call {
			return call{nil, fmt.Sprintf(`{"technicianIds":[%d],"shiftType":"OnCall","title":"Sample","start":"2026-04-02T15:00:00Z","end":"2026-04-02T17:00:00Z",
			"repeatType":"Daily","repeatEndDate":"2026-04-04T23:00:00Z"}`, s.id("Technician"))}
		},
		"TechnicianShift.update": func(s *scene) call {
			return call{[]int64{s.id("TechnicianShift")}, `{"title":"Sample anew","note":"Sample"}`}
		},
		"TechnicianShift.delete": func(s *scene) call { return call{[]int64{s.id("TechnicianShift")}, ""} },
		"TechnicianShift.bulkDelete": func(s *scene) call {
			day := []string{"03-12", "03-13"}[s.n%2]
			s.n++
			return call{nil, `{"start":"2026-` + day + `T00:00:00Z","end":"2026-` + day + `T23:00:00Z"}`}
		},
		"NonJobAppointment.create": func(s *scene) call {
			return call{nil, s.errand(`,"frequency":"Weekly","endType":"On","endOn":"2026-05-01T00:00:00Z","interval":2,"repeat":true,"daysOfWeek":"Monday"`)}
		},
		"NonJobAppointment.replace": func(s *scene) call { return call{[]int64{s.id("NonJobAppointment")}, s.errand("")} },
		"NonJobAppointment.delete":  func(s *scene) call { return call{[]int64{s.id("NonJobAppointment")}, ""} },
		"ArrivalWindow.create": func(s *scene) call {
			return call{nil, `{"start":"08:30:00","duration":"01:30:00","businessUnitIds":[` + itoa(s.id("BusinessUnit")) + `]}`}
		},
		"ArrivalWindow.update": func(s *scene) call {
			return call{[]int64{s.id("ArrivalWindow")}, `{"start":"09:45","duration":"03:00:00","businessUnitIds":[]}`}
		},
		"ArrivalWindow.setActivated": func(s *scene) call { return call{[]int64{s.id("ArrivalWindow")}, `{"isActive":false}`} },
		"BusinessHour.create": func(*scene) call {
			return call{nil, `{"weekdays":[{"fromHour":7,"toHour":19}],"saturday":[],"sunday":[]}`}
		},
		"Capacity.query": func(s *scene) call {
			return call{nil, fmt.Sprintf(`{"startsOnOrAfter":"2026-03-11T00:00:00Z","endsOnOrBefore":"2026-03-13T00:00:00Z","jobTypeId":%d,"skillBasedAvailability":true}`, s.id("JobType"))}
		},
		"Estimate.sell":    func(s *scene) call { return call{s.estimate(), `{"soldBy":` + itoa(s.id("Employee")) + `}`} },
		"Estimate.unsell":  func(s *scene) call { return s.after("Estimate.sell") },
		"Estimate.dismiss": func(s *scene) call { return call{s.estimate(), ""} },

		"PricebookCategory.create": func(s *scene) call {
			return call{nil, `{"name":"Sample","categoryType":"Services","parentId":` + itoa(s.id("PricebookCategory")) + `}`}
		},
		"PricebookCategory.update": func(s *scene) call {
			return call{s.after("PricebookCategory.create").ids, `{"name":"Sample anew","parentId":null}`}
		},
		"PricebookCategory.delete": func(s *scene) call { return s.after("PricebookCategory.create") },
		"PricebookService.create": func(s *scene) call {
			return call{nil, s.sku(`,"price":99.9,"warranty":{"duration":12},"assets":[{"type":"Image","url":"https://example.test/a/b.png"}]`)}
		},
		"PricebookMaterial.create": func(s *scene) call {
			return call{nil, s.sku(`,"cost":3.5,"primaryVendor":{"vendorId":1,"cost":2,"active":true}`)}
		},
		"PricebookEquipment.create": func(s *scene) call {
			return call{nil, s.sku(`,"manufacturerWarranty":{"duration":24},"dimensions":{"height":1}`)}
		},
		"PricebookDiscountAndFee.create": func(s *scene) call { return call{nil, s.sku(`,"type":"Fee","amountType":"Fixed","amount":12.5`)} },
		"PricebookService.update": func(s *scene) call {
			return call{s.after("PricebookService.create").ids, `{"displayName":"Sample anew"}`}
		},
		"PricebookMaterial.update":       func(s *scene) call { return call{s.after("PricebookMaterial.create").ids, `{"price":7.25}`} },
		"PricebookEquipment.update":      func(s *scene) call { return call{s.after("PricebookEquipment.create").ids, `{"model":"S2"}`} },
		"PricebookDiscountAndFee.update": func(s *scene) call { return call{s.after("PricebookDiscountAndFee.create").ids, `{"amount":13}`} },
		"PricebookService.delete":        func(s *scene) call { return s.after("PricebookService.create") },
		"PricebookMaterial.delete":       func(s *scene) call { return s.after("PricebookMaterial.create") },
		"PricebookEquipment.delete":      func(s *scene) call { return s.after("PricebookEquipment.create") },
		"PricebookDiscountAndFee.delete": func(s *scene) call { return s.after("PricebookDiscountAndFee.create") },
	}
}

// unserved are the writes that LAZI never makes and the simulator does not know.
var unserved = []string{
	"Estimate.create", "Estimate.update", "Estimate.putItem", "Estimate.deleteItem", "PricebookService.bulkCreate", "PricebookService.bulkUpdate",
}

const newCustomer = `{"name":"Sample Customer","type":"Residential","address":` + place + `,"contacts":[{"type":"Email","value":"one@example.test"}],
	"externalData":{"applicationGuid":"00000000-0000-4000-8000-000000000001","externalData":[{"key":"a","value":"1"}]},
	"locations":[{"name":"Sample House","address":` + place + `,"contacts":[{"type":"MobilePhone","value":"(555) 0100"}]}]}`

// served are the writes that the simulator knows, by name.
func served() map[string]stspec.Write {
	out := map[string]stspec.Write{}
	for _, w := range stspec.Writes() {
		if name := w.Entity + "." + w.Name; !slices.Contains(unserved, name) {
			out[name] = w
		}
	}
	return out
}

func pathOf(w stspec.Write, ids []int64) string {
	parts := strings.Split(w.Path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") && part != "{tenant}" && len(ids) > 0 {
			parts[i], ids = itoa(ids[0]), ids[1:]
		}
	}
	return strings.Join(parts, "/")
}

// write sends a request for a write; the error is one of the connection.
func (f *fixture) write(t *testing.T, w stspec.Write, c call) (int, string, error) {
	t.Helper()
	var body io.Reader
	if c.body != "" {
		body = strings.NewReader(c.body)
	}
	req, err := http.NewRequestWithContext(t.Context(), w.Method, f.server.URL+strings.ReplaceAll(pathOf(w, c.ids), "{tenant}", itoa(tenant)), body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", f.token)
	req.Header.Set("ST-App-Key", "ak1.sample")
	resp, err := f.server.Client().Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

// do makes a write that succeeds and returns its answer.
func (s *scene) do(name string, c call) row {
	s.t.Helper()
	w := served()[name]
	if err := stspec.ValidateWrite(w.Method, strings.ReplaceAll(pathOf(w, c.ids), "{tenant}", "1"), []byte(c.body)); err != nil {
		s.t.Fatal(err)
	}
	status, text, err := s.write(s.t, w, c)
	if err != nil || status != w.Success {
		s.t.Fatalf("%s: status %d, %s, %v; want %d", name, status, text, err, w.Success)
	}
	if text == "" {
		return nil
	}
	return parseRow(s.t, json.RawMessage(text))
}

// refuse makes a write that is refused.
func (s *scene) refuse(name string, c call, want int, part string) {
	s.t.Helper()
	status, text, err := s.write(s.t, served()[name], c)
	if err != nil || status != want || !strings.Contains(text, part) {
		s.t.Errorf("%s: status %d, %s, %v; want %d about %q", name, status, text, err, want, part)
	}
}

// after makes the write of a name and returns what it has made, or was about.
func (s *scene) after(name string) call {
	s.t.Helper()
	c := calls()[name](s)
	if r := s.do(name, c); len(c.ids) == 0 {
		c.ids = []int64{number(s.t, r.text("id"))}
	}
	return call{ids: c.ids}
}

// of is a new record's id, as the only id of a path.
func (s *scene) of(entity string) []int64 {
	s.t.Helper()
	switch entity {
	case "Job":
		return []int64{number(s.t, s.do("Job.create", call{body: s.plan("")}).text("id"))}
	case "Appointment":
		return []int64{number(s.t, s.do("Job.create", call{body: s.plan("")}).text("firstAppointmentId"))}
	}
	return s.after(entity + ".create").ids
}

// below is a new record below a new owner: the ids of both.
func (s *scene) below(entity string) []int64 {
	s.t.Helper()
	c := calls()[entity+".create"](s)
	return []int64{c.ids[0], number(s.t, s.do(entity+".create", c).text("id"))}
}

// id is one active record's id, another one each time.
func (s *scene) id(entity string) int64 {
	s.t.Helper()
	ids := s.IDs(tenant, entity)
	for range ids {
		s.n++
		id := ids[s.n%len(ids)]
		if doc, _ := s.Document(tenant, entity, id); parseRow(s.t, doc)["active"] != false {
			return id
		}
	}
	s.t.Fatalf("no %s is active", entity)
	return 0
}

func (s *scene) tagged(entity string) call {
	s.t.Helper()
	c := calls()[entity+".addTag"](s)
	s.do(entity+".addTag", c)
	return c
}

func (s *scene) tagBody() string {
	c := s.tagged("Customer")
	other := s.of("Customer")[0]
	return fmt.Sprintf(`{"customerIds":[%d,%d],"tagTypeIds":[%d]}`, c.ids[0], other, c.ids[1])
}

// plan is what a job is booked with; visit are more members of its appointment.
func (s *scene) plan(visit string) string {
	s.t.Helper()
	place := s.of("Location")[0]
	if visit != "" {
		visit = "," + visit
	}
	return fmt.Sprintf(`{"customerId":%s,"locationId":%d,"businessUnitId":%d,"jobTypeId":%d,"campaignId":%d,"priority":"Normal","summary":"Sample work",
		"appointments":[{"start":"2026-04-01T15:00:00Z","end":"2026-04-01T17:00:00Z"%s}]}`,
		s.fixture.of(s.t, "Location", place).text("customerId"), place, s.id("BusinessUnit"), s.id("JobType"), s.id("Campaign"), visit)
}

func (s *scene) because(entity string) string {
	return fmt.Sprintf(`{"reasonId":%d,"memo":"Sample memo"}`, s.id(entity))
}

func (s *scene) crew(appointment int64) string {
	return fmt.Sprintf(`{"jobAppointmentId":%d,"technicianIds":[%d]}`, appointment, s.id("Technician"))
}

func (s *scene) errand(more string) string {
	return fmt.Sprintf(`{"technicianId":%d,"name":"Sample meeting","start":"2026-04-02T15:00:00Z","duration":"01:30:00"%s}`, s.id("Technician"), more)
}

// estimate is an open estimate.
func (s *scene) estimate() []int64 {
	s.t.Helper()
	id, err := s.Create(tenant, "Estimate", map[string]any{"name": "Sample", "status": map[string]any{"value": 0, "name": "Open"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return []int64{id}
}

func (s *scene) sku(more string) string {
	s.n++
	return fmt.Sprintf(`{"code":"%s-%d","description":"Sample item","categories":[%d]%s}`, s.t.Name(), s.n, s.id("PricebookCategory"), more)
}
