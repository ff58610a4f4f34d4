package app_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store/storetest"
)

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
			want[id] = storetest.Document(t, doc, k.API.Tree)
		}
		if len(want) == 0 {
			t.Errorf("%s: the simulator has none", k.Name)
		}
		if diff := cmp.Diff(want, storetest.Documents(t, w.db, k.Table, tenant, k.API.Tree)); diff != "" {
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
