package changes_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/changes"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
)

const tenant, otherTenant domain.TenantID = 1, 2

// patience bounds what a test waits for: transactions of other tests on the same server hold readers back.
const patience = 2 * time.Minute

// world is a database with hubs over it.
type world struct {
	dsn string
	*store.Store
	reads atomic.Int64 // of jobs
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{dsn: storetest.New(tb)}
	w.Store = w.open(tb, false)
	return w
}

func (w *world) open(tb testing.TB, pooler bool) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), w.dsn, store.Options{TransactionPooler: pooler, Observe: func(sql string) {
		if strings.Contains(sql, "FROM raw.st_jobs") && strings.Contains(sql, "t.st_id =") {
			w.reads.Add(1)
		}
	}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

// hub starts a hub. It looks at the log by itself so rarely that a test would notice if it had to.
func (w *world) hub(tb testing.TB, change ...func(*changes.Config)) (h *changes.Hub, end func()) {
	tb.Helper()
	cfg := changes.Config{Log: w.Store, Mirror: w.Store, Poll: time.Hour, Logger: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&cfg)
	}
	h = changes.New(cfg)
	ctx, cancel := context.WithCancel(tb.Context())
	var running sync.WaitGroup
	running.Go(func() { h.Run(ctx) })
	end = func() { cancel(); running.Wait() }
	tb.Cleanup(end)
	return h, end
}

// put stores jobs with a number that is as new as it is high.
func (w *world) put(tb testing.TB, tenant domain.TenantID, number int, ids ...int64) {
	tb.Helper()
	var docs []domain.Document
	for _, id := range ids {
		text, err := json.Marshal(map[string]any{
			"id": id, "jobNumber": fmt.Sprint(number), "modifiedOn": time.Date(2026, 1, 1, 0, 0, number, 0, time.UTC), "active": true,
		})
		if err != nil {
			tb.Fatal(err)
		}
		docs = append(docs, domain.Document{ID: id, JSON: text})
	}
	if _, err := w.Upsert(tb.Context(), tenant, domain.Jobs.Kind, docs); err != nil {
		tb.Fatal(err)
	}
}

// follower is a subscriber of a test.
type follower struct {
	tb   testing.TB
	next func() (changes.Event, error, bool)
	last domain.Place
}

func follow(tb testing.TB, h *changes.Hub, since *domain.Place) *follower {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	tb.Cleanup(cancel)
	events, err := h.Follow(ctx, tenant, []*domain.Kind{domain.Jobs.Kind}, since)
	if err != nil {
		tb.Fatal(err)
	}
	next, stop := iter.Pull2(events)
	tb.Cleanup(stop)
	return &follower{tb: tb, next: next}
}

// take takes so many events, as operation and id.
func (f *follower) take(n int) (out []string) {
	f.tb.Helper()
	for range n {
		e, err, ok := f.next()
		if err != nil || !ok {
			f.tb.Fatalf("after %v the events end: %v", out, err)
		}
		f.last = e.Place()
		out = append(out, fmt.Sprint(e.Op(), " ", e.ID()))
	}
	return out
}

func equal(tb testing.TB, want, got []string) {
	tb.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestFollow_tellsOfItsTenantAndKindWithRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, _ := w.hub(t)
	f := follow(t, h, nil)
	w.put(t, otherTenant, 1, 7)
	w.put(t, tenant, 1, 1, 2)
	w.put(t, tenant, 2, 2)
	equal(t, []string{"INSERT 1", "INSERT 2"}, f.take(2))
	e, err, _ := f.next()
	if err != nil || e.Op() != domain.ChangeUpdate || e.Kind() != "Job" || e.Replayed || time.Since(e.At()) > time.Hour {
		t.Fatalf("event %+v, %v", e, err)
	}
	equal(t, []string{"jobNumber", "modifiedOn"}, e.Fields())
	row, err := e.Row(t.Context())
	if job, ok := row.(*domain.Job); err != nil || !ok || job.Number != "2" {
		t.Errorf("row %+v, %v", row, err)
	}
}

