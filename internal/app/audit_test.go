package app_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/simulator"
)

// as sends an operation as a role of a tenant.
func (w *world) as(t *testing.T, tenant int64, role auth.Role, query string) answer {
	t.Helper()
	token, err := app.Token(w.cfg, auth.Grant{Subject: "sample-" + strings.ToLower(string(role)), Tenants: []int64{tenant}, Role: role}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	return w.post(t, "Bearer "+token, string(body))
}

type audited struct {
	Subject, Role, Operation, Outcome string
	IDs                               []string
	Codes                             []string
}

// audited reads the audit log, the oldest first.
func (w *world) audited(t *testing.T, tenant int64, arguments string) []audited {
	t.Helper()
	var data struct {
		AuditLog struct {
			Nodes []struct {
				audited
				RequestID string
			}
		}
	}
	w.as(t, tenant, auth.Owner, "{ auditLog"+arguments+" { nodes { subject role operation outcome ids codes requestId at } } }").decode(t, &data)
	var out []audited
	for _, n := range data.AuditLog.Nodes {
		if n.RequestID == "" {
			t.Errorf("%s has no request id", n.Operation)
		}
		out = append([]audited{n.audited}, out...)
	}
	return out
}

func TestAudit_everyWriteAndEveryRefusal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.SmallSizes())
	w.as(t, tenant, auth.Admin, `mutation { one: startSync(input: {entities: [TEAMS]}) { runs { status } } again: cancelSync(input: {runId: 1}) { run { status } } }`)
	w.as(t, tenant, auth.Admin, `mutation { cancelSync(input: {runId: 77}) { run { runId } } }`) // user errors are not selected
	w.as(t, tenant, auth.Viewer, `mutation { startSync(input: {entities: [TEAMS]}) { runs { runId } } }`)
	w.as(t, tenant, auth.Technician, `{ invoices { totalCount } }`)
	w.as(t, tenant, auth.Viewer, `{ viewer { role } }`)
	want := []audited{
		{"sample-admin", "ADMIN", "Mutation.startSync", "OK", []string{"1"}, []string{}},
		{"sample-admin", "ADMIN", "Mutation.cancelSync", "OK", []string{"1"}, []string{}},
		{"sample-admin", "ADMIN", "Mutation.cancelSync", "FAILED", []string{"77"}, []string{"NOT_FOUND"}},
		{"sample-viewer", "VIEWER", "Mutation.startSync", "REFUSED", []string{}, []string{"FORBIDDEN"}},
		{"sample-technician", "TECHNICIAN", "Query.invoices", "REFUSED", []string{}, []string{"FORBIDDEN"}},
	}
	if diff := cmp.Diff(want, w.audited(t, tenant, "")); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[3:], w.audited(t, tenant, `(filter: {outcomes: [REFUSED]})`)); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[2:3], w.audited(t, tenant, `(filter: {operation: "Mutation.cancelSync", subject: "sample-admin"}, first: 1)`)); diff != "" {
		t.Errorf("the newest (-want +got):\n%s", diff)
	}
	if others := w.audited(t, unlinked, ""); len(others) > 0 {
		t.Errorf("another tenant sees %v", others)
	}
	if a := w.as(t, tenant, auth.Manager, "{ auditLog { nodes { at } } }"); len(a.codes()) != 1 || a.codes()[0] != "FORBIDDEN" {
		t.Errorf("a manager gets %s %v", a.Data, a.Errors)
	}
}

func TestAudit_isOnlyAddedTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.SmallSizes())
	w.as(t, tenant, auth.Viewer, `{ syncStatus { entity } }`)
	conn, err := pgx.Connect(t.Context(), w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, sql := range []string{"UPDATE lazi.audit_log SET outcome = 'OK'", "DELETE FROM lazi.audit_log", "TRUNCATE lazi.audit_log"} {
		if _, err := conn.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "only added to") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	var pruned int64
	for _, before := range []string{"1 hour", "-1 hour"} {
		if err := conn.QueryRow(t.Context(), "SELECT lazi.prune_audit(now() - $1::interval, 10)", before).Scan(&pruned); err != nil {
			t.Fatal(err)
		}
	}
	if left := w.audited(t, tenant, ""); pruned != 1 || len(left) > 0 {
		t.Errorf("%d entries pruned, left are %v", pruned, left)
	}
}

func TestAudit_aLostEntryDoesNotUndoTheWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.SmallSizes())
	conn, err := pgx.Connect(t.Context(), w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "ALTER TABLE lazi.audit_log RENAME TO gone"); err != nil {
		t.Fatal(err)
	}
	a := w.as(t, tenant, auth.Admin, `mutation { startSync(input: {entities: [TEAMS]}) { runs { runId } } }`)
	if !strings.Contains(string(a.Data), `"runId":"1"`) || len(a.Errors) > 0 {
		t.Errorf("answer %s %v", a.Data, a.Errors)
	}
	if !strings.Contains(w.scrape(t), "lazi_audit_entries_lost_total 1") || !strings.Contains(w.log.String(), "an audit entry is lost") {
		t.Error("nobody is told of the lost entry")
	}
}
