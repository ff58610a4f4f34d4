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
	"golang.org/x/sync/errgroup"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
	"lazilabs.com/lazi/internal/table"
)

// road is a store on which statements about technicians can be held up before they are sent.
type road struct {
	*store.Store
	sent atomic.Int64
	mu   sync.Mutex
	hold func(nth int64) // is called with the number of a statement, from 1
}

func newRoad(t *testing.T) *road {
	t.Helper()
	r := &road{}
	s, err := store.Open(t.Context(), storetest.New(t), store.Options{MaxConns: 4, Rewrite: func(sql string) string {
		if strings.Contains(sql, "FROM raw.st_technicians t") {
			r.mu.Lock()
			hold := r.hold
			r.mu.Unlock()
			if nth := r.sent.Add(1); hold != nil {
				hold(nth)
			}
		}
		return sql
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	r.Store = s
	for _, tn := range []domain.TenantID{tenant, otherTenant} {
		var docs []domain.Document
		for id := range int64(20) {
			docs = append(docs, doc(t, id+1, map[string]any{"name": fmt.Sprintf("T%d of %d", id+1, tn)}))
		}
		put(t, s, tn, domain.Technicians.Kind, docs...)
	}
	return r
}

// holdUp makes the given number of statements wait until the returned function is called.
func (r *road) holdUp(first int) (letGo func()) {
	gate := make(chan struct{})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hold = func(nth int64) {
		if nth <= int64(first) {
			<-gate
		}
	}
	return sync.OnceFunc(func() { close(gate) })
}

// names asks for technicians' names by their ids.
func (r *road) names(ctx context.Context, t *testing.T, tn domain.TenantID, ids ...int64) (map[int64]string, error) {
	t.Helper()
	a := &table.Ask{Kind: domain.Technicians.Kind, ByID: true, Keys: table.Keys{IDs: ids}, Columns: columns(t, domain.Technicians.Kind, "st_id", "name")}
	if err := r.Answer(ctx, tn, []*table.Ask{a}); err != nil {
		return nil, err
	}
	return second(a), nil
}

// second returns the second column of an answer by id.
func second(a *table.Ask) map[int64]string {
	out := map[int64]string{}
	for row := range a.Answer.Len() {
		out[a.Answer.ID(row)] = string(a.Answer.Value(row, 1))
	}
	return out
}

// busy occupies all lanes of a tenant. Its questions are answered once they are let go.
func (r *road) busy(t *testing.T, g *errgroup.Group, tn domain.TenantID) {
	t.Helper()
	for range r.Lanes() {
		before := r.sent.Load()
		g.Go(func() error {
			_, err := r.names(t.Context(), t, tn, 1, 2)
			return err
		})
		eventually(t, func() bool { return r.sent.Load() == before+1 })
	}
}

func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for !holds() {
		select {
		case <-deadline:
			t.Fatal("it does not come to pass")
		case <-time.After(time.Millisecond):
		}
	}
}

func TestAnswer_whatManyAskForGoesAsOne(t *testing.T) {
	t.Parallel()
	r := newRoad(t)
	letGo := r.holdUp(2 * r.Lanes())
	defer letGo()
	var g errgroup.Group
	const callers = 12
	for _, tn := range []domain.TenantID{tenant, otherTenant} {
		r.busy(t, &g, tn)
		for id := range int64(callers) {
			g.Go(func() error {
				got, err := r.names(t.Context(), t, tn, id+1, id+2, 99)
				want := map[int64]string{id + 1: fmt.Sprintf("T%d of %d", id+1, tn), id + 2: fmt.Sprintf("T%d of %d", id+2, tn)}
				if diff := cmp.Diff(want, got); diff != "" {
					return fmt.Errorf("tenant %d, technician %d (-want +got):\n%s, %w", tn, id+1, diff, err)
				}
				return err
			})
		}
	}
	eventually(t, func() bool { return r.Gathered() == 2*callers })
	letGo()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if got, want := r.sent.Load(), int64(2*(r.Lanes()+1)); got != want {
		t.Errorf("%d statements, want %d: those that were under way, and one for each tenant", got, want)
	}
	if got, want := r.Convoys(), (store.ConvoyStats{Questions: 2 * callers, Convoys: 2}); got != want {
		t.Errorf("counted: %+v, want %+v", got, want)
	}
}

func TestAnswer_callersWhoDoNotWait(t *testing.T) {
	t.Parallel()
	r := newRoad(t)
	letGo := r.holdUp(r.Lanes())
	defer letGo()
	var g, gone errgroup.Group
	r.busy(t, &g, tenant)
	ctx, cancel := context.WithCancel(t.Context())
	for _, ids := range [][]int64{{3, 4}, {5, 6}} {
		gone.Go(func() error {
			if _, err := r.names(ctx, t, tenant, ids...); !errors.Is(err, context.Canceled) {
				return fmt.Errorf("one who has gone is answered: %w", err)
			}
			return nil
		})
	}
	eventually(t, func() bool { return r.Gathered() == 2 })
	cancel()
	if err := gone.Wait(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	gone.Go(func() error {
		_, _ = r.names(ctx, t, tenant, 7, 8)
		return nil
	})
	g.Go(func() error {
		got, err := r.names(t.Context(), t, tenant, 9, 10)
		if err == nil && len(got) != 2 {
			err = fmt.Errorf("who stays gets %v", got)
		}
		return err
	})
	eventually(t, func() bool { return r.Gathered() == 2 })
	cancel()
	if err := gone.Wait(); err != nil {
		t.Fatal(err)
	}
	letGo()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if got, want := r.sent.Load(), int64(r.Lanes()+1); got != want {
		t.Errorf("%d statements, want %d: none for those who have gone", got, want)
	}
}

// A connection that is lost without a sign holds up its own question, and others for a moment only.
func TestAnswer_goesPastWhatIsStuck(t *testing.T) {
	t.Parallel()
	r := newRoad(t)
	var late atomic.Bool
	r.SetClock(func() time.Time {
		if late.Load() {
			return time.Now().Add(store.Patience)
		}
		return time.Now()
	})
	letGo := r.holdUp(r.Lanes())
	var stuck, others errgroup.Group
	defer func() {
		letGo()
		if err := stuck.Wait(); err != nil {
			t.Error(err)
		}
	}()
	r.busy(t, &stuck, tenant)
	ask := func() error {
		got, err := r.names(t.Context(), t, tenant, 3, 4)
		if err == nil && len(got) != 2 {
			err = fmt.Errorf("the answer is %v", got)
		}
		return err
	}
	others.Go(ask)
	eventually(t, func() bool { return r.Gathered() == 1 })
	late.Store(true)
	others.Go(ask)
	if err := others.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := r.Convoys().Jams; got != 1 {
		t.Errorf("%d jams are counted, want 1", got)
	}
}

func TestAnswer_allHearWhatGoesWrong(t *testing.T) {
	t.Parallel()
	r := newRoad(t)
	letGo := r.holdUp(r.Lanes())
	defer letGo()
	var g, callers errgroup.Group
	r.busy(t, &g, tenant)
	held := r.hold
	r.mu.Lock()
	r.hold = func(nth int64) {
		if held(nth); nth > int64(r.Lanes()) {
			panic("sample cause")
		}
	}
	r.mu.Unlock()
	var heard atomic.Int64
	for id := range int64(3) {
		callers.Go(func() error {
			defer func() {
				if cause := recover(); strings.Contains(fmt.Sprint(cause), "sample cause") {
					heard.Add(1)
				}
			}()
			_, err := r.names(t.Context(), t, tenant, id+3, id+4)
			return err
		})
	}
	eventually(t, func() bool { return r.Gathered() == 3 })
	letGo()
	if err := errors.Join(g.Wait(), callers.Wait()); err != nil {
		t.Fatal(err)
	}
	if heard.Load() != 3 {
		t.Errorf("%d of 3 callers hear of the panic", heard.Load())
	}
	r.mu.Lock()
	r.hold = nil
	r.mu.Unlock()
	if got, err := r.names(t.Context(), t, tenant, 3, 4); err != nil || len(got) != 2 {
		t.Errorf("afterwards: %v, %v", got, err)
	}
}

// Whatever a question is about, each caller's answer is the one that it gets alone.
func TestAnswerTogether_isWhatEachGetsAlone(t *testing.T) {
	t.Parallel()
	s := open(t)
	for id := range int64(40) {
		put(t, s, tenant, domain.Locations.Kind, doc(t, 100+id, map[string]any{"customerId": id % 7, "name": fmt.Sprint(id % 5)}))
		put(t, s, tenant, domain.Jobs.Kind, doc(t, 200+id, map[string]any{"locationId": 100 + id%3, "jobNumber": fmt.Sprint(id), "completedOn": nil}))
		put(t, s, tenant, domain.Technicians.Kind, doc(t, 300+id, map[string]any{"name": fmt.Sprint(id % 9), "team": []string{"North", "South"}[id%2]}))
		put(t, s, tenant, domain.AppointmentAssignments.Kind,
			doc(t, 400+id, map[string]any{"appointmentId": id % 6, "technicianId": 300 + id%11, "assignedOn": nil}))
	}
	linked := func(l *domain.Link, q domain.Query) table.Ask { return table.Ask{Kind: l.To, Link: l, Query: q} }
	counted := func(a table.Ask) table.Ask { a.Count = true; return a }
	for name, a := range map[string]table.Ask{
		"by id":                     {Kind: domain.Customers.Kind, ByID: true},
		"locations by id":           {Kind: domain.Locations.Kind, ByID: true},
		"a link":                    linked(domain.CustomerLocations.Link, domain.Query{Order: "name"}),
		"a page for each":           linked(domain.CustomerLocations.Link, domain.Query{Order: "name", Desc: true, Limit: 3}),
		"the last for each":         linked(domain.CustomerLocations.Link, domain.Query{Order: "name", Backward: true, Limit: 3}),
		"through a table":           linked(domain.AppointmentTechnicians.Link, domain.Query{Order: "name"}),
		"through a table, a page":   linked(domain.AppointmentTechnicians.Link, domain.Query{Order: "name", Limit: 2}),
		"numbers for each":          counted(linked(domain.CustomerLocations.Link, domain.Query{})),
		"by name":                   {Kind: domain.Technicians.Kind, Link: domain.TeamTechnicians.Link, Keys: table.Keys{Names: []string{"South", "North"}}},
		"a list":                    {Kind: domain.Jobs.Kind, Query: domain.Query{Order: "completed_on", Limit: 7}}, // none is completed: a tail
		"how long a list is":        {Kind: domain.Jobs.Kind, Count: true},
		"a list that stands behind": {Kind: domain.Jobs.Kind, Query: domain.Query{Order: "st_id", Limit: 4, After: &domain.Position{Value: new("210"), ID: 210}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var callers [][]*table.Ask
			for first := range int64(4) {
				own := a
				own.Columns = columns(t, a.Kind, "st_id", "active", "modified_on")
				if a.ByID || a.Link != nil && a.Keys.Names == nil {
					own.Keys.IDs = []int64{first + 103, first, first + 1, first + 100}
				}
				other := table.Ask{Kind: domain.Locations.Kind, ByID: true, Columns: columns(t, domain.Locations.Kind, "st_id", "name"), Keys: table.Keys{IDs: []int64{100 + 2*first}}}
				callers = append(callers, []*table.Ask{&own, &other})
			}
			if err := s.AnswerTogether(t.Context(), tenant, callers...); err != nil {
				t.Fatal(err)
			}
			for _, asks := range callers {
				for _, together := range asks {
					alone := *together
					alone.Answer = table.Rows{}
					if err := s.Answer(t.Context(), tenant, []*table.Ask{&alone}); err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(shown(&alone), shown(together)); diff != "" {
						t.Errorf("%v (-alone +together):\n%s", together.Keys, diff)
					}
					if alone.Answer.Len() == 0 && a.Kind != domain.Customers.Kind {
						t.Errorf("%v: nothing was found, nothing is shown", together.Keys)
					}
				}
			}
		})
	}
}

// shown is an answer as text: rows of each key in their order, rows by id in that of their ids.
func shown(a *table.Ask) (out []string) {
	for row := range a.Answer.Len() {
		line := fmt.Sprint(a.Answer.Key(row))
		if a.Count {
			out = append(out, fmt.Sprint(line, " ", a.Answer.Counts[row]))
			continue
		}
		for column := range a.Columns {
			line += fmt.Sprintf(" %q", a.Answer.Value(row, column))
		}
		out = append(out, line)
	}
	slices.SortStableFunc(out, func(x, y string) int {
		if a.ByID {
			return strings.Compare(x, y)
		}
		keyX, _, _ := strings.Cut(x, " ")
		keyY, _, _ := strings.Cut(y, " ")
		return strings.Compare(keyX, keyY)
	})
	return out
}
