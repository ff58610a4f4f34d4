package app_test

import (
	"syscall"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

// TestKill_stopLosesNothing ends a replica by SIGTERM at work: it gives its runs back instead of leaving them to its lease, and
// none of them counts that as a setback.
func TestKill_stopLosesNothing(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	first, _ := w.startReplica(t), w.startReplica(t)
	r := w.start(t, domain.SyncFull)
	w.underWay(t, r, 20)
	var runs []heldRun
	until(t, "the replica has runs", func() bool { runs = w.heldBy(t, first.worker); return len(runs) > 0 })
	at := w.now(t)
	first.signal(t, syscall.SIGTERM)
	if code := first.exitCode(t); code != 0 {
		t.Errorf("the replica ends with exit code %d", code)
	}
	t.Logf("the replica ended %v after SIGTERM", w.now(t).Sub(at).Round(time.Millisecond))
	if left := w.heldBy(t, first.worker); len(left) > 0 {
		t.Errorf("the replica has ended and still holds %v", left)
	}
	if w.workers(t)[first.worker] {
		t.Error("the replica has ended and is still among the workers")
	}
	report(t, "from SIGTERM to the next page of a run it had", w.goOn(t, runs, at))
	if n := one[int](t, w, "SELECT count(*) FROM lazi.sync_runs WHERE setbacks > 0 OR problem IS NOT NULL"); n > 0 {
		t.Errorf("%d runs count a setback", n)
	}
	w.finish(t, r)
}

// TestKill_stopDoesNotWaitForServiceTitan ends a replica whose pages take longer than anybody wants to wait for its end.
func TestKill_stopDoesNotWaitForServiceTitan(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	healthy := w.sim.Faults().Get()
	w.sim.Faults().Set(simulator.Settings{Delay: patience})
	first := w.startReplica(t)
	r := w.start(t, domain.SyncFull)
	until(t, "the replica asks for pages", func() bool { return len(w.heldBy(t, first.worker)) > 0 })
	w.sim.Faults().Set(healthy)
	w.startReplica(t)
	at, runs := w.now(t), w.heldBy(t, first.worker)
	first.signal(t, syscall.SIGTERM)
	if code := first.exitCode(t); code != 0 {
		t.Errorf("the replica ends with exit code %d", code)
	}
	took := w.now(t).Sub(at).Round(time.Millisecond)
	t.Logf("the replica ended %v after SIGTERM", took)
	if took > 10*time.Second {
		t.Errorf("the replica took %v to end", took)
	}
	report(t, "from SIGTERM amid a call to the next page of a run it had", w.goOn(t, runs, at))
	if n := one[int](t, w, "SELECT count(*) FROM lazi.sync_runs WHERE setbacks > 0 OR problem IS NOT NULL"); n > 0 {
		t.Errorf("%d runs count a setback", n)
	}
	w.finish(t, r)
}

// TestKill_sleeperStoresNothing stops a replica amid a page and for longer than its lease, as a machine does that is paused or
// swaps. Its open transaction does not hold the others up, and what it goes on with when it wakes is nobody's any more: a page
// that it stored would show in the counts.
func TestKill_sleeperStoresNothing(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	sleeper := w.startReplica(t)
	r := w.start(t, domain.SyncFull)
	// Amid a COPY the server would wait with it, whatever its timeouts: that moment is left out.
	asleep := func() bool {
		return one[bool](t, w, `SELECT count(*) FILTER (WHERE state = 'idle in transaction' AND backend_xid IS NOT NULL) > 0
 AND count(*) FILTER (WHERE state = 'active') = 0
 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	}
	until(t, "the replica sleeps in a transaction", func() bool {
		sleeper.signal(t, syscall.SIGSTOP)
		if asleep() && len(w.heldBy(t, sleeper.worker)) > 0 {
			return true
		}
		sleeper.signal(t, syscall.SIGCONT)
		return false
	})
	at, runs := w.now(t), w.heldBy(t, sleeper.worker)
	w.startReplica(t)
	report(t, "from SIGSTOP amid a page to the next page of a run it had", w.goOn(t, runs, at))
	sleeper.signal(t, syscall.SIGCONT)
	w.finish(t, r)
	again := w.start(t, domain.SyncReconcile)
	until(t, "the sleeper works again", func() bool { return len(w.heldBy(t, sleeper.worker)) > 0 || w.unfinished(t, again) == 0 })
	w.finish(t, again)
	if sleeper.hasEnded() {
		t.Error("the sleeper has ended")
	}
}