// TestFollow_resumesAnywhere breaks off behind each event, over entries of many records and more of them than a page.
func TestFollow_resumesAnywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, _ := w.hub(t)
	other, _ := w.hub(t) // of another process
	f := follow(t, h, nil)
	var want []string
	for number := 1; number <= 45; number++ {
		w.put(t, tenant, number, 1, 2, 3)
		w.put(t, otherTenant, number, 9)
		op := "UPDATE"
		if number == 1 {
			op = "INSERT"
		}
		want = append(want, op+" 1", op+" 2", op+" 3")
	}
	first := f.take(1)
	place := f.last
	equal(t, want[:1], first)
	equal(t, want[1:], f.take(len(want)-1))
	got := first
	for n := 1; len(got) < len(want); n = 1 + (n*7)%40 {
		again := follow(t, []*changes.Hub{h, other}[n%2], &place)
		got = append(got, again.take(min(n, len(want)-len(got)))...)
		place = again.last
	}
	equal(t, want, got)
	w.put(t, tenant, 100, 4)
	equal(t, []string{"INSERT 4"}, follow(t, other, &place).take(1))
}

// TestFollow_goesOverToWhatComes resumes while others write, so that what is replayed and what is handed out overlap.
func TestFollow_goesOverToWhatComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, _ := w.hub(t)
	reference := follow(t, h, nil)
	w.put(t, tenant, 1, 1)
	reference.take(1)
	place := reference.last
	const writers, writes = 4, 40
	var writing sync.WaitGroup
	for i := range writers {
		writing.Go(func() {
			for n := range writes {
				w.put(t, tenant, 2+n, int64(10*i+10), int64(10*i+11))
			}
		})
	}
	var resumed []*follower
	for range 8 {
		resumed = append(resumed, follow(t, h, &place))
		reference.take(10)
	}
	writing.Wait()
	w.put(t, tenant, 1, 999)
	for i, f := range resumed {
		seen, last := map[domain.Place]bool{}, place
		for n := 0; ; n++ {
			what := f.take(1)[0]
			if seen[f.last] || f.last.Compare(last) <= 0 {
				t.Fatalf("follower %d: event %d, %s, is doubled or out of order", i, n, what)
			}
			seen[f.last], last = true, f.last
			if what == "INSERT 999" {
				if want := 2 * writers * writes; n != want {
					t.Errorf("follower %d: %d events, want %d", i, n, want)
				}
				break
			}
		}
	}
}

func TestFollow_refusesWhatIsPruned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, _ := w.hub(t)
	f := follow(t, h, nil)
	w.put(t, tenant, 1, 1)
	f.take(1)
	if _, err := w.PruneChanges(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, err := h.Follow(t.Context(), tenant, []*domain.Kind{domain.Jobs.Kind}, &f.last)
	if !errors.Is(err, domain.ErrResumeExpired) {
		t.Errorf("error %v", err)
	}
}

func TestFollow_cutsOffWhoIsSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, _ := w.hub(t, func(c *changes.Config) { c.Buffer = 3 })
	slow, fast := follow(t, h, nil), follow(t, h, nil)
	for number := 1; number <= 10; number++ {
		w.put(t, tenant, number, 1)
		fast.take(1)
	}
	slow.take(3) // what it has been handed
	if _, err, ok := slow.next(); !ok || !errors.Is(err, domain.ErrSlowConsumer) {
		t.Errorf("the events go on: %t, %v", ok, err)
	}
	again := follow(t, h, &slow.last)
	again.take(7)
	if again.last != fast.last {
		t.Errorf("resumed up to %+v, want %+v", again.last, fast.last)
	}
}

func TestFollow_loadsOnceForAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, _ := w.hub(t)
	var all []*follower
	for range 50 {
		all = append(all, follow(t, h, nil))
	}
	w.put(t, tenant, 1, 1, 2, 3)
	w.reads.Store(0)
	for _, f := range all {
		for range 3 {
			e, err, _ := f.next()
			if err != nil {
				t.Fatal(err)
			}
			if row, err := e.Row(domain.AllRows(t.Context())); row == nil || err != nil {
				t.Errorf("row %v, %v", row, err)
			}
		}
	}
	if n := w.reads.Load(); n != 1 {
		t.Errorf("%d statements for three events and 50 subscribers, want 1", n)
	}
}

