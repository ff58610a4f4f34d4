package app_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

const boardQuery = `query ($date: Date!, $filter: TechnicianFilter) { dispatchBoard(date: $date, filter: $filter) {
	date
	lanes { technician { externalId name } capacityMinutes bookedMinutes visits { late appointment { externalId status conflicts { during { start } appointment { externalId } } job { number customer { name } location { name } } } assignment { status } } shifts { title } nonJobAppointments { name } }
	unassigned { externalId } late { externalId } totals { status count }
} }`

type lane struct {
	Technician                     struct{ ExternalID, Name string }
	CapacityMinutes, BookedMinutes int
	Visits                         []struct {
		Late        bool
		Appointment struct {
			ExternalID, Status string
			Conflicts          []struct{ Appointment *struct{ ExternalID string } }
		}
	}
}

type boardAnswer struct {
	DispatchBoard struct {
		Lanes            []lane
		Unassigned, Late []struct{ ExternalID string }
		Totals           []struct {
			Status string
			Count  int
		}
	}
}

func (w *world) board(t *testing.T, date string) boardAnswer {
	t.Helper()
	var b boardAnswer
	w.ask(t, boardQuery, map[string]any{"date": date}).decode(t, &b)
	return b
}

// laneOf is the lane of a technician.
func (b boardAnswer) laneOf(t *testing.T, technician string) lane {
	t.Helper()
	for _, l := range b.DispatchBoard.Lanes {
		if l.Technician.ExternalID == technician {
			return l
		}
	}
	t.Fatalf("there is no lane of %s", technician)
	return lane{}
}

// TestBoard holds the board of a day against ServiceTitan's own records, and counts its statements: they do not depend on how
// many lanes there are.
func TestBoard_showsTheDay(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.DefaultSizes())
	w.board(t, "2026-03-11") // settings and business hours are read once
	w.statements.take()
	b := w.board(t, "2026-03-11")
	if sent := w.statements.take(); len(sent) > 15 {
		t.Errorf("%d statements:\n%s", len(sent), strings.Join(sent, "\n"))
	}
	if visits := w.wantBoard(t, b, "2026-03-11T06:00:00Z", "2026-03-12T06:00:00Z"); visits < 50 {
		t.Errorf("the board has %d visits only", visits)
	}
}

func screaming(s string) string { return strings.ToUpper(s) }

// TestPlans asks for what a dispatcher plans with, on the day of the clocks' change among them, and holds it together.
func TestPlans_agreeWithEachOther(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	within := map[string]any{"start": "2026-03-07T07:00:00Z", "end": "2026-03-14T06:00:00Z"}
	var a struct {
		Availability []struct {
			Technician struct{ ExternalID string }
			Days       []struct {
				Date                           string
				Free                           []struct{ Start, End string }
				CapacityMinutes, BookedMinutes int
			}
			CapacityMinutes, BookedMinutes int
		}
		Capacity []struct {
			Date          string
			Total         struct{ Technicians, CapacityMinutes, BookedMinutes, FreeMinutes int }
			BusinessUnits []struct {
				BusinessUnit *struct{ Name string }
				ServiceTitan *struct{ TotalHours, OpenHours float64 }
			}
		}
	}
	w.ask(t, `query ($within: TimeWindowInput!) {
		availability(within: $within) { technician { externalId } capacityMinutes bookedMinutes days { date free { start end } capacityMinutes bookedMinutes } }
		capacity(within: $within) { date total { technicians capacityMinutes bookedMinutes freeMinutes } businessUnits { businessUnit { name } serviceTitan { totalHours openHours } } }
	}`, map[string]any{"within": within}).decode(t, &a)
	if len(a.Availability) == 0 || len(a.Capacity) != 7 {
		t.Fatalf("%d technicians, %d days", len(a.Availability), len(a.Capacity))
	}
	for i, day := range a.Capacity {
		capacity, booked := 0, 0
		for _, one := range a.Availability {
			if one.Days[i].Date != day.Date {
				t.Fatalf("day %s stands where %s should", one.Days[i].Date, day.Date)
			}
			capacity += one.Days[i].CapacityMinutes
			booked += one.Days[i].BookedMinutes
		}
		if day.Total.CapacityMinutes != capacity || day.Total.BookedMinutes != booked {
			t.Errorf("%s: capacity %+v, technicians have %d and %d", day.Date, day.Total, capacity, booked)
		}
		for _, u := range day.BusinessUnits {
			if u.BusinessUnit == nil || u.ServiceTitan == nil {
				t.Errorf("%s: a business unit lacks its name or ServiceTitan's figures", day.Date)
			}
		}
	}
	var s struct {
		AvailableSlots struct {
			Slots []struct {
				Technician struct{ ID, ExternalID string }
				Scheduled  struct{ Start, End string }
				Score      float64
				Parts      []struct {
					Name, Reason string
					Points       float64
				}
			}
			Rejected []struct{ Reason string }
		}
	}
	w.ask(t, `query ($in: AvailableSlotsInput!) { availableSlots(input: $in) {
		slots { technician { id externalId } scheduled { start end } score parts { name points reason } } rejected { reason } } }`,
		map[string]any{"in": input{"within": within, "duration": "PT2H", "locationId": w.firstID(t, domain.Locations.Kind), "maxResults": 10}}).decode(t, &s)
	if len(s.AvailableSlots.Slots) != 10 {
		t.Fatalf("%d slots, want 10", len(s.AvailableSlots.Slots))
	}
	for i, slot := range s.AvailableSlots.Slots {
		sum := 0.0
		for _, p := range slot.Parts {
			sum += p.Points
		}
		if len(slot.Parts) != 3 || sum != slot.Score || i > 0 && slot.Score > s.AvailableSlots.Slots[i-1].Score {
			t.Errorf("slot %d: %+v", i, slot)
		}
	}
	best := s.AvailableSlots.Slots[0]
	booked := w.must(t, "createJob", w.plan(t, input{"scheduled": input{"start": best.Scheduled.Start, "end": best.Scheduled.End}, "technicianIds": []string{best.Technician.ID}}))
	if booked.ID == "" {
		t.Error("what is offered cannot be booked")
	}
}

