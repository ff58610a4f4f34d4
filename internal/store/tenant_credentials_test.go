package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/secretbox"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
)

func box(t *testing.T, keys ...byte) *secretbox.Box {
	t.Helper()
	var whole [][]byte
	for _, k := range keys {
		whole = append(whole, bytes.Repeat([]byte{k}, secretbox.KeyBytes))
	}
	b, err := secretbox.New(whole...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sampleCredentials(n int) domain.Credentials {
	return domain.Credentials{
		ClientID: fmt.Sprintf("cid.sample%d", n), ClientSecret: fmt.Sprintf("cs1.sample%d", n), AppKey: fmt.Sprintf("ak1.sample%d", n),
		Environment: "production",
	}
}

// plain shows what Credentials hide.
func plain(c domain.Credentials) []string {
	return []string{c.ClientID, c.ClientSecret, c.AppKey, c.Environment}
}

// openVaults returns a store that knows two companies, and a connection that sees what is stored.
func openVaults(t *testing.T) (*store.Store, *pgx.Conn) {
	t.Helper()
	dsn := storetest.New(t)
	s, err := store.Open(t.Context(), dsn, store.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	for _, id := range []domain.TenantID{tenant, otherTenant} {
		if err := s.PutTenant(t.Context(), domain.Tenant{ID: id, Name: "Sample Company", TimeZone: "UTC", Currency: "USD"}); err != nil {
			t.Fatal(err)
		}
	}
	return s, conn
}

func putCredentials(t *testing.T, v *store.Vault, tenant domain.TenantID, c domain.Credentials) {
	t.Helper()
	if err := v.PutCredentials(t.Context(), tenant, c); err != nil {
		t.Fatal(err)
	}
}

func TestTenants_inOrder(t *testing.T) {
	t.Parallel()
	s, _ := openVaults(t)
	got, err := s.Tenants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []domain.Tenant{
		{ID: tenant, Name: "Sample Company", TimeZone: "UTC", Currency: "USD"},
		{ID: otherTenant, Name: "Sample Company", TimeZone: "UTC", Currency: "USD"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tenants (-want +got):\n%s", diff)
	}
}

func TestCredentials_comeBackAndTellChanges(t *testing.T) {
	t.Parallel()
	s, _ := openVaults(t)
	v := s.Vault(box(t, 1))
	if _, _, err := v.Credentials(t.Context(), tenant, time.Time{}); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("none yet: %v", err)
	}
	putCredentials(t, v, tenant, sampleCredentials(1))
	got, at, err := v.Credentials(t.Context(), tenant, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain(sampleCredentials(1)), plain(got)); diff != "" {
		t.Errorf("credentials (-want +got):\n%s", diff)
	}
	if same, again, err := v.Credentials(t.Context(), tenant, at); err != nil || !again.Equal(at) || plain(same)[0] != "" {
		t.Errorf("unchanged: %v, %v; want nothing decrypted", again, err)
	}
	putCredentials(t, v, tenant, sampleCredentials(2))
	got, later, err := v.Credentials(t.Context(), tenant, at)
	if err != nil || !later.After(at) || plain(got)[1] != "cs1.sample2" {
		t.Errorf("changed: %v after %v, %v", later, at, err)
	}
	if _, _, err := v.Credentials(t.Context(), otherTenant, time.Time{}); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another tenant's: %v", err)
	}
	if err := v.PutCredentials(t.Context(), 99, sampleCredentials(1)); err == nil {
		t.Error("credentials of a tenant that is none are kept")
	}
}

func TestCredentials_areNowhereInPlainText(t *testing.T) {
	t.Parallel()
	s, conn := openVaults(t)
	c := sampleCredentials(1)
	putCredentials(t, s.Vault(box(t, 1)), tenant, c)
	var row string
	if err := conn.QueryRow(t.Context(), `SELECT tenant_id || key_id || encode(client_id || client_secret || app_key || environment, 'escape')
 FROM lazi.tenant_credentials`).Scan(&row); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(map[string]any{"credentials": c})
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "credentials", c, "pointer", &c)
	texts := map[string]string{"row": row, "json": string(asJSON), "log": logged.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts[verb] = fmt.Sprintf(verb+" "+verb, c, &c)
	}
	for name, text := range texts {
		for _, secret := range plain(c) {
			if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
				t.Errorf("%s shows %s: %s", name, secret, text)
			}
		}
	}
}

