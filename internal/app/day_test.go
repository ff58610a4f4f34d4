package app_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

// TestDay plays a dispatcher's day on two servers: bookings, moves, two dispatchers who race for one technician, technicians who
// arrive and finish by their app, a cancellation, an outage, and a server that is restarted. At the end ServiceTitan, the mirror
// and the board agree, and each subscriber has seen every event once, in order.
func TestDay(t *testing.T) {
	t.Parallel()
	w := newChangesWorldOf(t, fresh())
	second := w.second(t)
	dispatcher := "Bearer " + w.roleToken(t, auth.Dispatcher)
	here := func(mutation string, in input) made {
		t.Helper()
		return w.mustAs(t, w.server, dispatcher, mutation, in)
	}
	there := func(mutation string, in input) made { t.Helper(); return w.mustAs(t, second, dispatcher, mutation, in) }

	restarted, stop := w.another(t)
	before := w.place(t)
	early := subscribe(t, restarted, w.token(t, tenant), appointmentChanged, nil)
	late := subscribe(t, second, w.token(t, tenant), boardChanged, map[string]any{"date": "2026-05-10"})
	w.begun(t, w.mark(t, anchor.AddDate(0, 0, 60).Add(timeOf(16))), early, late)
	for _, id := range []int64{firstMark, lastMark} {
		w.put(t, tenant, domain.Appointments.Kind, id, nil) // ServiceTitan has none of them
	}

	technicians := make([]string, 4)
	for i := range technicians {
		technicians[i] = globalID(domain.Technicians.Kind, w.nth(t, domain.Technicians.Kind, i))
	}
	var jobs, visits []string
	for i := range 6 {
		job := here("createJob", w.plan(t, input{"scheduled": span(60, 8+2*(i/3), 10+2*(i/3)), "technicianIds": technicians[i%3 : i%3+1]}))
		jobs, visits = append(jobs, job.ID), append(visits, w.visitOf(t, job))
	}
	there("rescheduleAppointment", input{"id": visits[0], "scheduled": span(60, 13, 15), "reason": "the customer called"})
	there("confirmAppointment", input{"id": visits[0]})
	here("assignTechnicians", input{"appointmentId": visits[1], "technicianIds": technicians[3:]})
	here("unassignTechnicians", input{"appointmentId": visits[1], "technicianIds": technicians[1:2]})
	here("holdJob", input{"id": jobs[5], "reasonId": w.reason(t, "hold"), "memo": "waits for parts"})
	there("unholdJob", input{"id": jobs[5]})
	w.race(t, second, dispatcher, technicians[0])

	w.technicians(t, visits[2], "dispatch", "arrive", "done")
	w.technicians(t, visits[0], "dispatch")
	there("cancelJob", input{"id": jobs[4], "reasonId": w.reason(t, "cancel"), "memo": "called off"})

	w.sim.Faults().Set(simulator.Settings{Status: 503, Next: 3}) // an outage, while somebody writes
	move := input{"id": visits[3], "scheduled": span(60, 16, 17), "idempotencyKey": "sample-key"}
	if m := w.changeAs(t, dispatcher, "rescheduleAppointment", move); !slices.Equal(m.codes(), []string{"OUTCOME_UNKNOWN"}) {
		t.Errorf("in an outage: %+v", m)
	}
	w.sim.Faults().Set(simulator.Settings{})
	there("rescheduleAppointment", move)

	seen := early.all()
	stop() // a server is restarted; its subscribers go on behind what they have seen
	there("createAppointment", input{"jobId": jobs[3], "scheduled": span(60, 18, 19), "technicianIds": technicians[2:3]})
	seen = append(seen, early.all()...)
	resumed := subscribe(t, w.second(t), w.token(t, tenant), appointmentChanged, map[string]any{"since": seen[len(seen)-1].ResumeToken})
	last := here("updateAppointmentInstructions", input{"id": visits[0], "specialInstructions": "the day is over"})
	for e := resumed.next(); ; e = resumed.next() {
		seen = append(seen, e)
		if e.ID == last.ID && slices.Contains(e.ChangedFields, "specialInstructions") {
			break
		}
	}

	w.wantMirror(t, writtenKinds()...)
	w.wantBoard(t, w.board(t, "2026-05-10"), "2026-05-10T06:00:00Z", "2026-05-11T06:00:00Z")
	w.wantEvents(t, before, seen)
	if n := len(late.all()); n < 15 {
		t.Errorf("the board told %d events only", n)
	}
	w.wantHistory(t, jobs[4])
}

// newChangesWorldOf is newChangesWorld of a company of some size, whose mirror holds what ServiceTitan does.
func newChangesWorldOf(t *testing.T, sizes simulator.Sizes) *changesWorld {
	t.Helper()
	w := &changesWorld{world: newCopiedWorld(t, sizes)}
	w.openStore(t)
	return w
}

// mustAs runs a mutation that succeeds on one of the servers.
func (w *changesWorld) mustAs(t *testing.T, server *httptest.Server, authorization, mutation string, in input) made {
	t.Helper()
	on := *w.world
	on.server = server
	m := on.changeAs(t, authorization, mutation, in)
	if len(m.Errors) > 0 {
		t.Fatalf("%s: %+v", mutation, m.Errors)
	}
	return m
}