func TestAlerts_tellWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	technician := globalID(domain.Technicians.Kind, w.first(t, domain.Technicians.Kind))
	w.must(t, "createJob", w.plan(t, input{"scheduled": span(40, 8, 10), "technicianIds": []string{technician}}))
	clash := w.plan(t, input{"scheduled": span(40, 9, 11), "technicianIds": []string{technician}}, input{"scheduled": span(40, 9, 11)})
	if m := w.change(t, "createJob", clash); !withCode(m, "DOUBLE_BOOKED") {
		t.Fatalf("errors %+v", m.Errors)
	}
	clash["allowConflict"], clash["reason"] = true, "the customer insists"
	if m := w.changeAs(t, "Bearer "+w.roleToken(t, auth.Dispatcher), "createJob", clash); !withCode(m, "FORBIDDEN") {
		t.Fatalf("a dispatcher may overbook: %+v", m.Errors)
	}
	w.must(t, "createJob", clash)
	w.must(t, "addTimeOff", input{"technicianIds": []string{technician}, "title": "Sample time off", "scheduled": span(40, 8, 9)})
	var a struct {
		DispatchAlerts []struct {
			Code, Message string
			Technician    *struct{ ID string }
		}
	}
	w.ask(t, `{ dispatchAlerts(date: "2026-04-20") { code message technician { id } } }`, nil).decode(t, &a)
	var codes []string
	for _, one := range a.DispatchAlerts {
		codes = append(codes, one.Code)
	}
	// The test's clock is far behind that day.
	for _, want := range []string{"LATE", "UNASSIGNED", "DOUBLE_BOOKED", "OFF_DUTY"} {
		if !slices.Contains(codes, want) {
			t.Errorf("alerts %v lack %s", codes, want)
		}
	}
	if !slices.IsSortedFunc(a.DispatchAlerts, func(x, y struct {
		Code, Message string
		Technician    *struct{ ID string }
	},
	) int {
		order := []string{"LATE", "UNASSIGNED", "DOUBLE_BOOKED", "OFF_DUTY", "NOT_DISPATCHED", "OVERLOADED"}
		return slices.Index(order, x.Code) - slices.Index(order, y.Code)
	}) {
		t.Errorf("alerts are out of order: %v", codes)
	}
	b := w.board(t, "2026-04-20")
	conflicts := 0
	for _, l := range b.DispatchBoard.Lanes {
		for _, v := range l.Visits {
			conflicts += len(v.Appointment.Conflicts)
		}
	}
	if conflicts < 3 {
		t.Errorf("%d conflicts on the board, want each visit's with the other and with time off", conflicts)
	}
	var s struct {
		Technician struct {
			Schedule []struct {
				Appointment, Shift, NonJobAppointment *struct{ ID string }
			}
		}
	}
	w.ask(t, `query ($id: ID!) { technician(id: $id) { schedule(within: {start: "2026-04-20T06:00:00Z", end: "2026-04-21T06:00:00Z"}) {
		appointment { id } shift { id } nonJobAppointment { id } } } }`, map[string]any{"id": technician}).decode(t, &s)
	if n := len(s.Technician.Schedule); n < 3 {
		t.Errorf("%d entries on the schedule", n)
	}
}

// TestUncancel_findsTheTimeTaken brings a job back whose technician has been booked by somebody else meanwhile.
func TestUncancel_findsTheTimeTaken(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	technician := []string{globalID(domain.Technicians.Kind, w.first(t, domain.Technicians.Kind))}
	job := w.must(t, "createJob", w.plan(t, input{"scheduled": span(44, 8, 10), "technicianIds": technician}))
	w.must(t, "cancelJob", input{"id": job.ID, "reasonId": w.reason(t, "cancel"), "memo": "Sample memo"})
	w.must(t, "createJob", w.plan(t, input{"scheduled": span(44, 9, 11), "technicianIds": technician}))
	back := input{"id": job.ID, "dryRun": true}
	if m := w.change(t, "uncancelJob", back); !withCode(m, "DOUBLE_BOOKED") || m.Errors[0].Field[1] != "id" {
		t.Errorf("a rehearsal: %+v", m.Errors)
	}
	back["dryRun"] = false
	w.sent.take()
	if m := w.change(t, "uncancelJob", back); !withCode(m, "DOUBLE_BOOKED") || len(w.sent.take()) > 0 {
		t.Errorf("errors %+v", m.Errors)
	}
	back["allowConflict"], back["reason"] = true, "the customer insists"
	w.must(t, "uncancelJob", back)
	w.wantMirror(t, domain.Jobs.Kind, domain.Appointments.Kind, domain.AppointmentAssignments.Kind)
}

