package syncer_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

var (
	lives = flag.Int("lives", 3, "how many random histories TestHistories plays")
	steps = flag.Int("steps", 12, "how many steps each of them has")
	first = flag.Uint64("seed", 1, "the first history's seed")
)

// TestHistories plays random histories of changes, syncs, faults and restarts. When the faults have ended, an incremental run
// and a reconcile of everything must make the mirror equal to the company.
func TestHistories(t *testing.T) {
	t.Parallel()
	for i := range *lives {
		seed := *first + uint64(i)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			h := history{world: newWorld(t), rng: rand.New(rand.NewPCG(seed, 7))}
			for range *steps {
				h.step(t)
			}
			h.sim.Faults().Set(simulator.Settings{})
			h.sim.Clock().Advance(time.Minute)
			h.sync(t, domain.SyncIncremental)
			for kind, r := range h.sync(t, domain.SyncReconcile) {
				if r.Status != domain.SyncSucceeded && r.Status != domain.SyncPartial {
					t.Errorf("%s: %s", kind, describe(r))
				}
			}
			h.wantMirror(t)
		})
	}
}

// history is a world that chance rules.
type history struct {
	*world
	rng *rand.Rand
}

func (h history) step(t *testing.T) {
	t.Helper()
	switch n := h.rng.IntN(10); {
	case n < 4:
		h.upset(t)
	case n < 5:
		h.breakSomething()
	case n < 6:
		h.sim.Clock().Advance(time.Duration(h.rng.IntN(40)) * time.Minute)
	case n < 7:
		h.restart(t)
	default:
		modes := []domain.SyncMode{domain.SyncFull, domain.SyncIncremental, domain.SyncIncremental, domain.SyncReconcile}
		kinds := domain.Kinds()
		h.rng.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
		h.sync(t, modes[h.rng.IntN(len(modes))], kinds[:1+h.rng.IntN(len(kinds))]...)
	}
}

// upset changes some records of some kinds: creates, changes, switches off, deletes, merges.
func (h history) upset(t *testing.T) {
	t.Helper()
	for range 8 {
		k := domain.Kinds()[h.rng.IntN(len(domain.Kinds()))]
		ids := h.sim.IDs(tenant, k.API.Entity)
		if len(ids) < 4 {
			continue
		}
		id := ids[h.rng.IntN(len(ids))]
		switch n := h.rng.IntN(10); {
		case n < 6:
			h.change(t, k, id, nil)
		case n < 7 && !k.API.Tombstones:
			h.change(t, k, id, map[string]any{"active": h.rng.IntN(2) == 0})
		case n < 8 && k.API.Tree == "" && len(h.documents(t, k))/10 > 1:
			h.remove(t, k, id)
		case n < 9 && (k == domain.Jobs.Kind || k == domain.Customers.Kind):
			if _, err := h.sim.Create(tenant, k.API.Entity, nil); err != nil {
				t.Fatal(err)
			}
		case k == domain.Customers.Kind && id != ids[0]:
			if err := h.sim.MergeCustomers(tenant, id, ids[0]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// breakSomething sets a fault, or ends the last one.
func (h history) breakSomething() {
	// A clock that goes back gives a later change an earlier time, and the record with the later time is kept: there is no
	// other mark. Skews and bursts that begin and end are therefore none of this test's.
	all := faults()
	maps.DeleteFunc(all, func(_ string, s simulator.Settings) bool { return s.Skew != 0 || s.Burst })
	names := slices.Sorted(maps.Keys(all))
	if h.rng.IntN(3) == 0 {
		h.sim.Faults().Set(simulator.Settings{})
		return
	}
	h.sim.Faults().Set(all[names[h.rng.IntN(len(names))]])
}
