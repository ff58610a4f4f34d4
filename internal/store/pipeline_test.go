package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
	"lazilabs.com/lazi/internal/table"
)

// queue is a store whose connections are all busy until they are let go.
type queue struct {
	*store.Store
	db    *pgx.Conn
	letGo func()
	busy  errgroup.Group
	// odd, where set, changes the statements about technicians.
	odd atomic.Pointer[func(sql string) string]
}

const (
	queueConnections = 2
	// askedIDs are more than go in a convoy.
	askedIDs = 30
)

func newQueue(t *testing.T) *queue {
	t.Helper()
	q, gate, dsn := &queue{}, make(chan struct{}), storetest.New(t)
	var blocked atomic.Int64
	s, err := store.Open(t.Context(), dsn, store.Options{MaxConns: queueConnections, Rewrite: func(sql string) string {
		switch odd := q.odd.Load(); {
		case strings.Contains(sql, "FROM raw.st_locations t"):
			blocked.Add(1)
			<-gate
		case odd != nil && strings.Contains(sql, "FROM raw.st_technicians t"):
			return (*odd)(sql)
		}
		return sql
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.SetPipelinePatience(time.Minute)
	q.Store, q.letGo = s, sync.OnceFunc(func() { close(gate) })
	t.Cleanup(func() { q.letGo(); s.Close() })
	if q.db, err = pgx.Connect(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.db.Close(context.Background()) })
	for _, tn := range []domain.TenantID{tenant, otherTenant} {
		for _, k := range []*domain.Kind{domain.Customers.Kind, domain.Technicians.Kind} {
			var docs []domain.Document
			for id := range int64(askedIDs) {
				docs = append(docs, doc(t, id+1, map[string]any{"name": nameIn(tn, k, id+1)}))
			}
			put(t, s, tn, k, docs...)
		}
	}
	for n := range int64(queueConnections) {
		q.busy.Go(func() error { return q.ask(t.Context(), t, tenant, domain.Locations.Kind) })
		eventually(t, func() bool { return blocked.Load() == n+1 })
	}
	return q
}

func nameIn(tn domain.TenantID, k *domain.Kind, id int64) string {
	return fmt.Sprintf("Sample %s %d of %d", k.Plural(), id, tn)
}

// ask asks for the names of rows and compares them.
func (q *queue) ask(ctx context.Context, t *testing.T, tn domain.TenantID, k *domain.Kind) error {
	t.Helper()
	return q.askInto(ctx, t, new(table.Ask), tn, k)
}

func (q *queue) askInto(ctx context.Context, t *testing.T, a *table.Ask, tn domain.TenantID, k *domain.Kind) error {
	t.Helper()
	*a = table.Ask{Kind: k, ByID: true, Columns: columns(t, k, "st_id", "name"), Keys: table.Keys{IDs: a.Keys.IDs[:0]}, Answer: a.Answer}
	want := map[int64]string{}
	for id := range int64(askedIDs) {
		a.Keys.IDs = append(a.Keys.IDs, id+1)
		if k != domain.Locations.Kind {
			want[id+1] = nameIn(tn, k, id+1)
		}
	}
	if err := q.Answer(ctx, tn, []*table.Ask{a}); err != nil {
		return err
	}
	if diff := cmp.Diff(want, second(a)); diff != "" || a.Answer.Len() != len(want) {
		return fmt.Errorf("%d rows of %s of tenant %d (-want +got):\n%s", a.Answer.Len(), k.Plural(), tn, diff)
	}
	return nil
}

// line makes callers wait, one behind the other, and returns where each says how it went.
func (q *queue) line(ctx context.Context, t *testing.T, tn domain.TenantID, kinds ...*domain.Kind) (ends []chan error) {
	t.Helper()
	for _, k := range kinds {
		before, end := q.Waiting(), make(chan error, 1)
		go func() {
			defer func() {
				if cause := recover(); cause != nil {
					end <- fmt.Errorf("panic: %v", cause)
				}
			}()
			end <- q.ask(ctx, t, tn, k)
		}()
		eventually(t, func() bool { return q.Waiting() == before+1 })
		ends = append(ends, end)
	}
	return ends
}

// finish checks the end of each caller, and of those who kept the connections busy.
func (q *queue) finish(t *testing.T, ends ...chan error) {
	t.Helper()
	for i, end := range ends {
		if err := within(t, end); err != nil {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	if err := q.busy.Wait(); err != nil {
		t.Error(err)
	}
}

// within returns what a caller says before long.
func within(t *testing.T, end chan error) error {
	t.Helper()
	select {
	case err := <-end:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("a caller waits for ever")
		return nil
	}
}

// holdTechnicians makes questions about technicians wait in the database until the returned function is called.
func (q *queue) holdTechnicians(t *testing.T) (letGo func()) {
	t.Helper()
	q.exec(t, "SELECT pg_advisory_lock(1)")
	q.odd.Store(new(func(sql string) string {
		return strings.Replace(sql, " WHERE ", " WHERE (SELECT 1 FROM pg_advisory_xact_lock_shared(1)) = 1 AND ", 1)
	}))
	return sync.OnceFunc(func() { q.exec(t, "SELECT pg_advisory_unlock(1)") })
}

func (q *queue) exec(t *testing.T, sql string) {
	t.Helper()
	if _, err := q.db.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// fromHeld are the questions that wait in the database.
const fromHeld = ` FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`

// held waits until so many questions wait in the database.
func (q *queue) held(t *testing.T, want int) {
	t.Helper()
	eventually(t, func() bool {
		var n int
		if err := q.db.QueryRow(t.Context(), "SELECT count(*)"+fromHeld).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n == want
	})
}

// counted checks what is counted.
func (q *queue) counted(t *testing.T, questions, pipelines, again uint64) {
	t.Helper()
	got := q.Pipelines()
	if got.Waited <= 0 {
		t.Error("those who waited did not wait")
	}
	got.Waited = 0
	if want := (store.PipelineStats{Questions: questions, Pipelines: pipelines, Again: again}); got != want {
		t.Errorf("counted: %+v, want %+v", got, want)
	}
}

var customersKind, techniciansKind = domain.Customers.Kind, domain.Technicians.Kind

func TestAnswer_whoWaitsForAConnectionGoesTogether(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	ends := q.line(t.Context(), t, tenant, customersKind, techniciansKind)
	ends = append(ends, q.line(t.Context(), t, otherTenant, techniciansKind, customersKind, customersKind)...)
	ends = append(ends, q.line(t.Context(), t, tenant, customersKind)...)
	q.letGo()
	q.finish(t, ends...)
	q.counted(t, 6, 2, 0)
	if err := q.ask(t.Context(), t, tenant, customersKind); err != nil || q.Pipelines().Questions != 6 {
		t.Errorf("afterwards a connection is free: %v, %+v", err, q.Pipelines())
	}
}

func TestAnswer_aPipelineIsFull(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	ends := q.line(t.Context(), t, tenant, slices.Repeat([]*domain.Kind{customersKind, techniciansKind}, store.MaxPipeline)...)
	q.letGo()
	q.finish(t, ends...)
	q.counted(t, 2*store.MaxPipeline, 2, 0)
}

// Who asks for what goes wrong hears of it; the others do not.
func TestAnswer_aPipelineBreaks(t *testing.T) {
	t.Parallel()
	fails := func(sql string) string { return strings.Replace(sql, "t.st_id", "t.st_id / (t.st_id - 20)", 1) } // behind some rows
	for name, odd := range map[string]struct {
		statement func(sql string, nth int64) string
		want      string
		again     uint64
	}{
		"over an error in one statement": {func(sql string, _ int64) string { return fails(sql) }, "22012", 2}, // itself and the one behind
		"over an error that passes": {func(sql string, nth int64) string {
			if nth == 1 {
				return fails(sql)
			}
			return sql
		}, "", 2},
		"over a statement that cannot be parsed": {func(string, int64) string { return "SELECT FROM nowhere" }, "42P01", 3},
		"over a panic":                           {func(string, int64) string { panic("sample cause") }, "panic: sample cause", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := newQueue(t)
			var asked atomic.Int64
			q.odd.Store(new(func(sql string) string { return odd.statement(sql, asked.Add(1)) }))
			ends := q.line(t.Context(), t, tenant, customersKind, techniciansKind, customersKind)
			q.letGo()
			if err := within(t, ends[1]); (err == nil) != (odd.want == "") || err != nil && !strings.Contains(err.Error(), odd.want) {
				t.Errorf("who asks for it: %v, want %q", err, odd.want)
			}
			q.finish(t, ends[0], ends[2])
			q.counted(t, 3, 1, odd.again)
		})
	}
}

func TestAnswer_theConnectionOfAPipelineIsLost(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	letGo := q.holdTechnicians(t)
	ends := q.line(t.Context(), t, tenant, customersKind, techniciansKind, customersKind)
	q.letGo()
	q.held(t, 1)
	q.exec(t, "SELECT pg_terminate_backend(pid)"+fromHeld)
	for _, i := range []int{0, 2} {
		if err := within(t, ends[i]); err != nil {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	q.held(t, 1) // it asks again
	letGo()
	q.finish(t, ends[1])
	q.counted(t, 3, 1, 2)
}

// A question that takes long holds up those around it for a moment only. Postgres sends small answers when it is through with all.
func TestAnswer_aPipelineIsSlow(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	q.SetPipelinePatience(50 * time.Millisecond)
	letGo := q.holdTechnicians(t)
	ends := q.line(t.Context(), t, tenant, customersKind, techniciansKind, customersKind)
	q.letGo()
	for _, i := range []int{0, 2} {
		if err := within(t, ends[i]); err != nil {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	q.held(t, 1) // the one that takes long goes on alone
	letGo()
	q.finish(t, ends[1])
	q.counted(t, 3, 1, 3)
}

// Who waits no more leaves at once, and the others are answered.
func TestAnswer_callersLeaveAPipeline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		place      int  // in the line
		sent       bool // the pipeline has been sent, and the first of them is being read
		pipelined  uint64
		askedAgain uint64
	}{
		"while it gathers":                     {place: 1, pipelined: 2},
		"while another's answer is being read": {place: 1, sent: true, pipelined: 3},
		"while the caller's own is being read": {place: 0, sent: true, pipelined: 3, askedAgain: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := newQueue(t)
			letGo := q.holdTechnicians(t)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			var ends []chan error
			for i, k := range []*domain.Kind{techniciansKind, customersKind, customersKind} {
				own := t.Context()
				if i == c.place {
					own = ctx
				}
				ends = append(ends, q.line(own, t, tenant, k)...)
			}
			if c.sent {
				q.letGo()
				q.held(t, 1)
			}
			leave()
			if err := within(t, ends[c.place]); !errors.Is(err, context.Canceled) {
				t.Errorf("who leaves hears %v", err)
			}
			q.letGo()
			letGo()
			ends[c.place] <- nil
			q.finish(t, ends...)
			q.counted(t, c.pipelined, 1, c.askedAgain)
		})
	}
}

// Nobody touches the memory of one who has left, wherever the pipeline is. The race detector watches.
func TestAnswer_callersComeAndGo(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	q.letGo()
	var g errgroup.Group
	for caller := range 8 {
		g.Go(func() error {
			a := new(table.Ask)
			for i := range 60 {
				ctx, leave := context.WithTimeout(t.Context(), time.Duration(i%20)*100*time.Microsecond)
				if (caller+i)%2 == 0 {
					ctx = t.Context()
				}
				err := q.askInto(ctx, t, a, tenant, customersKind)
				leave()
				if err != nil && ctx.Err() == nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	if q.Pipelines().Questions == 0 {
		t.Error("nobody waited")
	}
	q.finish(t)
}

// A list that Postgres may have to search through goes alone.
func TestAnswer_whatMayTakeLongGoesAlone(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	for name, query := range map[string]table.Ask{
		"a search": {Query: domain.Query{Limit: 5, Where: []domain.Condition{{Column: "name", Op: domain.OpMatches, Value: "sample"}}}},
		"a count":  {Count: true},
	} {
		query.Kind, query.Columns = customersKind, columns(t, customersKind, "st_id")
		end := make(chan error, 1)
		go func() { end <- q.Answer(t.Context(), tenant, []*table.Ask{&query}) }()
		if err := within(t, end); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	q.letGo()
	q.finish(t)
}