func TestCredentials_openOnlyWhereTheyWereSealed(t *testing.T) {
	t.Parallel()
	s, conn := openVaults(t)
	v := s.Vault(box(t, 1))
	for name, tamper := range map[string]string{
		"another column's text": "UPDATE lazi.tenant_credentials SET client_id = client_secret WHERE tenant_id = 1",
		"another tenant's row":  "UPDATE lazi.tenant_credentials a SET client_secret = b.client_secret FROM lazi.tenant_credentials b WHERE a.tenant_id = 1 AND b.tenant_id = 2",
		"one bit":               "UPDATE lazi.tenant_credentials SET app_key = set_bit(app_key, 100, 1 - get_bit(app_key, 100)) WHERE tenant_id = 1",
		"cut":                   "UPDATE lazi.tenant_credentials SET environment = substr(environment, 1, 5) WHERE tenant_id = 1",
	} {
		putCredentials(t, v, tenant, sampleCredentials(1))
		putCredentials(t, v, otherTenant, sampleCredentials(2))
		if _, err := conn.Exec(t.Context(), tamper); err != nil {
			t.Fatal(err)
		}
		c, _, err := v.Credentials(t.Context(), tenant, time.Time{})
		if !errors.Is(err, secretbox.ErrSealed) || plain(c)[1] != "" {
			t.Errorf("%s: %v, %v", name, plain(c), err)
		}
		if _, _, err := v.Credentials(t.Context(), otherTenant, time.Time{}); err != nil {
			t.Errorf("%s: the other tenant: %v", name, err)
		}
	}
}

func TestReencrypt(t *testing.T) {
	t.Parallel()
	s, _ := openVaults(t)
	old, both, next := s.Vault(box(t, 1)), s.Vault(box(t, 2, 1)), s.Vault(box(t, 2))
	putCredentials(t, old, tenant, sampleCredentials(1))
	putCredentials(t, s.Vault(box(t, 9)), otherTenant, sampleCredentials(2)) // by a key that is lost
	_, before, err := old.Credentials(t.Context(), tenant, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := next.Credentials(t.Context(), tenant, time.Time{}); !errors.Is(err, secretbox.ErrKey) {
		t.Errorf("without the old key: %v", err)
	}
	for _, want := range []int{1, 0} { // the second time there is nothing to do
		done, left, err := both.Reencrypt(t.Context())
		if err != nil || done != want || !cmp.Equal(left, []domain.TenantID{otherTenant}) {
			t.Errorf("Reencrypt = %d, %v, %v; want %d", done, left, err, want)
		}
	}
	c, after, err := next.Credentials(t.Context(), tenant, time.Time{})
	if err != nil || plain(c)[1] != "cs1.sample1" || !after.Equal(before) {
		t.Errorf("with the new key alone: %v, %v; changed at %v, want %v", plain(c), err, after, before)
	}
	if _, _, err := old.Credentials(t.Context(), tenant, time.Time{}); !errors.Is(err, secretbox.ErrKey) {
		t.Errorf("with the old key alone: %v", err)
	}
	states, err := next.States(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[domain.TenantID]bool{tenant: true, otherTenant: false}
	for id, opens := range want {
		if states[id].Opens != opens || len(states[id].KeyID) != 8 || states[id].UpdatedAt.IsZero() {
			t.Errorf("state of %d: %+v, want opens %v", id, states[id], opens)
		}
	}
}

func TestVault_withoutAKey(t *testing.T) {
	t.Parallel()
	s, _ := openVaults(t)
	putCredentials(t, s.Vault(box(t, 1)), tenant, sampleCredentials(1))
	none := s.Vault(box(t))
	if err := none.PutCredentials(t.Context(), tenant, sampleCredentials(2)); !errors.Is(err, secretbox.ErrKey) {
		t.Errorf("PutCredentials: %v", err)
	}
	if _, _, err := none.Credentials(t.Context(), tenant, time.Time{}); !errors.Is(err, secretbox.ErrKey) {
		t.Errorf("Credentials: %v", err)
	}
	if states, err := none.States(t.Context()); err != nil || len(states) != 1 || states[tenant].Opens {
		t.Errorf("States: %v, %v", states, err)
	}
}
