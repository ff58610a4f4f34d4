package app_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
)

// The ids of the appointments that tests make: the first two tell that subscriptions have begun.
const (
	firstMark, lastMark                  int64 = 90_000_001, 90_000_002
	visit, otherVisit                    int64 = 90_001_000, 90_002_000
	technicianOfVisit, assignmentOfVisit int64 = 777, 91_000_001
)

// mark returns what makes feeds of a day begin.
func (w *changesWorld) mark(t *testing.T, start time.Time) func(last bool) {
	t.Helper()
	n := 0
	return func(last bool) {
		n++
		if last {
			w.putAppointment(t, lastMark, "last", start)
			return
		}
		w.putAppointment(t, firstMark, fmt.Sprint("mark ", n), start)
	}
}

func TestChanges_ofASyncArriveWithObjectAndFields(t *testing.T) {
	t.Parallel()
	w := newChangesWorld(t)
	f := subscribe(t, w.server, w.token(t, tenant), appointmentChanged, nil)
	w.begun(t, w.mark(t, anchor), f)
	id := w.sim.IDs(tenant, "Appointment")[3]
	if err := w.sim.Change(tenant, "Appointment", id, map[string]any{"specialInstructions": "Sample gate code"}); err != nil {
		t.Fatal(err)
	}
	runs, err := w.Syncs().Start(t.Context(), domain.TenantID(tenant), []domain.NewRun{{Kind: domain.Appointments.Kind, Mode: domain.SyncFull, Trigger: domain.TriggerCommand}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Syncs().Finish(t.Context(), domain.TenantID(tenant), runs, 1); err != nil {
		t.Fatal(err)
	}
	e := f.next()
	for e.ID != global("Appointment", id) {
		e = f.next()
	}
	if e.Kind != "UPDATED" || !slices.Contains(e.ChangedFields, "specialInstructions") || e.Appointment == nil || e.Appointment.ID != e.ID || e.ResumeToken == "" {
		t.Errorf("event %+v", e)
	}
}

func TestChanges_resumeOnAnotherServer(t *testing.T) {
	t.Parallel()
	w := newChangesWorld(t)
	other := w.second(t)
	token := w.token(t, tenant)
	first := subscribe(t, w.server, token, appointmentChanged, nil)
	w.begun(t, w.mark(t, anchor), first)
	w.put(t, unlinked, domain.Appointments.Kind, visit, map[string]any{"appointmentNumber": "of another tenant"})
	w.putAppointment(t, visit, "seen", anchor)
	seen := first.next()
	if seen.Kind != "CREATED" || seen.Appointment.Number != "seen" {
		t.Fatalf("event %+v", seen)
	}
	var want []string
	for n := range 30 {
		w.putAppointment(t, otherVisit+int64(n), fmt.Sprint("visit ", n), anchor)
		want = append(want, fmt.Sprint("CREATED visit ", n))
	}
	second := subscribe(t, other, token, appointmentChanged, map[string]any{"since": seen.ResumeToken})
	var got []string
	for range 10 {
		got = append(got, second.told())
	}
	e := second.next()
	got = append(got, e.Kind+" "+e.Appointment.Number)
	third := subscribe(t, w.server, token, appointmentChanged, map[string]any{"since": e.ResumeToken})
	w.putAppointment(t, visit+5000, "live", anchor)
	for len(got) <= len(want) {
		got = append(got, third.told())
	}
	if diff := cmp.Diff(append(want, "CREATED live"), got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestChanges_refuseBadTokens(t *testing.T) {
	t.Parallel()
	w := newChangesWorld(t)
	for since, want := range map[string]string{
		"7": "BAD_USER_INPUT", domain.Place{XID: 1, Seq: 1, Records: 1}.String(): "RESUME_EXPIRED",
	} {
		f := subscribe(t, w.server, w.token(t, tenant), appointmentChanged, map[string]any{"since": since})
		if e := f.next(); e.code != want {
			t.Errorf("%q: code %q, want %s", since, e.code, want)
		}
		if e, open := <-f.events; open {
			t.Errorf("%q: the stream goes on with %+v", since, e)
		}
	}
}

func TestChanges_showTechniciansTheirOwn(t *testing.T) {
	t.Parallel()
	w := newChangesWorld(t)
	assign := func(active bool) {
		w.put(t, tenant, domain.AppointmentAssignments.Kind, assignmentOfVisit, map[string]any{
			"appointmentId": visit, "technicianId": technicianOfVisit, "active": active,
		})
	}
	for i, id := range []int64{firstMark, lastMark} {
		w.put(t, tenant, domain.AppointmentAssignments.Kind, assignmentOfVisit+1+int64(i), map[string]any{"appointmentId": id, "technicianId": technicianOfVisit})
	}
	day := anchor.Add(18 * time.Hour)
	w.putAppointment(t, visit, "his", day)
	assign(true)
	token := technicianToken(t, technicianOfVisit)
	own := subscribe(t, w.server, token, appointmentChanged, nil)
	board := subscribe(t, w.server, token, boardChanged, map[string]any{"date": "2026-03-11"})
	w.begun(t, w.mark(t, day), own, board)

	w.putAppointment(t, otherVisit, "not his", day)
	w.put(t, tenant, domain.Appointments.Kind, otherVisit, nil)
	w.putAppointment(t, visit, "his again", day)
	for _, f := range []*feed{own, board} {
		if got := f.told(); got != "UPDATED his again appointmentNumber,modifiedOn" {
			t.Errorf("event %q", got)
		}
	}
	assign(false)
	if got := board.told(); got != "DELETED gone active,modifiedOn" {
		t.Errorf("taken from him: %q", got)
	}
	w.putAppointment(t, visit, "somebody else's", day)
	w.put(t, tenant, domain.Appointments.Kind, firstMark, nil)
	if got := own.told(); got != "DELETED gone" {
		t.Errorf("event %q", got)
	}
	if got := board.told(); got != "DELETED gone" {
		t.Errorf("event %q", got)
	}
}

// TestChanges_ofABoard is about the day in Denver on which the clocks go forward: it has 23 hours.
func TestChanges_ofABoard(t *testing.T) {
	t.Parallel()
	w := newChangesWorld(t)
	begins, ends := time.Date(2026, 3, 8, 7, 0, 0, 0, time.UTC), time.Date(2026, 3, 9, 6, 0, 0, 0, time.UTC)
	w.putAppointment(t, visit, "on it", begins)
	f := subscribe(t, w.server, w.token(t, tenant), boardChanged, map[string]any{"date": "2026-03-08"})
	w.begun(t, w.mark(t, begins.Add(time.Hour)), f)
	var got, want []string
	tell := func(what string) { got, want = append(got, f.told()), append(want, what) }
	const moved = "appointmentNumber,end,modifiedOn,start"

	w.putAppointment(t, otherVisit, "the day before", begins.Add(-time.Hour))
	w.putAppointment(t, otherVisit+1, "the day after", ends)
	w.putAppointment(t, otherVisit+2, "late", ends.Add(-time.Minute))
	tell("CREATED late")
	w.putAppointment(t, visit, "moved away", ends)
	tell("UPDATED moved away " + moved)
	w.putAppointment(t, visit, "elsewhere", ends.Add(time.Hour))
	w.putAppointment(t, otherVisit+2, "in time", ends.Add(-time.Hour))
	tell("UPDATED in time " + moved)
	w.putAppointment(t, visit, "back", begins.Add(-time.Minute))
	tell("UPDATED back " + moved)
	assignment := map[string]any{"appointmentId": visit, "technicianId": technicianOfVisit}
	w.put(t, tenant, domain.AppointmentAssignments.Kind, assignmentOfVisit, assignment)
	tell("UPDATED back")
	assignment["active"] = false
	w.put(t, tenant, domain.AppointmentAssignments.Kind, assignmentOfVisit, assignment)
	tell("UPDATED back active,modifiedOn")
	w.put(t, tenant, domain.AppointmentAssignments.Kind, assignmentOfVisit+1, map[string]any{"appointmentId": otherVisit})
	w.put(t, tenant, domain.Appointments.Kind, otherVisit, nil)
	w.put(t, tenant, domain.Appointments.Kind, visit, nil)
	tell("DELETED gone")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// TestChanges_ofABoardThatWasMissed moves an appointment away while its subscriber is not there.
func TestChanges_ofABoardThatWasMissed(t *testing.T) {
	t.Parallel()
	w := newChangesWorld(t)
	day := anchor.Add(18 * time.Hour)
	w.putAppointment(t, visit, "on it", day)
	variables := map[string]any{"date": "2026-03-11"}
	f := subscribe(t, w.server, w.token(t, tenant), boardChanged, variables)
	w.begun(t, w.mark(t, day), f)
	w.putAppointment(t, visit, "still on it", day)
	variables["since"] = f.next().ResumeToken
	w.putAppointment(t, visit, "moved away", day.AddDate(0, 0, 7))
	again := subscribe(t, w.second(t), w.token(t, tenant), boardChanged, variables)
	if got := again.told(); got != "UPDATED moved away appointmentNumber,end,modifiedOn,start" {
		t.Errorf("event %q", got)
	}
}

func TestChanges_endWithTheServer(t *testing.T) {
	t.Parallel()
	w := newChangesWorld(t)
	f := subscribe(t, w.server, w.token(t, tenant), appointmentChanged, nil)
	w.begun(t, w.mark(t, anchor), f)
	ws, _, err := websocket.Dial(t.Context(), w.server.URL+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	say := func(text string) {
		if err := ws.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	say(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":"Bearer %s"}}`, w.token(t, tenant)))
	say(fmt.Sprintf(`{"type":"subscribe","id":"1","payload":{"query":%q}}`, appointmentChanged))
	heard := make(chan error, 1000)
	go func() {
		for {
			_, _, err := ws.Read(t.Context())
			if heard <- err; err != nil {
				return
			}
		}
	}()
	<-heard // the acknowledgement
	began := false
	for n := 0; !began; n++ {
		w.putAppointment(t, visit, fmt.Sprint("visit ", n), anchor)
		select {
		case <-heard:
			began = true
		case <-time.After(20 * time.Millisecond):
		}
	}
	w.Close()
	for err := range heard {
		if err == nil {
			continue
		}
		if websocket.CloseStatus(err) != websocket.StatusGoingAway {
			t.Errorf("the websocket ends with %v", err)
		}
		break
	}
	code := ""
	for e := range f.events {
		code = e.code
	}
	if code != "UNAVAILABLE" {
		t.Errorf("the stream ends with %q", code)
	}
}
