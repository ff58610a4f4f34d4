package syncer_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

func TestModes_anUnchangedCompanyIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.succeed(t, domain.SyncFull)
	before := map[string]map[int64]string{}
	for _, k := range domain.Kinds() {
		before[k.Name] = w.versions(t, k)
	}
	since := time.Unix(0, 0)
	for _, mode := range []domain.SyncMode{domain.SyncFull, domain.SyncIncremental, domain.SyncReconcile, domain.SyncIncremental} {
		var wishes []domain.NewRun
		for _, k := range domain.Kinds() {
			wish := domain.NewRun{Kind: k, Mode: mode, Trigger: domain.TriggerMutation}
			if mode == domain.SyncIncremental {
				wish.Since = &since // the whole feed: each record comes in its other form
			}
			wishes = append(wishes, wish)
		}
		for _, r := range w.finish(t, w.ask(t, wishes...)) {
			if r.Inserted+r.Updated+r.Deleted > 0 || r.Rows == 0 {
				t.Errorf("%s of %s: %d rows, %+v", mode, r.Kind, r.Rows, r.SyncCounts)
			}
		}
	}
	for _, k := range domain.Kinds() {
		if diff := cmp.Diff(before[k.Name], w.versions(t, k)); diff != "" {
			t.Errorf("%s were written again:\n%.500s", k.Plural(), diff)
		}
	}
}

func TestModes_incrementalReadsWhatChangedAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.succeed(t, domain.SyncFull, domain.Jobs.Kind, domain.JobTypes.Kind)
	w.change(t, domain.Jobs.Kind, w.some(t, domain.Jobs.Kind, 7), map[string]any{"summary": "Changed"})
	w.change(t, domain.JobTypes.Kind, w.some(t, domain.JobTypes.Kind, 2), map[string]any{"name": "Changed"})
	for kind, r := range w.succeed(t, domain.SyncIncremental, domain.Jobs.Kind, domain.JobTypes.Kind) {
		if r.Updated != 1 || r.Rows > 10 {
			t.Errorf("%s: %d rows read, %+v", kind, r.Rows, r.SyncCounts)
		}
	}
	w.wantMirror(t, domain.Jobs.Kind, domain.JobTypes.Kind)
}

func TestModes_aRunFromAMomentLeavesEarlierChangesToTheNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kinds := []*domain.Kind{domain.Jobs.Kind, domain.Teams.Kind}
	w.succeed(t, domain.SyncFull, kinds...)
	w.succeed(t, domain.SyncIncremental, kinds...)
	if _, err := w.db.Exec(t.Context(), "UPDATE raw.sync_state SET last_sync_at = now() - interval '9 hours'"); err != nil {
		t.Fatal(err)
	}
	w.sim.Faults().Set(simulator.Settings{Skew: -5 * time.Hour}) // what changed five hours ago
	for entity, made := range map[string]map[string]any{"Job": {"jobNumber": "early"}, "Team": {"name": "Early", "active": true}} {
		if _, err := w.sim.Create(tenant, entity, made); err != nil {
			t.Fatal(err)
		}
	}
	w.sim.Faults().Set(simulator.Settings{})
	w.sim.Clock().Advance(time.Hour)
	since := w.sim.Clock().Now().Add(-time.Minute)
	for _, k := range kinds {
		w.change(t, k, w.some(t, k, 1), nil)
		r := w.finish(t, w.ask(t, domain.NewRun{Kind: k, Mode: domain.SyncIncremental, Trigger: domain.TriggerMutation, Since: &since}))[k.Name]
		if r.Status != domain.SyncSucceeded || r.Updated != 1 || r.Inserted != 0 {
			t.Errorf("%s since a moment: %s, %+v", k.Plural(), describe(r), r.SyncCounts)
		}
	}
	w.succeed(t, domain.SyncIncremental, kinds...)
	w.wantMirror(t, kinds...)
}

