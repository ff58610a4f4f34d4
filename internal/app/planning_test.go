package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

// freedom is a technician's capacity and booked minutes, by his id.
type freedom map[string][2]int

// availability asks with arguments beside the span, which is in UTC.
func (w *world) availability(t *testing.T, from, until, more string) freedom {
	t.Helper()
	var a struct {
		Availability []struct {
			Technician                     struct{ ExternalID string }
			CapacityMinutes, BookedMinutes int
		}
	}
	w.ask(t, fmt.Sprintf(`{ availability(within: {start: %q, end: %q} %s) { technician { externalId } capacityMinutes bookedMinutes } }`, from, until, more), nil).decode(t, &a)
	out := freedom{}
	for _, one := range a.Availability {
		out[one.Technician.ExternalID] = [2]int{one.CapacityMinutes, one.BookedMinutes}
	}
	return out
}

// TestAvailability_addsUp asks for days in halves: what a day holds does not depend on how much of it is asked for.
func TestAvailability_addsUp(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	for _, day := range [][3]string{
		{"2026-03-10T06:00:00Z", "2026-03-10T19:30:00Z", "2026-03-11T06:00:00Z"},
		{"2026-03-11T06:00:00Z", "2026-03-11T13:00:00Z", "2026-03-12T06:00:00Z"},
		{"2026-03-08T07:00:00Z", "2026-03-08T09:10:00Z", "2026-03-09T06:00:00Z"}, // the clocks go forward
	} {
		sum, whole := freedom{}, w.availability(t, day[0], day[2], "")
		for _, half := range []freedom{w.availability(t, day[0], day[1], ""), w.availability(t, day[1], day[2], "")} {
			for id, m := range half {
				sum[id] = [2]int{sum[id][0] + m[0], sum[id][1] + m[1]}
			}
		}
		if diff := cmp.Diff(whole, sum); diff != "" || len(whole) == 0 {
			t.Errorf("%s (-whole +halves):\n%s", day[0], diff)
		}
	}
}

func TestAvailability_chosenTechnicians(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	const from, until = "2026-03-09T06:00:00Z", "2026-03-14T06:00:00Z"
	one, two := w.first(t, domain.Technicians.Kind), w.nth(t, domain.Technicians.Kind, 1)
	first, second := globalID(domain.Technicians.Kind, one), globalID(domain.Technicians.Kind, two)
	all := w.availability(t, from, until, "")
	only := func(ids ...int64) freedom {
		out := freedom{}
		for _, id := range ids {
			out[fmt.Sprint(id)] = all[fmt.Sprint(id)]
		}
		return out
	}
	for more, want := range map[string]freedom{
		fmt.Sprintf(`technicianIds: [%q]`, first):                                        only(one),
		fmt.Sprintf(`filter: {ids: [%q, %q]}`, first, second):                            only(one, two),
		fmt.Sprintf(`technicianIds: [%q, %q] filter: {ids: [%q]}`, first, second, first): only(one),
		fmt.Sprintf(`technicianIds: [%q] filter: {ids: [%q]}`, first, second):            {},
		`technicianIds: []`: {},
	} {
		if diff := cmp.Diff(want, w.availability(t, from, until, more)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", more, diff)
		}
	}
	a := w.ask(t, fmt.Sprintf(`{ availability(within: {start: %q, end: %q}, technicianIds: [%q]) { capacityMinutes } }`,
		from, until, w.firstID(t, domain.Customers.Kind)), nil)
	if !slices.Equal(a.codes(), []string{"BAD_USER_INPUT"}) {
		t.Errorf("a customer for a technician: %v", a.codes())
	}
}

