package app_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

// TestKill_leader kills the replica that keeps the queue (River's leader) while runs are under way, some of which rest because
// ServiceTitan does not answer. The others go on without a leader.
func TestKill_leader(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	leaders := func() []string {
		return query(t, w, pgx.RowTo[string], "SELECT leader_id FROM river.river_leader WHERE expires_at > now()")
	}
	first := w.startReplica(t) // alone, it must be elected
	until(t, "there is a leader", func() bool { return len(leaders()) == 1 })
	leader := leaders()[0]
	w.startReplica(t)
	healthy := w.sim.Faults().Get()
	w.sim.Faults().Set(simulator.Settings{Delay: healthy.Delay, Status: 503, Path: "/jpm/"})
	r := w.start(t, domain.SyncFull)
	until(t, "a run rests", func() bool {
		return one[int](t, w, "SELECT count(*) FROM lazi.sync_runs WHERE retry_at IS NOT NULL") > 0
	})
	first.kill(t)
	at, runs := w.now(t), w.heldBy(t, first.worker)
	w.sim.Faults().Set(healthy)
	report(t, "from the kill of the leader to the next page of a run it had", w.goOn(t, runs, at))
	w.finish(t, r)
	t.Logf("all runs had ended %v after the kill", w.now(t).Sub(at).Round(time.Millisecond))
	if *killCount < fullMatrix {
		return // an election takes up to 16 s, and nothing waits for it
	}
	until(t, "another leader is elected", func() bool {
		now := leaders()
		return len(now) == 1 && now[0] != leader
	})
	t.Logf("there was another leader %v after the kill, at the latest", w.now(t).Sub(at).Round(time.Millisecond))
}
