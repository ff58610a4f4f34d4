package app_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// heldRun is a run in the hands of a worker.
type heldRun struct {
	ID, Turn int64
}

func scanHeld(row pgx.CollectableRow) (heldRun, error) { return pgx.RowToStructByPos[heldRun](row) }

// heldBy are the runs that a worker has.
func (w *killWorld) heldBy(t *testing.T, worker string) []heldRun {
	t.Helper()
	return query(t, w, scanHeld, "SELECT id, turn FROM lazi.sync_runs WHERE worker = $1 AND status = 'RUNNING'", worker)
}

// now is the time of the database.
func (w *killWorld) now(t *testing.T) time.Time {
	t.Helper()
	return one[time.Time](t, w, "SELECT clock_timestamp()")
}

// goOn waits until each of some runs has stored a page in a later turn, or has ended, and returns how long after a moment
// that was.
func (w *killWorld) goOn(t *testing.T, runs []heldRun, since time.Time) []time.Duration {
	t.Helper()
	var took []time.Duration
	for _, r := range runs {
		var moved []time.Time
		until(t, "an abandoned run goes on", func() bool {
			moved = query(t, w, pgx.RowTo[time.Time], `SELECT least(finished_at, CASE WHEN page_at > $3 THEN page_at END) FROM lazi.sync_runs
 WHERE id = $1 AND turn > $2 AND (page_at > $3 OR finished_at IS NOT NULL)`, r.ID, r.Turn, since)
			return len(moved) == 1
		})
		took = append(took, moved[0].Sub(since))
	}
	return took
}

// TestKill_workers kills one of two replicas again and again, and starts another in its place, while runs of all kinds and
// modes are under way. -kills and -kills.seed choose how often, and when.
func TestKill_workers(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	random := rand.New(rand.NewPCG(*killSeed, 0))
	replicas := []*replica{w.startReplica(t), w.startReplica(t)}
	var took []time.Duration
	held, rounds := 0, 0
	for killed := 0; killed < *killCount || rounds < 3; rounds++ {
		mode := []domain.SyncMode{domain.SyncFull, domain.SyncIncremental, domain.SyncReconcile}[rounds%3]
		if rounds > 0 {
			w.change(t, rounds, mode)
		}
		r := w.start(t, mode)
		for w.unfinished(t, r) > 0 && killed < *killCount*(rounds+1)/3 {
			pass(t, time.Duration(random.IntN(900))*time.Millisecond)
			victim := random.IntN(len(replicas))
			replicas[victim].kill(t)
			at, runs := w.now(t), w.heldBy(t, replicas[victim].worker)
			killed, held = killed+1, held+len(runs)
			replicas[victim] = w.startReplica(t)
			if random.IntN(3) > 0 { // else the next one is killed while these runs are taken over
				took = append(took, w.goOn(t, runs, at)...)
			}
		}
		w.finish(t, r)
	}
	report(t, "from the kill of a worker to the next page of a run it had", took)
	t.Logf("%d rounds; the workers that were killed had %d runs", rounds, held)
	if held == 0 {
		t.Error("no kill has hit a run")
	}
}

// TestKill_betweenQueueAndRun is about a worker that dies when it has a job and not yet the run that the job is for: the queue
// believes for minutes that somebody works on it.
func TestKill_betweenQueueAndRun(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	r := w.start(t, domain.SyncFull)
	jobs := query(t, w, pgx.RowTo[int64], "UPDATE river.river_job SET state = 'running', attempt = 1, attempted_at = now() - interval '2 seconds' RETURNING id")
	if len(jobs) != len(r.ids) {
		t.Fatalf("%d jobs for %d runs", len(jobs), len(r.ids))
	}
	at := w.now(t)
	w.startReplica(t)
	w.underWay(t, r, 1)
	t.Logf("the first page came %v after the jobs were taken", w.now(t).Sub(at).Round(time.Millisecond))
	w.finish(t, r)
}

// report logs figures that depend on the machine.
func report(t *testing.T, what string, took []time.Duration) {
	t.Helper()
	if len(took) == 0 {
		t.Logf("%s: nothing was measured", what)
		return
	}
	slices.Sort(took)
	at := func(share float64) time.Duration {
		return took[int(share*float64(len(took)-1))].Round(time.Millisecond)
	}
	t.Logf("%s: median %v, 95 %% %v, worst %v of %d", what, at(0.5), at(0.95), at(1), len(took))
}