func TestPlans_refuseByField(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	week := input{"start": "2026-03-09T06:00:00Z", "end": "2026-03-16T06:00:00Z"}
	long := input{"start": "2026-03-09T06:00:00Z", "end": "2026-04-16T06:00:00Z"}
	for _, tt := range []struct {
		name, field string
		in          input
	}{
		{"no length", "input.duration", input{"within": week}},
		{"too long a span", "input.within", input{"within": long, "duration": "PT1H"}},
		{"the wrong way round", "input.within", input{"within": input{"start": week["end"], "end": week["start"]}, "duration": "PT1H"}},
		{"a window that ends before it starts", "input.arrivalWindows.1", input{"within": week, "duration": "PT1H", "arrivalWindows": []input{
			{"from": "PT8H", "until": "PT12H"}, {"from": "PT12H", "until": "PT11H"},
		}}},
		{"a zone that is wanted and not given", "input.zoneId", input{"within": week, "duration": "PT1H", "zoneRequired": true}},
		{"too small steps", "input.step", input{"within": week, "duration": "PT1H", "step": "PT1M"}},
		{"too many slots", "input.maxResults", input{"within": week, "duration": "PT1H", "maxResults": 201}},
		{"no such place", "input.locationId", input{"within": week, "duration": "PT1H", "locationId": globalID(domain.Locations.Kind, 5)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := w.ask(t, `query ($in: AvailableSlotsInput!) { availableSlots(input: $in) { slots { score } } }`, input{"in": tt.in})
			if !slices.Equal(a.codes(), []string{"BAD_USER_INPUT"}) || a.Errors[0].Extensions.Field != tt.field {
				t.Errorf("errors %+v, want one of %s", a.Errors, tt.field)
			}
		})
	}
	a := w.ask(t, `{ capacity(within: {start: "2026-03-09T06:00:00Z", end: "2026-06-16T06:00:00Z"}) { date } }`, nil)
	if !slices.Equal(a.codes(), []string{"BAD_USER_INPUT"}) {
		t.Errorf("a quarter of a year: %+v", a.Errors)
	}
}

// TestCapacity_saysWhyServiceTitanIsSilent takes ServiceTitan away: LAZI's own figures stay.
func TestCapacity_saysWhyServiceTitanIsSilent(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	ask := func(until string) (said int, missing []string) {
		t.Helper()
		var a struct {
			Capacity []struct {
				Total         struct{ CapacityMinutes int }
				BusinessUnits []struct {
					ServiceTitan        *struct{ TotalHours float64 }
					ServiceTitanMissing *string
				}
			}
		}
		w.ask(t, fmt.Sprintf(`{ capacity(within: {start: "2026-03-09T06:00:00Z", end: %q}) { total { capacityMinutes }
			businessUnits { serviceTitan { totalHours } serviceTitanMissing } } }`, until), nil).decode(t, &a)
		minutes := 0
		for _, d := range a.Capacity {
			minutes += d.Total.CapacityMinutes
			for _, u := range d.BusinessUnits {
				switch {
				case (u.ServiceTitan == nil) != (u.ServiceTitanMissing != nil):
					t.Errorf("figures %v, missing %v", u.ServiceTitan, u.ServiceTitanMissing)
				case u.ServiceTitan != nil:
					said++
				case !slices.Contains(missing, *u.ServiceTitanMissing):
					missing = append(missing, *u.ServiceTitanMissing)
				}
			}
		}
		if minutes == 0 {
			t.Error("LAZI has no figures of its own")
		}
		return said, missing
	}
	const week, month = "2026-03-16T06:00:00Z", "2026-04-09T06:00:00Z"
	if said, missing := ask(week); said == 0 || len(missing) > 0 {
		t.Errorf("%d figures, missing %v", said, missing)
	}
	if calls := w.sent.take(); len(calls) != 1 || !strings.HasSuffix(calls[0].path, "/capacity") {
		t.Errorf("ServiceTitan is asked %v, want once for all days and units", calls)
	}
	if said, missing := ask(month); said > 0 || !slices.Equal(missing, []string{"ServiceTitan tells capacity for 14 days at most"}) {
		t.Errorf("a month: %d figures, missing %v", said, missing)
	}
	w.sim.Faults().Set(simulator.Settings{Next: -1, Status: http.StatusServiceUnavailable, Path: "/dispatch/v2/"})
	if said, missing := ask(week); said > 0 || !slices.Equal(missing, []string{"ServiceTitan does not answer"}) {
		t.Errorf("away: %d figures, missing %v", said, missing)
	}
}