// race lets two dispatchers on two servers book one technician for the same time, over and over: exactly one wins.
func (w *changesWorld) race(t *testing.T, second *httptest.Server, authorization, technician string) {
	t.Helper()
	for round := range 5 {
		var racers sync.WaitGroup
		var won [2]made
		for i, server := range []*httptest.Server{w.server, second} {
			on := *w.world
			on.server = server
			in := w.plan(t, input{"scheduled": span(61+round, 8+i, 10+i), "technicianIds": []string{technician}})
			racers.Go(func() { won[i] = on.changeAs(t, authorization, "createJob", in) })
		}
		racers.Wait()
		codes := append(won[0].codes(), won[1].codes()...)
		if (won[0].ID == "") == (won[1].ID == "") || !slices.Equal(codes, []string{"DOUBLE_BOOKED"}) {
			t.Errorf("round %d: %+v", round, won)
		}
	}
}

// technicians moves a visit on by the technician's app, and lets LAZI read about it.
func (w *changesWorld) technicians(t *testing.T, visit string, steps ...string) {
	t.Helper()
	id, err := domain.ParseGlobalID(visit)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range steps {
		if err := w.sim.Visit(tenant, id.ID, step); err != nil {
			t.Fatal(err)
		}
		var wishes []domain.NewRun
		for _, k := range []*domain.Kind{domain.Jobs.Kind, domain.Appointments.Kind, domain.AppointmentAssignments.Kind} {
			wishes = append(wishes, domain.NewRun{Kind: k, Mode: domain.SyncIncremental, Trigger: domain.TriggerCommand})
		}
		runs, err := w.Syncs().Start(t.Context(), domain.TenantID(tenant), wishes)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Syncs().Finish(t.Context(), domain.TenantID(tenant), runs, 3); err != nil {
			t.Fatal(err)
		}
	}
}

// all are the events that have come until none comes for a while, or the stream has ended.
func (f *feed) all() (events []changeEvent) {
	for {
		select {
		case e, open := <-f.events:
			if !open || e.code != "" {
				return events
			}
			events = append(events, e)
		case <-time.After(300 * time.Millisecond):
			return events
		}
	}
}

// place is where the log of changes ends.
func (w *changesWorld) place(t *testing.T) (seq int64) {
	t.Helper()
	w.log1(t, func(db *pgx.Conn) error {
		return db.QueryRow(t.Context(), "SELECT coalesce(max(seq), 0) FROM lazi.change_log").Scan(&seq)
	})
	return seq
}

func (w *changesWorld) log1(t *testing.T, ask func(*pgx.Conn) error) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.WithoutCancel(t.Context()))
	if err := ask(db); err != nil {
		t.Fatal(err)
	}
}

// wantEvents holds what a subscriber has seen against the log of changes: each event from its first one on once, in order.
func (w *changesWorld) wantEvents(t *testing.T, after int64, seen []changeEvent) {
	t.Helper()
	var want []string
	w.log1(t, func(db *pgx.Conn) error {
		rows, err := db.Query(t.Context(), `SELECT xid::text::bigint, seq, cardinality(ids) FROM lazi.change_log
 WHERE tenant_id = $1 AND kind = 'Appointment' AND seq > $2 ORDER BY xid, seq`, tenant, after)
		if err != nil {
			return err
		}
		var p domain.Place
		var n int
		_, err = pgx.ForEachRow(rows, []any{&p.XID, &p.Seq, &n}, func() error {
			for p.Records = 1; p.Records <= n; p.Records++ {
				want = append(want, p.String())
			}
			return nil
		})
		return err
	})
	got := make([]string, len(seen))
	for i, e := range seen {
		got[i] = e.ResumeToken
	}
	if from := slices.Index(want, got[0]); from < 0 || !slices.Equal(want[from:], got) {
		t.Errorf("events differ: %d seen, %d in the log from the first on\n%s\n%s", len(got), len(want)-from, strings.Join(got, " "), strings.Join(want[max(from, 0):], " "))
	}
}

// wantHistory checks that a job's history tells who has called it off.
func (w *changesWorld) wantHistory(t *testing.T, job string) {
	t.Helper()
	var a struct {
		Job struct {
			AllowedTransitions []struct{ Mutation, To string }
			History            []struct{ Subject, Role, Mutation, From, To string }
		}
	}
	w.ask(t, `query ($id: ID!) { job(id: $id) { allowedTransitions { mutation to } history { subject role mutation from to } } }`, map[string]any{"id": job}).decode(t, &a)
	if got := fmt.Sprint(a.Job.AllowedTransitions); got != "[{uncancelJob Scheduled}]" {
		t.Errorf("transitions %s", got)
	}
	if got := fmt.Sprint(a.Job.History); !strings.HasPrefix(got, "[{sample-dispatcher DISPATCHER cancelJob Scheduled Canceled} ") || !strings.Contains(got, "createJob") {
		t.Errorf("history %s", got)
	}
}
