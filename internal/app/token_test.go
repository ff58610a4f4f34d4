package app_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/store/storetest"
)

// TestServer_acceptsAnIdentityProvidersTokens serves with a key set and without a secret.
func TestServer_acceptsAnIdentityProvidersTokens(t *testing.T) {
	t.Parallel()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		x := base64.RawURLEncoding.EncodeToString(key[ed25519.SeedSize:])
		_, _ = fmt.Fprintf(w, `{"keys":[{"kty":"OKP","crv":"Ed25519","use":"sig","kid":"sample","x":%q}]}`, x)
	}))
	t.Cleanup(provider.Close)
	w := &world{cfg: testConfig(t, map[string]string{
		"LAZI_ENV": "production", "JWT_SECRET": "", "JWT_JWKS_URL": provider.URL, "JWT_ISSUER": "https://id.example.test/", "JWT_AUDIENCE": "sample-api",
	})}
	var err error
	if w.App, err = app.New(t.Context(), w.cfg, app.Options{DSN: storetest.New(t), Logger: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.server = httptest.NewServer(w.Handler())
	t.Cleanup(w.server.Close)
	for issuer, want := range map[string]int{"https://id.example.test/": http.StatusOK, "lazi": http.StatusUnauthorized} {
		token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
			"sub": "tester", "iss": issuer, "aud": "sample-api", "exp": time.Now().Add(time.Hour).Unix(), "tenants": []string{"1001"}, "role": "VIEWER",
		})
		token.Header["kid"] = "sample"
		text, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		if a := w.post(t, "Bearer "+text, `{"query":"{ __typename }"}`); a.Status != want {
			t.Errorf("issuer %s: status %d, want %d: %+v", issuer, a.Status, want, a.Errors)
		}
	}
}