// TestPlans_withoutServiceTitan plans from the mirror and the usual business hours.
func TestPlans_withoutServiceTitan(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	w.sim.Faults().Set(simulator.Settings{Next: -1, Status: http.StatusServiceUnavailable})
	if b := w.board(t, "2026-03-11").DispatchBoard; len(b.Lanes) == 0 {
		t.Error("the board is empty")
	}
}

// TestPlans_costTheSameForManyAndFew counts statements for one technician and for all.
func TestPlans_costTheSameForManyAndFew(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.DefaultSizes())
	const span = `within: {start: "2026-03-09T06:00:00Z", end: "2026-03-16T06:00:00Z"}`
	one := fmt.Sprintf(`filter: {ids: [%q]}`, w.firstID(t, domain.Technicians.Kind))
	for _, tt := range []struct {
		name, query string
		most        int
	}{
		{"board", `{ dispatchBoard(date: "2026-03-11" %s) { lanes { technician { name } shifts { title } visits { appointment { number conflicts { appointment { number } } job { customer { name } } } } } unassigned { conflicts { during { start } } } } }`, 12},
		{"alerts", `{ dispatchAlerts(date: "2026-03-11" %s) { code technician { name } appointment { number } } }`, 7},
		{"availability", `{ availability(` + span + ` %s) { technician { name } days { free { start } } } }`, 6},
		{"capacity", `{ capacity(` + span + ` %s) { date businessUnits { businessUnit { name } } zones { zone { name } } } }`, 7},
		{"slots", `{ availableSlots(input: {` + span + ` duration: "PT1H" %s}) { slots { technician { name } score } } }`, 5},
		{"schedules", `{ technicians(first: 100 %s) { nodes { schedule(` + span + `) { appointment { number } shift { title } } } } }`, 7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			count := func(filter string) int {
				t.Helper()
				query := fmt.Sprintf(tt.query, filter)
				w.ask(t, query, nil).decode(t, new(any)) // settings and states are read once
				w.statements.take()
				w.ask(t, query, nil).decode(t, new(any))
				return len(w.statements.take())
			}
			few, many := count(one), count("")
			if few > tt.most || many > tt.most {
				t.Errorf("%d statements for one technician, %d for all, want at most %d", few, many, tt.most)
			}
		})
	}
}

