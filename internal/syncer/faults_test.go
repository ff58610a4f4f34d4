package syncer_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

// faults are what may go wrong at ServiceTitan. What strikes single calls strikes one in six, so that every run meets some.
func faults() map[string]simulator.Settings {
	const often = 1.0 / 6
	strike := func(s simulator.Settings) simulator.Settings { s.Probability = often; return s }
	return map[string]simulator.Settings{
		"500":                                strike(simulator.Settings{Status: http.StatusInternalServerError}),
		"502 as a page":                      strike(simulator.Settings{Status: http.StatusBadGateway, HTML: true}),
		"503":                                strike(simulator.Settings{Status: http.StatusServiceUnavailable}),
		"504":                                strike(simulator.Settings{Status: http.StatusGatewayTimeout}),
		"200 as a page":                      strike(simulator.Settings{HTML: true}),
		"truncated JSON":                     strike(simulator.Settings{Truncate: true}),
		"dropped connections":                strike(simulator.Settings{Drop: true}),
		"slow answers":                       strike(simulator.Settings{Delay: 30 * time.Millisecond}),
		"tokens that end early":              {TokenLife: 400 * time.Millisecond},
		"duplicate rows":                     {Duplicates: true},
		"rows in disorder":                   {Disorder: true},
		"duplicates in disorder":             {Duplicates: true, Disorder: true},
		"unknown members":                    {Drift: true},
		"data that moves while it is read":   {Moving: true},
		"lists that lag":                     {ReadLag: 300 * time.Millisecond},
		"a clock ahead":                      {Skew: 20 * time.Minute},
		"a clock behind":                     {Skew: -20 * time.Minute},
		"many changes stamped the same time": {Burst: true},
	}
}

// eachSort has a kind of each sort there is: with and without a feed, ids, a tree, deleted records that only the feed tells.
func eachSort() []*domain.Kind {
	return []*domain.Kind{
		domain.Customers.Kind, domain.CustomerContacts.Kind, domain.Jobs.Kind, domain.Appointments.Kind, domain.AppointmentAssignments.Kind,
		domain.PricebookCategories.Kind, domain.PricebookServices.Kind, domain.Technicians.Kind, domain.TagTypes.Kind, domain.Teams.Kind,
	}
}

// withFeed are those of the kinds whose deleted records an incremental run finds: those that have a feed, and can be asked for by id
// or say by the feed alone that they are deleted.
func withFeed(kinds []*domain.Kind) []*domain.Kind {
	return slices.DeleteFunc(kinds, func(k *domain.Kind) bool {
		return k.API.Export == "" || !k.API.IDs && !k.API.Get && !k.API.Tombstones
	})
}

// upheaval changes a company in every way that it can be changed.
func (w *world) upheaval(t *testing.T) {
	t.Helper()
	for _, k := range eachSort() {
		ids := w.sim.IDs(tenant, k.API.Entity)
		for i, id := range ids {
			if i%5 == 0 {
				w.change(t, k, id, nil)
			}
		}
		if (k.API.IDs || k.API.Tombstones) && len(ids) > 3 {
			w.remove(t, k, ids[2])
		}
	}
	customers := w.sim.IDs(tenant, "Customer")
	if err := w.sim.MergeCustomers(tenant, customers[4], customers[5]); err != nil {
		t.Fatal(err)
	}
	if _, err := w.sim.Create(tenant, "Job", map[string]any{"jobNumber": "upheaval"}); err != nil {
		t.Fatal(err)
	}
}

func TestFaults_everyModeEndsInEquality(t *testing.T) {
	t.Parallel()
	for name, fault := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.sim.Faults().Set(fault)
			w.succeed(t, domain.SyncFull, eachSort()...)
			w.upheaval(t)
			w.succeed(t, domain.SyncIncremental, eachSort()...)
			w.sim.Faults().Set(simulator.Settings{})
			w.sim.Clock().Advance(time.Second) // lists have caught up
			w.succeed(t, domain.SyncIncremental, eachSort()...)
			if !fault.Drift { // what was read with words that are gone now has not changed since
				w.wantMirror(t, withFeed(eachSort())...) // lists do not tell of what is deleted
			}
			w.succeed(t, domain.SyncReconcile, eachSort()...)
			w.wantMirror(t, eachSort()...)
		})
	}
}

