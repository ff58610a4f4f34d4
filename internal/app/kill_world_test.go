package app_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
)

// patience is for how long something that must happen is waited for: far longer than it takes.
const patience = 2 * time.Minute

// killWorld is a database and a simulated ServiceTitan, both of which live on while replicas come and go.
type killWorld struct {
	sim   *simulator.Simulator
	store *store.Store
	db    *pgxpool.Pool
	env   []string // of replicas
}

// newKillWorld makes a world of a small company whose lists and feeds have many pages of a few records.
func newKillWorld(t *testing.T) *killWorld {
	t.Helper()
	return newKillWorldIn(t, storetest.New(t))
}

// newKillWorldIn makes it in a database, which may be away at times.
func newKillWorldIn(t *testing.T, dsn string) *killWorld {
	t.Helper()
	const pageSize, id, key, app = 20, "cid.sample", "cs1.sample", "ak1.sample"
	sim, err := simulator.New(simulator.Config{Seed: 1, Anchor: anchor, ExportPageSize: pageSize, Tenants: []simulator.Tenant{{
		ID: tenant, ClientID: id, ClientSecret: key, AppKey: app, Sizes: simulator.SmallSizes(),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	sim.Faults().Set(simulator.Settings{Delay: 60 * time.Millisecond})
	upstream := httptest.NewServer(sim.Handler())
	t.Cleanup(upstream.Close)
	w := &killWorld{sim: sim, env: []string{
		"LAZI_ENV=development", "LOG_FORMAT=text", "PORT=0", "JWT_SECRET=" + secret, "DATABASE_URL=" + dsn,
		"SERVICE_TITAN_API_URL=" + upstream.URL, "SERVICE_TITAN_AUTH_URL=" + upstream.URL,
		"SERVICE_TITAN_CLIENT_ID=" + id, "SERVICE_TITAN_CLIENT_SECRET=" + key, "SERVICE_TITAN_APP_KEY=" + app,
		"SERVICE_TITAN_TENANT_ID=" + strconv.FormatInt(tenant, 10), "RATE_LIMIT=60", "PAGE_SIZE=" + strconv.Itoa(pageSize),
	}}
	if w.store, err = store.Open(t.Context(), dsn, store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.store.Close)
	if w.db, err = pgxpool.New(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.db.Close)
	return w
}

// until waits for something to happen.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !happened() {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for this: %s", what)
		}
	}
}

// pass lets some time go by.
func pass(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
		t.Fatal(t.Context().Err())
	}
}

// query reads rows of one column or, into a struct, of several.
func query[T any](t *testing.T, w *killWorld, scan pgx.RowToFunc[T], sql string, args ...any) []T {
	t.Helper()
	rows, err := w.db.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	all, err := pgx.CollectRows(rows, scan)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return all
}

func one[T any](t *testing.T, w *killWorld, sql string, args ...any) T {
	t.Helper()
	all := query(t, w, pgx.RowTo[T], sql, args...)
	if len(all) != 1 {
		t.Fatalf("%s: %d rows", sql, len(all))
	}
	return all[0]
}

// workers are the ids of all workers that there ever were.
func (w *killWorld) workers(t *testing.T) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for _, id := range query(t, w, pgx.RowTo[string], "SELECT id::text FROM lazi.sync_workers") {
		ids[id] = true
	}
	return ids
}

// start asks for a run of every kind and returns them.
func (w *killWorld) start(t *testing.T, mode domain.SyncMode) round {
	t.Helper()
	var all []domain.NewRun
	for _, k := range domain.Kinds() {
		all = append(all, domain.NewRun{Kind: k, Mode: mode, Trigger: domain.TriggerMutation})
	}
	runs, err := w.store.StartRuns(t.Context(), domain.TenantID(tenant), all)
	if err != nil {
		t.Fatal(err)
	}
	r := round{mode: mode}
	for _, run := range runs {
		r.ids = append(r.ids, run.ID)
	}
	return r
}

// round is a run of every kind.
type round struct {
	mode domain.SyncMode
	ids  []int64
}

// unfinished counts the runs of a round that have not ended.
func (w *killWorld) unfinished(t *testing.T, r round) int {
	t.Helper()
	return one[int](t, w, "SELECT count(*) FROM lazi.sync_runs WHERE id = ANY ($1) AND finished_at IS NULL", r.ids)
}

// underWay waits until some pages of a round are stored.
func (w *killWorld) underWay(t *testing.T, r round, pages int) {
	t.Helper()
	until(t, "some pages are stored", func() bool {
		return one[int](t, w, "SELECT coalesce(sum(pages), 0) FROM lazi.sync_runs WHERE id = ANY ($1)", r.ids) >= pages
	})
}

// change changes two thirds of all records upstream and makes some, so that an incremental run has pages to read. Before a
// reconcile it deletes some as well, of the kinds that can be asked for by id: the feeds of others show them as switched off.
func (w *killWorld) change(t *testing.T, r int, mode domain.SyncMode) {
	t.Helper()
	for _, k := range domain.Kinds() {
		ids := w.sim.IDs(tenant, k.API.Entity)
		askable := (k.API.IDs || k.API.Get) && k.API.Tree == "" && len(ids) > 1
		for i, id := range ids {
			var err error
			switch {
			case mode == domain.SyncReconcile && askable && i == r%len(ids):
				err = w.sim.Delete(tenant, k.API.Entity, id)
			case (i+r)%3 > 0:
				err = w.sim.Change(tenant, k.API.Entity, id, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, entity := range []string{"Team", "Customer", "Job", "Employee"} {
		made := map[string]any{"name": fmt.Sprintf("Sample %s of round %d", entity, r), "active": true}
		if entity == "Job" {
			made = map[string]any{"jobNumber": fmt.Sprintf("round-%d", r)}
		}
		if _, err := w.sim.Create(tenant, entity, made); err != nil {
			t.Fatal(err)
		}
	}
}
