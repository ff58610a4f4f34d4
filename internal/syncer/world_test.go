package syncer_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers/servicetitan"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stclient"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
	"lazilabs.com/lazi/internal/syncer"
)

const tenant = 1001

// world is an engine over a mirror of its own and a simulated company whose lists and feeds have many pages. Its clock runs
// with the simulator's, which runs with the real one from the present moment.
type world struct {
	*syncer.Engine
	sim   *simulator.Simulator
	store *store.Store
	db    *pgxpool.Pool
	url   string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	sim, err := simulator.New(simulator.Config{Seed: 3, Anchor: time.Now().UTC().Truncate(time.Second), ExportPageSize: 40, Tenants: []simulator.Tenant{{
		ID: tenant, ClientID: "cid.sample", ClientSecret: "cs1.sample", AppKey: "ak1.sample", Sizes: simulator.SmallSizes(),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	w := &world{sim: sim, url: server.URL}
	dsn := storetest.New(t)
	if w.store, err = store.Open(t.Context(), dsn, store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.store.Close)
	if w.db, err = pgxpool.New(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.db.Close)
	if err := w.store.PutTenant(t.Context(), domain.Tenant{ID: tenant, Name: "Sample Company", TimeZone: "America/Denver", Currency: "USD"}); err != nil {
		t.Fatal(err)
	}
	w.restart(t)
	return w
}

// restart puts a new engine, with nothing in its memory, in the old one's place.
func (w *world) restart(t *testing.T) {
	t.Helper()
	provider := servicetitan.New(w.store, accounts(t, w.url), servicetitan.Config{PageSize: 40, Patience: time.Minute})
	t.Cleanup(provider.Close)
	w.Engine = syncer.New(provider, w.store, uuid.NewString(), syncer.Config{MaxWait: 2 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)})
}

// accounts opens the company. The client's clock runs ahead with every look, so that its rate budget costs no time, and it
// waits for nothing itself: the engine does.
func accounts(t *testing.T, url string) servicetitan.Accounts {
	t.Helper()
	var looks atomic.Int64
	client, err := stclient.New(stclient.Config{
		APIBaseURL: url, AuthBaseURL: url, RequestsPerSecond: 60, Timeout: time.Second,
		MaxAttempts: 3, Backoff: time.Millisecond, MaxBackoff: time.Millisecond, MaxWait: 50 * time.Millisecond, BreakerFailures: 1 << 30,
		Now: func() time.Time { return time.Unix(0, 0).Add(time.Duration(looks.Add(1)) * 100 * time.Millisecond) },
	})
	if err != nil {
		t.Fatal(err)
	}
	company := client.Tenant(stclient.Credentials{TenantID: tenant, ClientID: "cid.sample", ClientSecret: "cs1.sample", AppKey: "ak1.sample"})
	return func(context.Context, domain.TenantID) (*stclient.Tenant, error) { return company, nil }
}

// sync runs some kinds, all when none is named, in a mode to their ends and returns the runs by kind.
func (w *world) sync(t *testing.T, mode domain.SyncMode, kinds ...*domain.Kind) map[string]*domain.SyncRun {
	t.Helper()
	return w.finish(t, w.start(t, mode, kinds...))
}

func (w *world) start(t *testing.T, mode domain.SyncMode, kinds ...*domain.Kind) []*domain.SyncRun {
	t.Helper()
	if len(kinds) == 0 {
		kinds = domain.Kinds()
	}
	var wishes []domain.NewRun
	for _, k := range kinds {
		wishes = append(wishes, domain.NewRun{Kind: k, Mode: mode, Trigger: domain.TriggerMutation})
	}
	return w.ask(t, wishes...)
}

func (w *world) ask(t *testing.T, wishes ...domain.NewRun) []*domain.SyncRun {
	t.Helper()
	runs, err := w.Start(t.Context(), tenant, wishes)
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func (w *world) finish(t *testing.T, runs []*domain.SyncRun) map[string]*domain.SyncRun {
	t.Helper()
	if err := w.Finish(t.Context(), tenant, runs, 4); err != nil {
		t.Fatal(err)
	}
	byKind := map[string]*domain.SyncRun{}
	for _, r := range runs {
		byKind[r.Kind] = r
	}
	return byKind
}

// succeed is sync, and every run must succeed.
func (w *world) succeed(t *testing.T, mode domain.SyncMode, kinds ...*domain.Kind) map[string]*domain.SyncRun {
	t.Helper()
	runs := w.sync(t, mode, kinds...)
	for _, r := range runs {
		if r.Status != domain.SyncSucceeded {
			t.Errorf("%s of %s: %s", r.Mode, r.Kind, describe(r))
		}
	}
	return runs
}

func describe(r *domain.SyncRun) string {
	if r.Problem == nil {
		return string(r.Status)
	}
	return string(r.Status) + ": " + *r.Problem
}

// wantMirror compares the live rows of kinds, all when none is named, with the company: ids, and every member that the list
// shows.
func (w *world) wantMirror(t *testing.T, kinds ...*domain.Kind) {
	t.Helper()
	if len(kinds) == 0 {
		kinds = domain.Kinds()
	}
	for _, k := range kinds {
		want := map[int64]any{}
		for id, doc := range w.sim.Each(tenant, k.API.Entity) {
			want[id] = storetest.Document(t, doc, unstored(k)...)
		}
		if diff := cmp.Diff(want, w.documents(t, k)); diff != "" {
			t.Errorf("%s (-company +mirror):\n%.1500s", k.Name, diff)
		}
	}
}

// documents are a kind's live documents in the mirror.
func (w *world) documents(t *testing.T, k *domain.Kind) map[int64]any {
	t.Helper()
	return storetest.Documents(t, w.db, k.Table, tenant, unstored(k)...)
}

// unstored are members that are not compared: the branches of a tree, and what no document names (see Settings.Drift).
func unstored(k *domain.Kind) []string { return []string{k.API.Tree, "unheardOf"} }

// versions are the row versions of a kind's live records: they stay while a row is not written.
func (w *world) versions(t *testing.T, k *domain.Kind) map[int64]string {
	t.Helper()
	rows, err := w.db.Query(t.Context(), "SELECT st_id, xmin::text || ' ' || ctid::text FROM raw."+k.Table+" WHERE tenant_id = $1 AND deleted_at IS NULL", tenant)
	if err != nil {
		t.Fatal(err)
	}
	all := map[int64]string{}
	var id int64
	var version string
	if _, err := pgx.ForEachRow(rows, []any{&id, &version}, func() error { all[id] = version; return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// some returns the n-th id of a kind's records.
func (w *world) some(t *testing.T, k *domain.Kind, n int) int64 {
	t.Helper()
	ids := w.sim.IDs(tenant, k.API.Entity)
	if len(ids) <= n {
		t.Fatalf("the company has %d %s", len(ids), k.Plural())
	}
	return ids[n]
}

func (w *world) change(t *testing.T, k *domain.Kind, id int64, members map[string]any) {
	t.Helper()
	if err := w.sim.Change(tenant, k.API.Entity, id, members); err != nil {
		t.Fatal(err)
	}
}

func (w *world) remove(t *testing.T, k *domain.Kind, id int64) {
	t.Helper()
	if err := w.sim.Delete(tenant, k.API.Entity, id); err != nil {
		t.Fatal(err)
	}
}
