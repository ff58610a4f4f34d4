package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/simulator"
)

const newCompany = `mutation { createTenant(input: {tenantId: "1777", name: "Sample Plumbing", timeZone: "America/Denver",
	credentials: {clientId: "cid.new", clientSecret: "cs.new", appKey: "ak.new"}}) { tenant { tenantId name currency credentialsUsable } userErrors { code field message } } }`

func newKeyedWorld(t *testing.T) *world {
	t.Helper()
	return newWorld(t, simulator.SmallSizes(), "CREDENTIALS_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
}

// asOperator sends an operation as who runs the deployment.
func (w *world) asOperator(t *testing.T, query string) answer {
	t.Helper()
	token, err := app.Token(w.cfg, auth.Grant{Subject: "sample-operator", Tenants: []int64{tenant}, Role: auth.Admin, Operator: true}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return w.post(t, "Bearer "+token, `{"query":`+quoted(query)+`}`)
}

func quoted(s string) string {
	return `"` + strings.NewReplacer("\n", " ", "\t", " ", `"`, `\"`).Replace(s) + `"`
}

func TestTenants_areAddedByOperators(t *testing.T) {
	t.Parallel()
	w := newKeyedWorld(t)
	a := w.asOperator(t, newCompany)
	want := `{"createTenant":{"tenant":{"tenantId":"1777","name":"Sample Plumbing","currency":"USD","credentialsUsable":true},"userErrors":[]}}`
	if string(a.Data) != want || len(a.Errors) > 0 {
		t.Errorf("answer %s %v", a.Data, a.Errors)
	}
	again := w.asOperator(t, newCompany)
	if want := `{"createTenant":{"tenant":null,"userErrors":[{"code":"INVALID","field":["input","tenantId"],"message":"tenantId: the company is there already"}]}}`; string(again.Data) != want {
		t.Errorf("again %s %v", again.Data, again.Errors)
	}
	bad := w.asOperator(t, `mutation { createTenant(input: {tenantId: -1, name: "", timeZone: "Mars", currency: "gold", credentials: {clientId: "", clientSecret: "", appKey: ""}}) { userErrors { field } } }`)
	if got := strings.Count(string(bad.Data), "input"); got != 5 {
		t.Errorf("%d user errors: %s", got, bad.Data)
	}
	for role, see := range map[string]answer{"operator": w.asOperator(t, "{ tenants { tenantId } }"), "admin": w.as(t, 1777, auth.Admin, "{ tenants { tenantId } }")} {
		want := map[string]string{"operator": `{"tenants":[{"tenantId":"1001"},{"tenantId":"1777"},{"tenantId":"1999"}]}`, "admin": `{"tenants":[{"tenantId":"1777"}]}`}[role]
		if diff := cmp.Diff(want, string(see.Data)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", role, diff)
		}
	}
	if strings.Contains(w.log.String(), "cs.new") || strings.Contains(w.log.String(), "ak.new") {
		t.Error("secrets are in the log")
	}
	entries := w.audited(t, tenant, `(filter: {operation: "Mutation.createTenant"})`)
	if len(entries) != 3 || entries[0].Outcome != "OK" || entries[1].Outcome != "FAILED" || !cmp.Equal(entries[0].IDs, []string{"1777"}) {
		t.Errorf("audit log %v", entries)
	}
}

func TestTenants_ownersKeepTheirOwnAccountOnly(t *testing.T) {
	t.Parallel()
	w := newKeyedWorld(t)
	update := func(id string) string {
		return `mutation { updateTenantCredentials(input: {tenantId: "` + id + `", credentials: {clientId: "a", clientSecret: "b", appKey: "c", environment: INTEGRATION}}) { tenant { tenantId credentialsUsable } } }`
	}
	if a := w.as(t, tenant, auth.Owner, update("1001")); string(a.Data) != `{"updateTenantCredentials":{"tenant":{"tenantId":"1001","credentialsUsable":true}}}` {
		t.Errorf("own account: %s %v", a.Data, a.Errors)
	}
	for what, a := range map[string]answer{
		"another's account": w.as(t, tenant, auth.Owner, update("1999")), "a company": w.as(t, tenant, auth.Owner, newCompany),
		"a manager's own": w.as(t, tenant, auth.Manager, update("1001")),
	} {
		if len(a.codes()) != 1 || a.codes()[0] != "FORBIDDEN" {
			t.Errorf("%s: %s %v", what, a.Data, a.Errors)
		}
	}
	if a := w.asOperator(t, update("4711")); string(a.Data) != `{"updateTenantCredentials":{"tenant":null}}` {
		t.Errorf("of nobody: %s %v", a.Data, a.Errors)
	}
}

func TestTenants_needAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.SmallSizes())
	if a := w.asOperator(t, newCompany); !strings.Contains(string(a.Data), "CREDENTIALS_KEY") || !strings.Contains(string(a.Data), `"tenant":null`) {
		t.Errorf("answer %s %v", a.Data, a.Errors)
	}
}