func TestFaults_tooManyCallsMakeARunWait(t *testing.T) {
	t.Parallel()
	for name, told := range map[string]string{"in seconds": "seconds", "as a date": "date", "in words alone": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.sim.Faults().Set(simulator.Settings{Status: http.StatusTooManyRequests, RetryAfter: told, RetrySeconds: 1, Path: "/customers", Next: 2})
			r := w.succeed(t, domain.SyncFull, domain.Customers.Kind)["Customer"]
			if took := r.FinishedAt.Sub(*r.StartedAt); took < 500*time.Millisecond {
				t.Errorf("the run did not wait for as long as it was told: %v", took)
			}
			w.wantMirror(t, domain.Customers.Kind)
		})
	}
}

func TestFaults_revokedTokensAreRenewed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, k := range domain.Kinds() {
		w.succeed(t, domain.SyncFull, k)
		w.sim.RevokeTokens()
	}
	w.wantMirror(t)
}

func TestFaults_aLostScopeFailsThatEntityAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sim.Faults().Set(simulator.Settings{LostScopes: []string{"Campaign"}})
	for kind, r := range w.sync(t, domain.SyncFull) {
		want := domain.SyncSucceeded
		if kind == "Campaign" {
			want = domain.SyncFailed
		}
		if r.Status != want {
			t.Errorf("%s: %s, want %s", kind, describe(r), want)
		}
	}
	states, err := w.States(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range states {
		if failed := s.Kind == "Campaign"; (s.Problem != nil) != failed || (s.LastFullSyncAt == nil) != failed {
			t.Errorf("state of %s: problem %v, last full sync %v", s.Kind, s.Problem, s.LastFullSyncAt)
		}
	}
	w.sim.Faults().Set(simulator.Settings{})
	w.succeed(t, domain.SyncIncremental, domain.Campaigns.Kind) // never read whole: it reads everything
	w.wantMirror(t)
}

func TestFaults_anOutageIsWaitedOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sim.Faults().Set(simulator.Settings{Status: http.StatusServiceUnavailable})
	runs := w.start(t, domain.SyncFull, domain.Jobs.Kind)
	id, finished := runs[0].ID, make(chan error, 1)
	go func() { finished <- w.Finish(t.Context(), tenant, runs, 1) }()
	for waits := false; !waits; {
		r, _, err := w.store.SyncRun(t.Context(), tenant, id)
		if err != nil {
			t.Fatal(err)
		}
		waits = r.Status == domain.SyncQueued && r.Problem != nil && r.RetryAt != nil
	}
	w.sim.Faults().Set(simulator.Settings{})
	if err := <-finished; err != nil {
		t.Fatal(err)
	}
	if r := runs[0]; r.Status != domain.SyncSucceeded || r.Problem != nil {
		t.Errorf("after the outage: %s", describe(r))
	}
	w.wantMirror(t, domain.Jobs.Kind)
}

func TestFaults_recordsThatVanishWhileAListIsReadMoveNoneOutOfSight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := domain.Customers.Kind
	ids := w.sim.IDs(tenant, k.API.Entity)
	runs := w.start(t, domain.SyncFull, k)
	stop := make(chan struct{})
	removed := make(chan struct{})
	go func() { // one after the other goes, from the front, while pages are read
		defer close(removed)
		for _, id := range ids[:15] {
			select {
			case <-stop:
				return
			case <-time.After(4 * time.Millisecond):
				_ = w.sim.Delete(tenant, k.API.Entity, id)
			}
		}
	}()
	w.sim.Faults().Set(simulator.Settings{Delay: 15 * time.Millisecond})
	w.finish(t, runs)
	close(stop)
	<-removed
	w.sim.Faults().Set(simulator.Settings{})
	mirrored := w.documents(t, k)
	for _, id := range w.sim.IDs(tenant, k.API.Entity) {
		if _, ok := mirrored[id]; !ok {
			t.Errorf("customer %d was overlooked", id)
		}
	}
}
