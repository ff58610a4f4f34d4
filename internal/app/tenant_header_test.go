package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/simulator"
)

func TestTenantHeader_choosesAmongTheTokensTenants(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.SmallSizes())
	one := w.token(t, tenant)
	both, err := app.Token(w.cfg, auth.Grant{Subject: "tester", Tenants: []int64{tenant, unlinked}, Role: auth.Admin}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, token string
		header      []string
		status      int
		want        string // in the body
	}{
		{"one, no header", one, nil, 200, `"tenantId":"1001"`},
		{"one, its own", one, []string{"1001"}, 200, `"tenantId":"1001"`},
		{"one, a foreign one", one, []string{"1999"}, 403, `"FORBIDDEN"`},
		{"two, the first", both, []string{"1001"}, 200, `"tenantId":"1001"`},
		{"two, the second", both, []string{"1999"}, 200, `"tenantId":"1999"`},
		{"two, no header", both, nil, 400, "X-Tenant-ID"},
		{"two, a foreign one", both, []string{"1002"}, 403, `"FORBIDDEN"`},
		{"two, both", both, []string{"1001", "1999"}, 400, "X-Tenant-ID"},
		{"two, both in one", both, []string{"1001,1999"}, 400, "X-Tenant-ID"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/graphql", strings.NewReader(`{"query":"{ viewer { tenantId } }"}`))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+tt.token)
			for _, value := range tt.header {
				req.Header.Add("X-Tenant-ID", value)
			}
			resp, err := w.server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var body json.RawMessage
			if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || !strings.Contains(string(body), tt.want) {
				t.Errorf("status %d, body %s; want %d and %s", resp.StatusCode, body, tt.status, tt.want)
			}
		})
	}
}