// killListener cuts the connection that listens.
func (w *world) killListener(t *testing.T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	const listeners = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle'"
	for killed := 0; killed == 0; {
		if err := conn.QueryRow(t.Context(), "SELECT count(pg_terminate_backend(pid, 10000)) "+listeners).Scan(&killed); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHub_losesNothingWithItsConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, _ := w.hub(t)
	f := follow(t, h, nil)
	for number := range 5 {
		w.killListener(t)
		w.put(t, tenant, 1+number, 1)
		f.take(1)
	}
}

// watched is a log that tells when its reader is held back.
type watched struct {
	changes.Log
	held chan struct{}
}

func (l watched) ReadChanges(ctx context.Context, after domain.Place, limit int) ([]domain.Change, bool, error) {
	page, held, err := l.Log.ReadChanges(ctx, after, limit)
	if held {
		select {
		case l.held <- struct{}{}:
		case <-ctx.Done():
		}
	}
	return page, held, err
}

// TestHub_looksSoonForWhatIsHeldBack wakes the reader many times in vain. It must go on looking when nothing wakes it any more.
func TestHub_looksSoonForWhatIsHeldBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	log := watched{w.Store, make(chan struct{})}
	h, _ := w.hub(t, func(c *changes.Config) { c.Log = log })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	looked := func() bool {
		select {
		case <-log.held:
			return true
		case <-ctx.Done():
			return false
		}
	}
	f := follow(t, h, nil)
	conn, err := pgx.Connect(t.Context(), w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "BEGIN; SELECT pg_current_xact_id()"); err != nil {
		t.Fatal(err)
	}
	const puts = 20
	for number := range puts {
		w.put(t, tenant, 1+number, 1)
		looked()
	}
	for range 3 {
		if !looked() {
			t.Fatal("nobody looks any more")
		}
	}
	if _, err := conn.Exec(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	go func() { // other tests on the same server hold it back, too
		for looked() {
		}
	}()
	f.take(puts)
}

func TestHub_needsNoNotifications(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pooled := w.open(t, true)
	h, _ := w.hub(t, func(c *changes.Config) { c.Log, c.Poll = pooled, 20*time.Millisecond })
	f := follow(t, h, nil)
	for number := range 3 {
		w.put(t, tenant, 1+number, 1)
		f.take(1)
	}
}

func TestHub_beginsAgainForTheNextSubscriber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, _ := w.hub(t, func(c *changes.Config) { c.Poll = 10 * time.Millisecond })
	for number := 1; number <= 5; number++ {
		ctx, cancel := context.WithCancel(t.Context())
		events, err := h.Follow(ctx, tenant, []*domain.Kind{domain.Jobs.Kind}, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.put(t, tenant, number, 1)
		for e, err := range events {
			if err != nil {
				t.Fatal(err)
			}
			if row, err := e.Row(ctx); err != nil || row == nil {
				t.Errorf("row %v, %v", row, err)
			}
			break
		}
		cancel()
	}
}

func TestHub_endsItsSubscribers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, end := w.hub(t)
	f := follow(t, h, nil)
	end()
	if _, err, ok := f.next(); !ok || !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("the events go on: %t, %v", ok, err)
	}
	if _, err := h.Follow(t.Context(), tenant, []*domain.Kind{domain.Jobs.Kind}, nil); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("a new subscriber gets %v", err)
	}
}

func TestFollow_endsWithItsContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, _ := w.hub(t)
	ctx, cancel := context.WithCancel(t.Context())
	events, err := h.Follow(ctx, tenant, []*domain.Kind{domain.Jobs.Kind}, nil)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	for e, err := range events {
		t.Errorf("event %v, %v", e, err)
	}
}