// TestBoard_ofSomeTechnicians shows what the technicians do that are looked at, and what nobody does.
func TestBoard_ofSomeTechnicians(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	first, second := w.first(t, domain.Technicians.Kind), w.nth(t, domain.Technicians.Kind, 1)
	for i, technicians := range [][]string{{globalID(domain.Technicians.Kind, first)}, {globalID(domain.Technicians.Kind, second)}, nil} {
		w.must(t, "createJob", w.plan(t, input{"scheduled": span(45, 8+2*i, 10+2*i), "technicianIds": technicians}))
	}
	var b boardAnswer
	w.ask(t, boardQuery, map[string]any{
		"date": "2026-04-25", "filter": input{"ids": []string{globalID(domain.Technicians.Kind, first)}},
	}).decode(t, &b)
	if n := len(b.DispatchBoard.Lanes); n != 1 || len(b.laneOf(t, strconv.FormatInt(first, 10)).Visits) != 1 {
		t.Errorf("%d lanes", n)
	}
	if n := len(b.DispatchBoard.Unassigned); n != 1 {
		t.Errorf("%d visits are nobody's", n)
	}
	if totals := b.DispatchBoard.Totals; len(totals) != 1 || totals[0].Count != 2 {
		t.Errorf("totals %+v, want the technician's visit and nobody's", totals)
	}
}

// TestSlots_areYetToCome asks for a span that has begun.
func TestSlots_areYetToCome(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	asked := time.Now()
	var s struct {
		AvailableSlots struct {
			Slots []struct{ Scheduled struct{ Start time.Time } }
		}
	}
	w.ask(t, `query ($in: AvailableSlotsInput!) { availableSlots(input: $in) { slots { scheduled { start } } } }`,
		map[string]any{"in": input{
			"within":   input{"start": asked.AddDate(0, 0, -7), "end": asked.AddDate(0, 0, 7)},
			"duration": "PT1H", "maxResults": 200, "perTechnician": 0,
		}}).decode(t, &s)
	if len(s.AvailableSlots.Slots) == 0 {
		t.Fatal("there is no slot")
	}
	for _, slot := range s.AvailableSlots.Slots {
		if slot.Scheduled.Start.Before(asked) {
			t.Fatalf("%s has passed", slot.Scheduled.Start)
		}
	}
}

// wantBoard holds a board against ServiceTitan's own records of a day, and returns how many visits its lanes have.
func (w *world) wantBoard(t *testing.T, board boardAnswer, begins, ends string) (visits int) {
	t.Helper()
	b := board.DispatchBoard
	day := map[string]string{} // status by id
	for _, doc := range w.sim.Each(tenant, "Appointment") {
		var a struct {
			ID          json.Number
			Start, End  string
			Status      string
			Active      bool
			ArrivalWind string
		}
		read(t, doc, &a)
		if a.Active && a.Start < ends && a.End > begins {
			day[a.ID.String()] = a.Status
		}
	}
	counts := map[string]int{}
	for _, s := range day {
		counts[screaming(s)]++
	}
	for _, total := range b.Totals {
		if counts[total.Status] != total.Count {
			t.Errorf("%d are %s, want %d", total.Count, total.Status, counts[total.Status])
		}
		delete(counts, total.Status)
	}
	if len(counts) > 0 {
		t.Errorf("totals lack %v", counts)
	}
	technicians := map[string][]string{}
	for _, doc := range w.sim.Each(tenant, "AppointmentAssignment") {
		var a struct {
			AppointmentID, TechnicianID json.Number
			Active                      bool
		}
		read(t, doc, &a)
		if s, on := day[a.AppointmentID.String()]; on && a.Active && s != "Canceled" {
			technicians[a.TechnicianID.String()] = append(technicians[a.TechnicianID.String()], a.AppointmentID.String())
		}
	}
	for _, l := range b.Lanes {
		var got []string
		for _, v := range l.Visits {
			got = append(got, v.Appointment.ExternalID)
		}
		want := technicians[l.Technician.ExternalID]
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, slices.Compact(want)) {
			t.Errorf("%s has %v, want %v", l.Technician.Name, got, want)
		}
		visits += len(got)
		if l.CapacityMinutes < l.BookedMinutes || l.CapacityMinutes > 25*60 {
			t.Errorf("%s works %d minutes, %d are booked", l.Technician.Name, l.CapacityMinutes, l.BookedMinutes)
		}
	}
	return visits
}
