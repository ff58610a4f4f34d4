package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

// finish waits until a round has ended, and compares what it says of itself and what is in the mirror with ServiceTitan.
func (w *killWorld) finish(t *testing.T, r round) {
	t.Helper()
	until(t, "all runs end", func() bool { return w.unfinished(t, r) == 0 })
	for _, id := range r.ids {
		run, _, err := w.store.SyncRun(t.Context(), domain.TenantID(tenant), id)
		if err != nil {
			t.Fatal(err)
		}
		w.wantCounts(t, run)
	}
	w.wantMirror(t)
	if n := one[int](t, w, "SELECT count(*) FROM lazi.sync_seen"); n > 0 {
		t.Errorf("%d rows of reconciles that have ended are left", n)
	}
}

// wantCounts checks that a run counted each record once: a page that is stored again, or lost, shows here.
func (w *killWorld) wantCounts(t *testing.T, run *domain.SyncRun) {
	t.Helper()
	k, _ := domain.KindByName(run.Kind)
	if run.Status != domain.SyncSucceeded {
		problem := ""
		if run.Problem != nil {
			problem = *run.Problem
		}
		t.Errorf("the %s of %s is %s: %s", run.Mode, k.Plural(), run.Status, problem)
	}
	c := run.SyncCounts
	if sum := c.Inserted + c.Updated + c.Unchanged + c.Quarantined; run.Mode != domain.SyncReconcile && sum+c.Deleted != run.Rows || sum+c.Deleted < run.Rows {
		t.Errorf("the %s of %s counts %d rows, and %+v", run.Mode, k.Plural(), run.Rows, c)
	}
	if there := w.sim.Count(tenant, k.API.Entity); run.Mode != domain.SyncIncremental && run.Rows != int64(there) {
		t.Errorf("the %s of %s counts %d rows of %d", run.Mode, k.Plural(), run.Rows, there)
	}
}

// wantMirror compares the mirror with ServiceTitan, record by record and member by member, and the change log with both.
func (w *killWorld) wantMirror(t *testing.T) {
	t.Helper()
	for _, k := range domain.Kinds() {
		want := map[int64]any{}
		for id, doc := range w.sim.Each(tenant, k.API.Entity) {
			want[id] = listed(t, k, doc)
		}
		if len(want) == 0 {
			t.Errorf("%s: the simulator has none", k.Name)
		}
		if diff := cmp.Diff(want, w.documents(t, k)); diff != "" {
			t.Errorf("%s: documents (-want +got):\n%.2000s", k.Name, diff)
		}
		doubled := one[int](t, w, `SELECT count(*) FROM (SELECT FROM lazi.change_log c, unnest(c.ids) id
 WHERE c.tenant_id = $1 AND c.kind = $2 AND c.op <> 'UPDATE' GROUP BY id, c.op HAVING count(*) > 1) d`, tenant, k.Name)
		if doubled > 0 {
			t.Errorf("%s: %d records came or went twice", k.Name, doubled)
		}
	}
	stale := one[int](t, w, `SELECT count(*) FROM raw.stale_customers($1, (SELECT array_agg(st_id) FROM raw.st_customers WHERE tenant_id = $1))`, tenant)
	if stale > 0 {
		t.Errorf("%d customers do not show their contacts' phone or e-mail address", stale)
	}
}

// documents are a kind's live documents in the mirror.
func (w *killWorld) documents(t *testing.T, k *domain.Kind) map[int64]any {
	t.Helper()
	rows, err := w.db.Query(t.Context(), "SELECT st_id, full_data::text FROM raw."+k.Table+" WHERE tenant_id = $1 AND deleted_at IS NULL", tenant)
	if err != nil {
		t.Fatal(err)
	}
	all := map[int64]any{}
	var id int64
	var text string
	if _, err := pgx.ForEachRow(rows, []any{&id, &text}, func() error {
		all[id] = listed(t, k, json.RawMessage(text))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// listed reads a document, without what is below it in a tree: that is stored on its own.
func listed(t *testing.T, k *domain.Kind, doc json.RawMessage) map[string]any {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(doc, &all); err != nil {
		t.Fatal(err)
	}
	if k.API.Tree != "" {
		delete(all, k.API.Tree)
	}
	return all
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
