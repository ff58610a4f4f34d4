package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

const lease = time.Minute

// started asks for a run of a kind and returns it.
func started(t *testing.T, s *store.Store, k *domain.Kind, mode domain.SyncMode) *domain.SyncRun {
	t.Helper()
	runs, err := s.StartRuns(t.Context(), tenant, []domain.NewRun{{Kind: k, Mode: mode, Trigger: domain.TriggerMutation}})
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	return runs[0]
}

// worker is a living worker's id.
func worker(t *testing.T, s *store.Store) string {
	t.Helper()
	id := uuid.NewString()
	if _, err := s.KeepAlive(t.Context(), id, lease); err != nil {
		t.Fatal(err)
	}
	return id
}

func taken(t *testing.T, s *store.Store, run, number int64, worker string) *domain.SyncTurn {
	t.Helper()
	turn, err := s.TakeRun(t.Context(), run, number, worker)
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

func jobPage(t *testing.T, next domain.SyncPlace, more bool, ids ...int64) domain.SyncPage {
	t.Helper()
	p := domain.SyncPage{Next: next, More: more}
	for _, id := range ids {
		p.Documents = append(p.Documents, doc(t, id, map[string]any{"jobNumber": fmt.Sprint(id), "modifiedOn": "2026-01-01T00:00:00Z"}))
	}
	return p
}

// standing is a run's state and turn.
func standing(t *testing.T, s *store.Store, run int64) (domain.SyncStatus, int64) {
	t.Helper()
	r, turn, err := s.SyncRun(t.Context(), tenant, run)
	if err != nil {
		t.Fatal(err)
	}
	return r.Status, turn
}

func TestStartRuns_oneUnfinishedRunForEachKind(t *testing.T) {
	t.Parallel()
	s := open(t)
	first := started(t, s, domain.Jobs.Kind, domain.SyncFull)
	if again := started(t, s, domain.Jobs.Kind, domain.SyncReconcile); again.ID != first.ID || again.Mode != domain.SyncFull {
		t.Errorf("a second wish made run %d, %s", again.ID, again.Mode)
	}
	if other := started(t, s, domain.Customers.Kind, domain.SyncFull); other.ID == first.ID {
		t.Error("another kind got the same run")
	}
	if _, err := s.CancelRun(t.Context(), tenant, first.ID); err != nil {
		t.Fatal(err)
	}
	if next := started(t, s, domain.Jobs.Kind, domain.SyncFull); next.ID == first.ID {
		t.Error("a cancelled run was started again")
	}
}

func TestTakeRun_oneOfManyWorkersGetsIt(t *testing.T) {
	t.Parallel()
	s := open(t)
	run := started(t, s, domain.Jobs.Kind, domain.SyncFull)
	results := make(chan error, 8)
	for range cap(results) {
		id := worker(t, s)
		go func() { _, err := s.TakeRun(context.WithoutCancel(t.Context()), run.ID, 0, id); results <- err }()
	}
	got, lost := 0, 0
	for range cap(results) {
		switch err := <-results; {
		case err == nil:
			got++
		case errors.Is(err, domain.ErrLost):
			lost++
		default:
			t.Error(err)
		}
	}
	if got != 1 || lost != cap(results)-1 {
		t.Errorf("%d workers got the run, %d lost", got, lost)
	}
}

func TestStorePage_aTurnThatIsOverStoresNothing(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(t *testing.T, s *store.Store, run int64){
		"cancelled": func(t *testing.T, s *store.Store, run int64) {
			t.Helper()
			if _, err := s.CancelRun(t.Context(), tenant, run); err != nil {
				t.Fatal(err)
			}
		},
		"its worker was thought dead": func(t *testing.T, s *store.Store, _ int64) {
			t.Helper()
			if n, err := s.ReviveRuns(t.Context()); n != 1 || err != nil {
				t.Fatalf("%d revived, %v", n, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			turn := taken(t, s, started(t, s, domain.Jobs.Kind, domain.SyncFull).ID, 0, uuid.NewString()) // a worker that never said it lives
			lose(t, s, turn.Run.ID)
			if err := s.StorePage(t.Context(), turn, domain.Jobs.Kind, jobPage(t, domain.SyncPlace{Page: 2}, true, 1)); !errors.Is(err, domain.ErrLost) {
				t.Errorf("page: %v", err)
			}
			if err := s.EndTurn(t.Context(), turn, domain.Jobs.Kind, domain.SyncEnd{Status: domain.SyncSucceeded}); !errors.Is(err, domain.ErrLost) {
				t.Errorf("end: %v", err)
			}
			if rows, err := s.ByIDs(t.Context(), tenant, domain.Jobs.Kind, []int64{1}); len(rows) > 0 || err != nil {
				t.Errorf("%d rows were stored, %v", len(rows), err)
			}
		})
	}
}

func TestEndTurn_theNextTurnGoesOnBehindTheLastPage(t *testing.T) {
	t.Parallel()
	s := open(t)
	turn := taken(t, s, started(t, s, domain.Jobs.Kind, domain.SyncFull).ID, 0, worker(t, s))
	place := domain.SyncPlace{Page: 2, Size: 500, Total: new(int64(3))}
	if err := s.StorePage(t.Context(), turn, domain.Jobs.Kind, jobPage(t, place, true, 1, 2)); err != nil {
		t.Fatal(err)
	}
	if err := s.EndTurn(t.Context(), turn, domain.Jobs.Kind, domain.SyncEnd{Status: domain.SyncQueued, Setback: true, Problem: "sample"}); err != nil {
		t.Fatal(err)
	}
	next := taken(t, s, turn.Run.ID, turn.Turn, worker(t, s))
	if diff := cmp.Diff(&place, next.Place); diff != "" || next.Setbacks != 1 || next.Turn <= turn.Turn {
		t.Errorf("place (-stored +taken):\n%s\nsetbacks %d, turn %d after %d", diff, next.Setbacks, next.Turn, turn.Turn)
	}
	if err := s.StorePage(t.Context(), next, domain.Jobs.Kind, jobPage(t, domain.SyncPlace{Page: 3}, false, 2, 3)); err != nil {
		t.Fatal(err)
	}
	if err := s.EndTurn(t.Context(), next, domain.Jobs.Kind, domain.SyncEnd{Status: domain.SyncSucceeded, Whole: true}); err != nil {
		t.Fatal(err)
	}
	want := domain.SyncCounts{Inserted: 3, Unchanged: 1}
	if diff := cmp.Diff(want, next.Run.SyncCounts); diff != "" || next.Run.Pages != 2 || next.Run.Rows != 4 || next.Run.Problem != nil {
		t.Errorf("counts (-want +got):\n%s\n%d pages, %d rows, problem %v", diff, next.Run.Pages, next.Run.Rows, next.Run.Problem)
	}
	if h, err := s.SyncHistory(t.Context(), tenant, domain.Jobs.Kind); err != nil || !h.Complete || h.LastSyncAt == nil || h.NewestAt == nil {
		t.Errorf("history %+v, %v", h, err)
	}
}

func TestReviveRuns_leavesThoseOfTheLiving(t *testing.T) {
	t.Parallel()
	s := open(t)
	living := taken(t, s, started(t, s, domain.Jobs.Kind, domain.SyncFull).ID, 0, worker(t, s))
	dead := taken(t, s, started(t, s, domain.Customers.Kind, domain.SyncFull).ID, 0, uuid.NewString())
	if n, err := s.ReviveRuns(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d revived, %v", n, err)
	}
	if st, turn := standing(t, s, living.Run.ID); st != domain.SyncRunning || turn != living.Turn {
		t.Errorf("the living worker's run is %s at turn %d", st, turn)
	}
	st, turn := standing(t, s, dead.Run.ID)
	if st != domain.SyncQueued {
		t.Errorf("the dead worker's run is %s", st)
	}
	taken(t, s, dead.Run.ID, turn, worker(t, s))
}

func TestKeepAlive_tellsWhatIsHeld(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := worker(t, s)
	turn := taken(t, s, started(t, s, domain.Jobs.Kind, domain.SyncFull).ID, 0, id)
	held, err := s.KeepAlive(t.Context(), id, lease)
	if diff := cmp.Diff(map[int64]int64{turn.Run.ID: turn.Turn}, held); diff != "" || err != nil {
		t.Errorf("held (-want +got):\n%s%v", diff, err)
	}
	if err := s.Leave(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if n, err := s.ReviveRuns(t.Context()); n != 1 || err != nil {
		t.Errorf("%d revived after the worker left, %v", n, err)
	}
}

func TestCancelRun_isNotForOthers(t *testing.T) {
	t.Parallel()
	s := open(t)
	run := started(t, s, domain.Jobs.Kind, domain.SyncFull)
	if _, err := s.CancelRun(t.Context(), tenant+1, run.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another tenant: %v", err)
	}
	if st, _ := standing(t, s, run.ID); st != domain.SyncQueued {
		t.Errorf("the run is %s", st)
	}
}

func TestSweep_countsAndMarksWhatWasNotSeen(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, err := s.Upsert(t.Context(), tenant, domain.Jobs.Kind, jobPage(t, domain.SyncPlace{}, false, 1, 2, 3, 4).Documents); err != nil {
		t.Fatal(err)
	}
	turn := taken(t, s, started(t, s, domain.Jobs.Kind, domain.SyncReconcile).ID, 0, worker(t, s))
	if err := s.StorePage(t.Context(), turn, domain.Jobs.Kind, jobPage(t, domain.SyncPlace{Page: 2}, false, 1, 4)); err != nil {
		t.Fatal(err)
	}
	if live, vanished, err := s.Vanished(t.Context(), turn, domain.Jobs.Kind); live != 4 || vanished != 2 || err != nil {
		t.Errorf("%d of %d vanished, %v", vanished, live, err)
	}
	ids, err := s.NextVanished(t.Context(), turn, domain.Jobs.Kind, 0, 10)
	if diff := cmp.Diff([]int64{2, 3}, ids); diff != "" || err != nil {
		t.Errorf("vanished (-want +got):\n%s%v", diff, err)
	}
	swept := domain.SyncPage{Next: domain.SyncPlace{Sweep: true, Swept: 3}}
	if err := s.StoreSweep(t.Context(), turn, domain.Jobs.Kind, swept, []int64{2}); err != nil {
		t.Fatal(err)
	}
	rows, err := s.ByIDs(t.Context(), tenant, domain.Jobs.Kind, []int64{1, 2, 3, 4})
	if err != nil || len(rows) != 3 || turn.Run.Deleted != 1 || turn.Run.Rows != 2 {
		t.Errorf("%d rows left, %v; the run counts %d deleted, %d rows", len(rows), err, turn.Run.Deleted, turn.Run.Rows)
	}
}

func TestStartDue_processesShareWhatIsDue(t *testing.T) {
	t.Parallel()
	s := open(t)
	if err := s.PutTenant(t.Context(), domain.Tenant{ID: tenant, Name: "Sample", TimeZone: "America/Denver", Currency: "USD"}); err != nil {
		t.Fatal(err)
	}
	rules := domain.ScheduleRules{Kinds: []*domain.Kind{domain.Jobs.Kind, domain.Customers.Kind, domain.Teams.Kind}, Every: time.Microsecond}
	if err := s.SetPaused(t.Context(), tenant, []*domain.Kind{domain.Teams.Kind}, true); err != nil {
		t.Fatal(err)
	}
	if err := s.EnsureSchedule(t.Context(), rules); err != nil {
		t.Fatal(err)
	}
	rules.Every = time.Hour
	counts := make(chan int, 4)
	for range cap(counts) {
		go func() {
			n, err := s.StartDue(context.WithoutCancel(t.Context()), rules, 10)
			if err != nil {
				n = -100
			}
			counts <- n
		}()
	}
	sum := 0
	for range cap(counts) {
		sum += <-counts
	}
	if sum != 2 {
		t.Errorf("%d runs were started, want 2: one is paused", sum)
	}
	runs, err := s.SyncRuns(t.Context(), tenant, domain.RunFilter{Limit: 10})
	if err != nil || len(runs) != 2 || runs[0].Trigger != domain.TriggerSchedule || runs[0].Mode != domain.SyncIncremental {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}

func TestWork_handsEachTurnOutOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, stop := context.WithCancel(t.Context())
	want := map[int64]bool{}
	for _, k := range domain.Kinds() {
		want[started(t, s, k, domain.SyncFull).ID] = true
	}
	got := make(chan int64, 2*len(want))
	worked := make(chan error, 1)
	go func() {
		worked <- s.Work(ctx, 4, slog.New(slog.DiscardHandler), func(_ context.Context, run, turn int64) error {
			if turn == 0 {
				got <- run
			}
			return nil
		})
	}()
	for range want {
		run := <-got
		if !want[run] {
			t.Errorf("run %d was handed out twice, or never asked for", run)
		}
		delete(want, run)
	}
	stop()
	if err := <-worked; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestPruneSync_removesOldRunsOnly(t *testing.T) {
	t.Parallel()
	s := open(t)
	ended := started(t, s, domain.Jobs.Kind, domain.SyncFull)
	if _, err := s.CancelRun(t.Context(), tenant, ended.ID); err != nil {
		t.Fatal(err)
	}
	started(t, s, domain.Customers.Kind, domain.SyncFull)
	if n, err := s.PruneSync(t.Context(), time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("%d young runs removed, %v", n, err)
	}
	if n, err := s.PruneSync(t.Context(), time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("%d ended runs removed, %v", n, err)
	}
}
