package app_test

import (
	"net/http"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

// TestKill_replicasShareTheWork lets two replicas read a company whose ServiceTitan counts calls as the real one does: both
// work, and both together keep to the limit.
func TestKill_replicasShareTheWork(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	w.sim.Faults().Set(simulator.Settings{Rate: 60, RetryAfter: "seconds", Delay: 20 * time.Millisecond})
	first, second := w.startReplica(t), w.startReplica(t)
	r := w.start(t, domain.SyncFull)
	worked := map[string]bool{}
	until(t, "all runs end", func() bool {
		for _, p := range []*replica{first, second} {
			worked[p.worker] = worked[p.worker] || len(w.heldBy(t, p.worker)) > 0
		}
		return w.unfinished(t, r) == 0
	})
	if !worked[first.worker] || !worked[second.worker] {
		t.Error("one of the replicas has done all the work")
	}
	refused, calls := 0, w.sim.Calls().All()
	for _, c := range calls {
		if c.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	t.Logf("%d of %d calls were refused for coming too early", refused, len(calls))
	if refused > len(calls)/10 {
		t.Errorf("%d of %d calls were refused for coming too early", refused, len(calls))
	}
	w.finish(t, r)
}
