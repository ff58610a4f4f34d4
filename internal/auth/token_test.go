package auth_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/auth"
)

const secret = "sample-signing-key-of-the-auth-tests"

func clock() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// sample is a grant for one tenant, whose id no float64 can hold.
func sample() auth.Grant {
	return auth.Grant{Subject: "sample-user", Tenants: []int64{9007199254740993}, Role: auth.Dispatcher, ExpiresAt: clock().Add(time.Hour)}
}

func ours(now func() time.Time) auth.Config {
	return auth.Config{Secret: secret, Issuer: "lazi", Audience: "lazi", Now: now}
}

func newVerifier(t *testing.T, cfg auth.Config) *auth.Verifier {
	t.Helper()
	v, err := auth.NewVerifier(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newPair(t *testing.T, now func() time.Time) (*auth.Signer, *auth.Verifier) {
	t.Helper()
	s, err := auth.NewSigner(ours(clock))
	if err != nil {
		t.Fatal(err)
	}
	return s, newVerifier(t, ours(now))
}

func mint(t *testing.T, s *auth.Signer, ttl time.Duration) string {
	t.Helper()
	token, err := s.Mint(sample(), ttl)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestMintVerify_everyRole(t *testing.T) {
	t.Parallel()
	s, v := newPair(t, clock)
	for _, role := range auth.Roles() {
		want := sample()
		want.Role = role
		token, err := s.Mint(want, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		got, err := v.Verify(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", role, diff)
		}
	}
}

func TestVerify_expiry(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		after time.Duration
		want  error
	}{
		{"just before", time.Hour - time.Second, nil},
		{"at the end", time.Hour, auth.ErrExpired},
		{"long after", 1000 * time.Hour, auth.ErrExpired},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, v := newPair(t, func() time.Time { return clock().Add(tt.after) })
			if _, err := v.Verify(t.Context(), mint(t, s, time.Hour)); !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
		})
	}
}

// forge signs any header and body with HS256, as an attacker who knows the secret, or LAZI itself, would.
func forge(t *testing.T, key string, header, body map[string]any) string {
	t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	signed := part(header) + "." + part(body)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func TestVerify_refusesHostileTokens(t *testing.T) {
	t.Parallel()
	_, v := newPair(t, clock)
	hs256 := map[string]any{"alg": "HS256", "typ": "JWT"}
	good := map[string]any{
		"sub": "sample-user", "iss": "lazi", "aud": []string{"lazi"}, "exp": clock().Unix() + 60, "tenant": "7", "role": "OWNER",
	}
	if _, err := v.Verify(t.Context(), forge(t, secret, hs256, good)); err != nil {
		t.Fatalf("the forger's good token is refused: %v", err)
	}
	with := func(name string, value any) map[string]any {
		body := maps.Clone(good)
		if body[name] = value; value == nil {
			delete(body, name)
		}
		return body
	}
	signature := func(token string) string { return token[strings.LastIndex(token, ".")+1:] }
	valid := forge(t, secret, hs256, good)
	other := forge(t, secret, hs256, with("role", "VIEWER"))

	for name, token := range map[string]string{
		"rubbish":               "rubbish",
		"two parts":             valid[:strings.LastIndex(valid, ".")],
		"four parts":            valid + ".x",
		"dots":                  "..",
		"space":                 " " + valid,
		"padding":               valid + "=",
		"another body":          other[:strings.LastIndex(other, ".")+1] + signature(valid),
		"no signature":          valid[:strings.LastIndex(valid, ".")+1],
		"foreign secret":        forge(t, secret+"x", hs256, good),
		"empty secret":          forge(t, "", hs256, good),
		"alg none":              unsigned(t, "none", good),
		"alg None":              unsigned(t, "None", good),
		"alg empty":             forge(t, secret, map[string]any{"alg": ""}, good),
		"alg missing":           forge(t, secret, map[string]any{"typ": "JWT"}, good),
		"alg number":            forge(t, secret, map[string]any{"alg": 256}, good),
		"alg lower case":        forge(t, secret, map[string]any{"alg": "hs256"}, good),
		"alg RS256 by HMAC":     forge(t, secret, map[string]any{"alg": "RS256"}, good),
		"HS384":                 signed(t, jwt.SigningMethodHS384, []byte(secret), good),
		"HS512":                 signed(t, jwt.SigningMethodHS512, []byte(secret), good),
		"RS256":                 signed(t, jwt.SigningMethodRS256, rsaKey(t), good),
		"EdDSA":                 signed(t, jwt.SigningMethodEdDSA, ed25519.NewKeyFromSeed(make([]byte, 32)), good),
		"critical header":       forge(t, secret, map[string]any{"alg": "HS256", "crit": []string{"exp"}}, good),
		"no issuer":             forge(t, secret, hs256, with("iss", nil)),
		"foreign issuer":        forge(t, secret, hs256, with("iss", "lazi.example.test")),
		"no audience":           forge(t, secret, hs256, with("aud", nil)),
		"empty audience":        forge(t, secret, hs256, with("aud", []string{})),
		"foreign audience":      forge(t, secret, hs256, with("aud", "other")),
		"no expiry":             forge(t, secret, hs256, with("exp", nil)),
		"expiry as a word":      forge(t, secret, hs256, with("exp", "tomorrow")),
		"not yet valid":         forge(t, secret, hs256, with("nbf", clock().Unix()+60)),
		"no subject":            forge(t, secret, hs256, with("sub", nil)),
		"blank subject":         forge(t, secret, hs256, with("sub", " ")),
		"no tenant":             forge(t, secret, hs256, with("tenant", nil)),
		"tenant zero":           forge(t, secret, hs256, with("tenant", "0")),
		"negative tenant":       forge(t, secret, hs256, with("tenant", "-7")),
		"tenant as number":      forge(t, secret, hs256, with("tenant", 7)),
		"tenant beyond 64 bits": forge(t, secret, hs256, with("tenant", "9223372036854775808")),
		"padded tenant":         forge(t, secret, hs256, with("tenant", "007")),
		"signed tenant":         forge(t, secret, hs256, with("tenant", "+7")),
		"tenant as list":        forge(t, secret, hs256, with("tenant", []string{"7"})),
		"tenant and tenants":    forge(t, secret, hs256, with("tenants", []string{"8"})),
		"no role":               forge(t, secret, hs256, with("role", nil)),
		"unknown role":          forge(t, secret, hs256, with("role", "ROOT")),
		"lower-case role":       forge(t, secret, hs256, with("role", "owner")),
		"roles":                 forge(t, secret, hs256, with("role", []string{"OWNER"})),
		"too long":              forge(t, secret, hs256, with("pad", strings.Repeat("x", 8<<10))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := v.Verify(t.Context(), token)
			if !errors.Is(err, auth.ErrToken) || errors.Is(err, auth.ErrExpired) || g.Subject != "" || g.Tenants != nil {
				t.Errorf("Verify = %v, %v; want nobody and ErrToken", g, err)
			}
		})
	}
	if _, err := v.Verify(t.Context(), ""); !errors.Is(err, auth.ErrNoToken) {
		t.Errorf("no token: %v", err)
	}
}

func unsigned(t *testing.T, alg string, body map[string]any) string {
	t.Helper()
	token := forge(t, secret, map[string]any{"alg": alg, "typ": "JWT"}, body)
	return token[:strings.LastIndex(token, ".")+1]
}

func signed(t *testing.T, method jwt.SigningMethod, key any, body map[string]any) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, jwt.MapClaims(body)).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(nil, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestMint_refusesWhatVerifyWould(t *testing.T) {
	t.Parallel()
	s, _ := newPair(t, clock)
	one := []int64{7}
	for name, g := range map[string]auth.Grant{
		"no subject": {Tenants: one, Role: auth.Owner}, "no tenant": {Subject: "x", Role: auth.Owner},
		"tenant zero": {Subject: "x", Tenants: []int64{7, 0}, Role: auth.Owner},
		"no role":     {Subject: "x", Tenants: one}, "unknown role": {Subject: "x", Tenants: one, Role: "ROOT"},
	} {
		if token, err := s.Mint(g, time.Hour); err == nil {
			t.Errorf("%s: minted %q", name, token)
		}
	}
	for _, ttl := range []time.Duration{0, -time.Hour, time.Millisecond} {
		if _, err := s.Mint(sample(), ttl); err == nil {
			t.Errorf("minted a token for %v", ttl)
		}
	}
}

func TestNew_refusesToTrustAnybody(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]auth.Config{
		"no secret":   {Issuer: "lazi", Audience: "lazi", Now: clock},
		"no issuer":   {Secret: secret, JWKSURL: "https://id.example.test/keys", Audience: "lazi", Now: clock},
		"no audience": {Secret: secret, JWKSURL: "https://id.example.test/keys", Issuer: "lazi", Now: clock},
	} {
		if _, err := auth.NewSigner(cfg); err == nil {
			t.Errorf("NewSigner accepts %s", name)
		}
		if _, err := auth.NewVerifier(cfg); err == nil {
			t.Errorf("NewVerifier accepts %s", name)
		}
	}
}

func FuzzVerify(f *testing.F) {
	v, err := auth.NewVerifier(ours(clock))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("")
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")
	f.Fuzz(func(t *testing.T, token string) {
		if g, err := v.Verify(t.Context(), token); err == nil {
			t.Errorf("Verify(%q) = %v without the secret", token, g)
		}
	})
}

func TestParseRole(t *testing.T) {
	t.Parallel()
	if got, err := auth.ParseRole("dispatcher"); err != nil || got != auth.Dispatcher {
		t.Errorf("ParseRole = %q, %v", got, err)
	}
	if _, err := auth.ParseRole("root"); err == nil || !strings.Contains(err.Error(), "OWNER ADMIN MANAGER DISPATCHER TECHNICIAN VIEWER") {
		t.Errorf("ParseRole of an unknown role: %v", err)
	}
}
