package simulator_test

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/simulator"
)

// TestSimulator_isSafeForConcurrentUse reads, changes, breaks and mends at once: the race detector watches.
func TestSimulator_isSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	f := setup(t)
	e := entity(t, "Job")
	ids := f.IDs(tenant, e.Name)
	work := []func(int){
		func(n int) { f.get(t, jobs+"?pageSize=20&sort=-ModifiedOn&page="+strconv.Itoa(1+n)) },
		func(int) { f.get(t, e.ExportPath+"?includeRecentChanges=true") },
		func(n int) { f.get(t, jobs+"/"+itoa(ids[n])) },
		func(n int) {
			if err := f.Change(tenant, e.Name, ids[n], map[string]any{"noCharge": n%2 == 0}); err != nil {
				t.Error(err)
			}
		},
		func(n int) {
			f.Faults().Set(simulator.Settings{Moving: n%2 == 0, Rate: 50 * (n % 2), ReadLag: time.Duration(n%2) * time.Second})
		},
		func(int) { f.Clock().Advance(time.Second); f.Calls().Counts() },
	}
	var all sync.WaitGroup
	for _, do := range work {
		all.Go(func() {
			for n := range 12 {
				do(n)
			}
		})
	}
	all.Wait()
	f.Faults().Set(simulator.Settings{})
	if status, body := f.get(t, jobs); status != 200 {
		t.Errorf("afterwards: status %d, %.200s", status, body)
	}
}
