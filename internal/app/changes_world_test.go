package app_test

import (
	"bufio"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/store"
)

// changesWorld is a copied company whose mirror a test writes to.
type changesWorld struct {
	*world
	store *store.Store
	tick  int // each write is newer than the one before
}

func newChangesWorld(t *testing.T) *changesWorld {
	t.Helper()
	w := &changesWorld{world: newCopiedWorld(t, simulator.SmallSizes())}
	w.openStore(t)
	return w
}

func (w *changesWorld) openStore(t *testing.T) {
	t.Helper()
	var err error
	if w.store, err = store.Open(t.Context(), w.dsn, store.Options{MaxConns: 2}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.store.Close)
}

// put stores a record, or its tombstone when members are nil.
func (w *changesWorld) put(t *testing.T, tenant int64, k *domain.Kind, id int64, members map[string]any) {
	t.Helper()
	w.tick++
	all := map[string]any{"id": id, "active": true, "modifiedOn": anchor.Add(time.Duration(w.tick) * time.Hour)}
	maps.Copy(all, members)
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	written, err := w.store.Upsert(t.Context(), domain.TenantID(tenant), k, []domain.Document{{ID: id, JSON: text, Deleted: members == nil}})
	if err != nil || len(written.Rejected) > 0 {
		t.Fatalf("%+v, %v", written, err)
	}
}

// putAppointment stores one that begins at a time and lasts an hour.
func (w *changesWorld) putAppointment(t *testing.T, id int64, number string, start time.Time) {
	t.Helper()
	w.put(t, tenant, domain.Appointments.Kind, id, map[string]any{"appointmentNumber": number, "start": start, "end": start.Add(time.Hour), "status": "Scheduled"})
}

// second starts another server on the same database.
func (w *changesWorld) second(t *testing.T) *httptest.Server {
	t.Helper()
	server, _ := w.another(t)
	return server
}

// another starts another server on the same database, and returns what stops it, streams and all.
func (w *changesWorld) another(t *testing.T) (server *httptest.Server, stop func()) {
	t.Helper()
	a, err := app.New(t.Context(), w.cfg, app.Options{
		DSN: w.dsn, Accounts: w.accounts, TuneProvider: impatient, Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	server = httptest.NewServer(a.Handler())
	stop = sync.OnceFunc(func() {
		a.Close()
		server.Close()
	})
	t.Cleanup(stop)
	return server, stop
}

// changeEvent is an event of any of the subscriptions.
type changeEvent struct {
	Kind, ID, AppointmentID, ResumeToken string
	ChangedFields                        []string
	Appointment                          *struct{ ID, Number string }
	code                                 string // of the error that came instead
}

// feed is a subscription by server-sent events.
type feed struct {
	t      *testing.T
	events chan changeEvent // closed with the stream
}

const (
	appointmentChanged = `subscription ($since: String) { e: appointmentChanged(since: $since) { kind id changedFields resumeToken appointment { id number } } }`
	boardChanged       = `subscription ($date: Date!, $since: String) { e: dispatchBoardChanged(date: $date, since: $since) {
		kind id: appointmentId changedFields resumeToken appointment { id number } } }`
)

// subscribe begins a subscription. It has begun for sure once its first event has come.
func subscribe(t *testing.T, server *httptest.Server, token, query string, variables map[string]any) *feed {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	f := &feed{t, make(chan changeEvent, 10_000)}
	go f.read(bufio.NewScanner(resp.Body))
	return f
}

func (f *feed) read(lines *bufio.Scanner) {
	defer close(f.events)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var a struct {
			Data   struct{ E changeEvent }
			Errors []struct{ Extensions struct{ Code string } }
		}
		if err := json.Unmarshal([]byte(data), &a); err != nil {
			f.t.Errorf("%s: %v", data, err)
		}
		if len(a.Errors) > 0 {
			a.Data.E.code = a.Errors[0].Extensions.Code
		}
		f.events <- a.Data.E
	}
}

// next waits for an event.
func (f *feed) next() changeEvent {
	f.t.Helper()
	select {
	case e, ok := <-f.events:
		if !ok {
			f.t.Fatal("the stream has ended")
		}
		return e
	case <-time.After(patience):
		f.t.Fatal("no event comes")
	}
	return changeEvent{}
}

// told is the next event as kind, number of the appointment and fields.
func (f *feed) told() string {
	f.t.Helper()
	e := f.next()
	number := "gone"
	if e.Appointment != nil {
		number = e.Appointment.Number
	}
	return strings.TrimSpace(e.Kind + " " + number + " " + strings.Join(e.ChangedFields, ",") + e.code)
}

// begun changes an appointment until feeds tell of it, and another one behind which nothing of it comes any more.
func (w *changesWorld) begun(t *testing.T, change func(last bool), feeds ...*feed) {
	t.Helper()
	for _, f := range feeds {
		for began := false; !began; {
			change(false)
			select {
			case e := <-f.events:
				if e.code != "" {
					t.Fatalf("it does not begin: %s", e.code)
				}
				began = true
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	change(true)
	for _, f := range feeds {
		for e := f.next(); e.Appointment == nil || e.Appointment.Number != "last"; e = f.next() {
		}
	}
}