func TestModes_incrementalOfWhatWasNeverReadReadsEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.succeed(t, domain.SyncIncremental, domain.Customers.Kind, domain.Teams.Kind, domain.PricebookCategories.Kind)
	w.wantMirror(t, domain.Customers.Kind, domain.Teams.Kind, domain.PricebookCategories.Kind)
}

func TestModes_whatIsDeletedIsSeenByTheFeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, k := range []*domain.Kind{domain.Appointments.Kind, domain.Jobs.Kind, domain.CustomerContacts.Kind, domain.PricebookCategories.Kind} {
		w.succeed(t, domain.SyncFull, k)
		gone, off := w.some(t, k, 3), w.some(t, k, 5)
		w.remove(t, k, gone)
		if !k.API.Tombstones {
			w.change(t, k, off, map[string]any{"active": false}) // looks the same, and is there
		}
		if r := w.succeed(t, domain.SyncIncremental, k)[k.Name]; r.Deleted != 1 {
			t.Errorf("%s: %+v", k.Plural(), r.SyncCounts)
		}
		w.wantMirror(t, k)
	}
}

func TestModes_aThinFeedIsFilledUpFromTheList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := domain.PricebookServices.Kind
	w.succeed(t, domain.SyncFull, k)
	w.change(t, k, w.some(t, k, 4), map[string]any{"useStaticPrices": true, "displayName": "Changed"})
	w.succeed(t, domain.SyncIncremental, k)
	w.wantMirror(t, k)
}

func TestModes_theCategoriesTree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := domain.PricebookCategories.Kind
	w.succeed(t, domain.SyncFull, k)
	parent := w.some(t, k, 1)
	if _, err := w.sim.Create(tenant, k.API.Entity, map[string]any{"name": "New branch", "parentId": parent, "active": true}); err != nil {
		t.Fatal(err)
	}
	w.succeed(t, domain.SyncIncremental, k)
	w.wantMirror(t, k)
}

func TestReconcile_marksWhatHasVanished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := domain.Teams.Kind // no feed tells of it
	w.succeed(t, domain.SyncFull, k)
	w.remove(t, k, w.some(t, k, 1))
	if r := w.succeed(t, domain.SyncFull, k)[k.Name]; r.Deleted != 0 {
		t.Errorf("a full run deleted %d", r.Deleted)
	}
	if r := w.succeed(t, domain.SyncReconcile, k)[k.Name]; r.Deleted != 1 {
		t.Errorf("a reconcile deleted %d", r.Deleted)
	}
	w.wantMirror(t, k)
}

func TestReconcile_whatCannotBeAskedForIsLookedForTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := domain.TagTypes.Kind
	w.succeed(t, domain.SyncFull, k)
	w.sim.Calls().Reset()
	w.succeed(t, domain.SyncReconcile, k)
	once := w.sim.Calls().Counts()
	w.remove(t, k, w.some(t, k, 1))
	w.sim.Calls().Reset()
	if r := w.succeed(t, domain.SyncReconcile, k)[k.Name]; r.Deleted != 1 {
		t.Errorf("%+v", r.SyncCounts)
	}
	for path, n := range w.sim.Calls().Counts() {
		if strings.HasSuffix(path, "/tag-types") && n != 2*once[path] {
			t.Errorf("%s: %d calls, want twice %d", path, n, once[path])
		}
	}
	w.wantMirror(t, k)
}

func TestReconcile_tooLargeADropIsNotBelieved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := domain.Jobs.Kind
	w.succeed(t, domain.SyncFull, k)
	all := len(w.documents(t, k))
	for _, id := range w.sim.IDs(tenant, k.API.Entity)[:all/2] {
		w.remove(t, k, id)
	}
	r := w.sync(t, domain.SyncReconcile, k)[k.Name]
	if r.Status != domain.SyncPartial || r.Problem == nil || !strings.Contains(*r.Problem, "acceptDrop") || r.Deleted != 0 || len(w.documents(t, k)) != all {
		t.Errorf("%s, %d deleted", describe(r), r.Deleted)
	}
	accepted := w.finish(t, w.ask(t, domain.NewRun{Kind: k, Mode: domain.SyncReconcile, Trigger: domain.TriggerMutation, AcceptDrop: true}))[k.Name]
	if accepted.Status != domain.SyncSucceeded || int(accepted.Deleted) != all/2 {
		t.Errorf("accepted: %s, %d deleted", describe(accepted), accepted.Deleted)
	}
	w.wantMirror(t, k)
}

