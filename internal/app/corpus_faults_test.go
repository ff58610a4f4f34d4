package app_test

import (
	"net/http"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/simulator"
)

// TestCorpus_faults runs a smaller corpus where the mirror cannot answer alone: partly filled while ServiceTitan fails,
// and empty while it is well.
func TestCorpus_faults(t *testing.T) {
	t.Parallel()
	w := newCorpusWorld(t)
	copied := w.open(t, w.copied(t), false, w.clock.now, nil)
	full := harvest(t, w, corpusSchema(), copied.Handler())
	t.Run("partly filled, ServiceTitan fails", func(t *testing.T) { w.partlyFilled(t, full) })
	t.Run("empty, ServiceTitan is well", func(t *testing.T) { w.empty(t, full) })
}

// partlyFilled compares answers where some kinds were never copied and some of their records are known by chance.
// Nothing can be fetched, so both servers share a database, and even freshness must agree.
func (w *corpusWorld) partlyFilled(t *testing.T, full *pool) {
	t.Helper()
	lost := []string{"Job", "Appointment", "CustomerContact", "PricebookMaterial", "Zone"}
	dsn := w.database(t)
	filler := w.open(t, dsn, false, time.Now, nil)
	w.sim.Faults().Set(simulator.Settings{LostScopes: lost})
	copyWhole(t, filler)
	w.sim.Faults().Set(simulator.Settings{})
	for _, kind := range lost {
		known := full.ids[kind][:len(full.ids[kind])/2]
		w.send(t, filler.Handler(), &operation{
			query: "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", variables: map[string]any{"ids": known[:min(len(known), 100)]},
		})
	}
	w.sim.Faults().Set(simulator.Settings{Status: http.StatusServiceUnavailable, Next: -1})
	defer w.sim.Faults().Set(simulator.Settings{})
	c := newComparison(t, w, dsn, dsn, w.clock.now)
	c.pool = full
	c.warm(t)
	for number := range c.numbers(min(*corpusN, 200)) {
		c.run(t, number, 1)
	}
	c.report(t)
	if *corpusOnly < 0 && c.fine == c.asked {
		t.Error("no operation has an error although ServiceTitan fails")
	}
}

// empty compares answers that are fetched: each server has a database of its own, which both fill as they are asked. When
// and how a row was come by depends on what was asked before, so that is left out.
func (w *corpusWorld) empty(t *testing.T, full *pool) {
	t.Helper()
	c := newComparison(t, w, w.database(t), w.database(t), time.Now)
	c.pool, c.unfresh = full, true
	for number := range c.numbers(min(*corpusN, 100)) {
		c.run(t, number, 1)
	}
	c.report(t)
	if *corpusOnly < 0 && c.fine < c.asked*3/4 {
		t.Errorf("%d of %d operations have no error although ServiceTitan is well", c.fine, c.asked)
	}
}