// TestPlans_technicianSeesHisOwn asks as a technician for what dispatchers plan with.
func TestPlans_technicianSeesHisOwn(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.DefaultSizes())
	technician := w.nth(t, domain.Technicians.Kind, 2)
	own := map[string]bool{}
	for _, doc := range w.sim.Each(tenant, "AppointmentAssignment") {
		var a struct {
			AppointmentID, TechnicianID json.Number
			Active                      bool
		}
		if read(t, doc, &a); a.Active && a.TechnicianID.String() == fmt.Sprint(technician) {
			own[a.AppointmentID.String()] = true
		}
	}
	other := globalID(domain.Technicians.Kind, w.nth(t, domain.Technicians.Kind, 3))
	body, err := json.Marshal(map[string]any{"variables": input{"other": other}, "query": `query ($other: ID!) {
		dispatchBoard(date: "2026-03-11") {
			lanes { technician { externalId } visits { appointment { externalId conflicts { technician { externalId } } } } } unassigned { externalId } late { externalId } totals { count }
		}
		dispatchAlerts(date: "2026-03-11") { technician { externalId } appointment { externalId } }
		availability(within: {start: "2026-03-09T06:00:00Z", end: "2026-03-16T06:00:00Z"}) { technician { externalId } }
		availableSlots(input: {within: {start: "2026-03-09T06:00:00Z", end: "2026-03-16T06:00:00Z"}, duration: "PT1H"}) {
			slots { technician { externalId } } rejected { technician { externalId } }
		}
		capacity(within: {start: "2026-03-09T06:00:00Z", end: "2026-03-16T06:00:00Z"}) { total { technicians } businessUnits { serviceTitanMissing } }
		technician(id: $other) { schedule(within: {start: "2026-03-09T06:00:00Z", end: "2026-03-16T06:00:00Z"}) { appointment { externalId } } }
	}`})
	if err != nil {
		t.Fatal(err)
	}
	a := w.post(t, "Bearer "+technicianToken(t, technician), string(body))
	if len(a.Errors) > 0 {
		t.Fatalf("errors %+v", a.Errors)
	}
	var all map[string]any
	read(t, a.Data, &all)
	if all["technician"] != nil {
		t.Errorf("he sees the schedule of another: %v", all["technician"])
	}
	technicians, visits := 0, 0
	var look func(name string, v any)
	look = func(name string, v any) {
		switch v := v.(type) {
		case map[string]any:
			id, _ := v["externalId"].(string)
			switch {
			case id == "":
			case name == "technician":
				if technicians++; id != fmt.Sprint(technician) {
					t.Errorf("he sees technician %s", id)
				}
			default:
				if visits++; !own[id] {
					t.Errorf("he sees visit %s", id)
				}
			}
			for name, member := range v {
				look(name, member)
			}
		case []any:
			for _, item := range v {
				look(name, item)
			}
		}
	}
	look("", any(all))
	if technicians < 4 || visits < 3 {
		t.Errorf("he sees himself %d times, and %d visits", technicians, visits)
	}
	var c struct {
		Capacity []struct {
			Total         struct{ Technicians int }
			BusinessUnits []struct{ ServiceTitanMissing *string }
		}
	}
	a.decode(t, &c)
	for _, day := range c.Capacity {
		for _, u := range day.BusinessUnits {
			if u.ServiceTitanMissing == nil || *u.ServiceTitanMissing != "ServiceTitan's figures are about other technicians too" || day.Total.Technicians > 1 {
				t.Errorf("capacity %+v", day)
			}
		}
	}
	if calls := w.sent.take(); len(calls) > 0 {
		t.Errorf("ServiceTitan is asked for a technician: %v", calls)
	}
}

// TestBoard_keepsTheLaneOfWhoHasLeft switches a technician off who has visits: they must not vanish.
func TestBoard_keepsTheLaneOfWhoHasLeft(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	technician := w.first(t, domain.Technicians.Kind)
	id := globalID(domain.Technicians.Kind, technician)
	w.must(t, "createJob", w.plan(t, input{"scheduled": span(40, 8, 10), "technicianIds": []string{id}}))
	db, err := pgx.Connect(t.Context(), w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.WithoutCancel(t.Context()))
	if _, err := db.Exec(t.Context(), fmt.Sprintf("SELECT set_config('lazi.tenant_id', '%d', false)", tenant)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `UPDATE raw.st_technicians SET full_data = full_data || '{"active": false}' WHERE tenant_id = $1 AND st_id = $2`, tenant, technician); err != nil {
		t.Fatal(err)
	}
	if l := w.board(t, "2026-04-20").laneOf(t, fmt.Sprint(technician)); len(l.Visits) != 1 {
		t.Errorf("his lane has %d visits", len(l.Visits))
	}
	for _, l := range w.board(t, "2026-04-21").DispatchBoard.Lanes {
		if l.Technician.ExternalID == fmt.Sprint(technician) {
			t.Error("he has a lane on a day without visits")
		}
	}
	a := w.ask(t, `{ dispatchAlerts(date: "2026-04-20") { code message } }`, nil)
	if !strings.Contains(string(a.Data), "no longer works here") {
		t.Errorf("alerts %s", a.Data)
	}
}