func TestModes_aTokenThatIsRefusedGivesWayToADate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := domain.Jobs.Kind
	w.succeed(t, domain.SyncFull, k)
	w.succeed(t, domain.SyncIncremental, k)
	if _, err := w.db.Exec(t.Context(), "UPDATE raw.sync_state SET last_sync_cursor = '?no token?' WHERE entity_type = 'Job' AND last_sync_cursor IS NOT NULL"); err != nil {
		t.Fatal(err)
	}
	w.change(t, k, w.some(t, k, 2), map[string]any{"summary": "Changed"})
	w.succeed(t, domain.SyncIncremental, k)
	w.wantMirror(t, k)
}

func TestRuns_aBadRecordGoesToQuarantineAndComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := domain.Invoices.Kind
	id := w.some(t, k, 3)
	w.change(t, k, id, map[string]any{"total": "not a number"})
	r := w.sync(t, domain.SyncFull, k)[k.Name]
	if r.Status != domain.SyncPartial || r.Quarantined != 1 {
		t.Errorf("%s, %+v", describe(r), r.SyncCounts)
	}
	kept, err := w.Quarantine(t.Context(), tenant, domain.QuarantineFilter{Limit: 10})
	if err != nil || len(kept) != 1 || kept[0].STID != id || kept[0].Run != r.ID || strings.Contains(kept[0].Reason, "not a number") {
		t.Fatalf("quarantine %+v, %v", kept, err)
	}
	w.change(t, k, id, map[string]any{"total": "12.50"})
	w.succeed(t, domain.SyncIncremental, k)
	w.wantMirror(t, k)
	if kept, err = w.Quarantine(t.Context(), tenant, domain.QuarantineFilter{Limit: 10}); err != nil || len(kept) != 0 {
		t.Errorf("quarantine after the repair: %d, %v", len(kept), err)
	}
}

func TestRuns_aCancelledRunStopsAndMayBeStartedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := domain.Jobs.Kind
	w.sim.Faults().Set(simulator.Settings{Status: http.StatusServiceUnavailable})
	runs := w.start(t, domain.SyncFull, k)
	ended := make(chan error, 1)
	go func() { ended <- w.Finish(t.Context(), tenant, runs, 1) }()
	if r, err := w.Cancel(t.Context(), tenant, runs[0].ID); err != nil || r.Status != domain.SyncCancelled {
		t.Fatalf("cancel: %+v, %v", r, err)
	}
	if err := <-ended; err != nil || runs[0].Status != domain.SyncCancelled {
		t.Errorf("the worker: %v, %s", err, describe(runs[0]))
	}
	w.sim.Faults().Set(simulator.Settings{})
	if again := w.succeed(t, domain.SyncFull, k)[k.Name]; again.ID == runs[0].ID {
		t.Error("the cancelled run went on")
	}
	w.wantMirror(t, k)
}

func TestProgress_tellsOfTheRunsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	runs := w.start(t, domain.SyncFull, domain.Teams.Kind)
	events, err := w.Progress(t.Context(), tenant, []*domain.Kind{domain.Teams.Kind})
	if err != nil {
		t.Fatal(err)
	}
	if first := <-events; first.ID != runs[0].ID || first.Status.Finished() {
		t.Errorf("first event: run %d, %s", first.ID, first.Status)
	}
	w.finish(t, runs)
	for e := range events {
		if e.Status.Finished() {
			if e.Rows != int64(w.sim.Count(tenant, "Team")) || e.Percent() == nil || *e.Percent() != 100 {
				t.Errorf("last event: %d rows, percent %v", e.Rows, e.Percent())
			}
			return
		}
	}
}
