package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"lazilabs.com/lazi/internal/auth"
)

// provider is an identity provider: a key set behind HTTP whose clock the test moves.
type provider struct {
	server *httptest.Server
	mu     sync.Mutex
	keys   []map[string]any
	status int
	asked  atomic.Int32
	clock  atomic.Int64 // seconds after clock()
}

func newProvider(t *testing.T, keys ...map[string]any) *provider {
	t.Helper()
	p := &provider{status: http.StatusOK}
	p.publish(keys...)
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

// ServeHTTP publishes the keys.
func (p *provider) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	p.asked.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	w.WriteHeader(p.status)
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": p.keys})
}

func (p *provider) publish(keys ...map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = keys
}

func (p *provider) answer(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status = status
}

func (p *provider) now() time.Time { return clock().Add(time.Duration(p.clock.Load()) * time.Second) }

func (p *provider) pass(d time.Duration) { p.clock.Add(int64(d / time.Second)) }

func (p *provider) verifier(t *testing.T, secret string) *auth.Verifier {
	t.Helper()
	return newVerifier(t, auth.Config{
		Secret: secret, JWKSURL: p.server.URL, Issuer: "https://id.example.test/", Audience: "sample-api", Now: p.now,
	})
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// published is a public key as a member of a set.
func published(t *testing.T, id string, key crypto.PublicKey) map[string]any {
	t.Helper()
	out := map[string]any{"kid": id, "use": "sig"}
	switch k := key.(type) {
	case *rsa.PublicKey:
		out["kty"], out["n"], out["e"] = "RSA", b64(k.N.Bytes()), b64(big.NewInt(int64(k.E)).Bytes())
	case *ecdsa.PublicKey:
		point, err := k.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		half := len(point) / 2
		out["kty"], out["crv"], out["x"], out["y"] = "EC", k.Params().Name, b64(point[1:half+1]), b64(point[half+1:])
	case ed25519.PublicKey:
		out["kty"], out["crv"], out["x"] = "OKP", "Ed25519", b64(k)
	default:
		t.Fatalf("a key of type %T", key)
	}
	return out
}

func edKey(n byte) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	return ed25519.NewKeyFromSeed(seed)
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// body is what the provider says of a caller.
func body(at time.Time) map[string]any {
	return map[string]any{
		"sub": "sample-user", "iss": "https://id.example.test/", "aud": "sample-api", "exp": at.Add(24 * time.Hour).Unix(),
		"tenant": "7", "role": "VIEWER",
	}
}

// issue signs a token as the provider does.
func issue(t *testing.T, method jwt.SigningMethod, id string, key any, body map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, jwt.MapClaims(body))
	if id != "" {
		token.Header["kid"] = id
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestVerify_keysOfAProvider(t *testing.T) {
	t.Parallel()
	rs, es, ed := rsaKey(t), ecKey(t, elliptic.P256()), edKey(1)
	p := newProvider(t, published(t, "rs", &rs.PublicKey), published(t, "es", &es.PublicKey), published(t, "ed", ed.Public()))
	v := p.verifier(t, "")
	good := body(p.now())
	for name, token := range map[string]string{
		"RS256": issue(t, jwt.SigningMethodRS256, "rs", rs, good),
		"ES256": issue(t, jwt.SigningMethodES256, "es", es, good),
		"EdDSA": issue(t, jwt.SigningMethodEdDSA, "ed", ed, good),
	} {
		if g, err := v.Verify(t.Context(), token); err != nil || g.Subject != "sample-user" || g.Tenants[0] != 7 {
			t.Errorf("%s: %v, %v", name, g, err)
		}
	}
	if n := p.asked.Load(); n != 1 {
		t.Errorf("the key set was asked for %d times, want once", n)
	}
}

// pemOf is a public key as attackers take it for a secret.
func pemOf(t *testing.T, key crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func TestVerify_refusesHostileTokensOfAProvider(t *testing.T) {
	t.Parallel()
	rs, es, ed, weak, p384 := rsaKey(t), ecKey(t, elliptic.P256()), edKey(1), weakRSAKey(t), ecKey(t, elliptic.P384())
	forEncryption, forPS := published(t, "enc", edKey(2).Public()), published(t, "ps", &rs.PublicKey)
	forEncryption["use"], forPS["alg"] = "enc", "PS256"
	p := newProvider(t,
		published(t, "rs", &rs.PublicKey), published(t, "es", &es.PublicKey), published(t, "ed", ed.Public()),
		published(t, "weak", &weak.PublicKey), published(t, "p384", &p384.PublicKey), forEncryption, forPS,
		map[string]any{"kty": "oct", "kid": "oct", "k": b64([]byte(secret))}, map[string]any{"kty": "RSA", "kid": "broken"},
		map[string]any{"kty": "unheard-of", "kid": "new"},
	)
	good := body(p.now())
	with := func(name string, value any) string {
		changed := body(p.now())
		if changed[name] = value; value == nil {
			delete(changed, name)
		}
		return issue(t, jwt.SigningMethodEdDSA, "ed", ed, changed)
	}
	bringsItsKey := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims(good))
	bringsItsKey.Header["kid"], bringsItsKey.Header["jwk"] = "ed", published(t, "ed", edKey(9).Public())
	bringsItsKey.Header["jku"], bringsItsKey.Header["x5u"] = "https://evil.example.test/keys", "https://evil.example.test/cert"
	ownKey, err := bringsItsKey.SignedString(edKey(9))
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{
		"a key of its own":       ownKey,
		"another's key":          issue(t, jwt.SigningMethodEdDSA, "ed", edKey(9), good),
		"no key id":              issue(t, jwt.SigningMethodEdDSA, "", ed, good),
		"unknown key id":         issue(t, jwt.SigningMethodEdDSA, "x", ed, good),
		"key of another type":    issue(t, jwt.SigningMethodEdDSA, "rs", ed, good),
		"RS384":                  issue(t, jwt.SigningMethodRS384, "rs", rs, good),
		"PS256 by an RS256 key":  issue(t, jwt.SigningMethodPS256, "rs", rs, good),
		"RS256 by a PS256 key":   issue(t, jwt.SigningMethodRS256, "ps", rs, good),
		"ES384":                  issue(t, jwt.SigningMethodES384, "p384", p384, good),
		"weak RSA":               issue(t, jwt.SigningMethodRS256, "weak", weak, good),
		"key for encryption":     issue(t, jwt.SigningMethodEdDSA, "enc", edKey(2), good),
		"secret of the set":      issue(t, jwt.SigningMethodHS256, "oct", []byte(secret), good),
		"HS256 by the RSA key":   issue(t, jwt.SigningMethodHS256, "rs", pemOf(t, &rs.PublicKey), good),
		"HS256 by the modulus":   issue(t, jwt.SigningMethodHS256, "rs", rs.N.Bytes(), good),
		"HS256 by the EdDSA key": issue(t, jwt.SigningMethodHS256, "ed", []byte(ed.Public().(ed25519.PublicKey)), good),
		"HS256 by nothing":       issue(t, jwt.SigningMethodHS256, "rs", []byte{}, good),
		"none":                   issue(t, jwt.SigningMethodNone, "rs", jwt.UnsafeAllowNoneSignatureType, good),
		"foreign issuer":         with("iss", "https://other.example.test/"), "our own issuer": with("iss", "lazi"), "no issuer": with("iss", nil),
		"foreign audience": with("aud", "other-api"), "no audience": with("aud", nil), "no expiry": with("exp", nil),
		"not yet valid": with("nbf", p.now().Add(time.Minute).Unix()), "no tenant": with("tenant", nil),
	}
	for _, shared := range []string{"", secret + "-of-this-server"} {
		v := p.verifier(t, shared)
		for name, token := range tokens {
			if g, err := v.Verify(t.Context(), token); !errors.Is(err, auth.ErrToken) || errors.Is(err, auth.ErrExpired) {
				t.Errorf("%s (shared secret %t): %v, %v", name, shared != "", g, err)
			}
		}
		if _, err := v.Verify(t.Context(), with("exp", p.now().Unix())); !errors.Is(err, auth.ErrExpired) {
			t.Errorf("expired: %v", err)
		}
	}
}

// weakRSAKey is short enough to be factored; Go makes none below 1024 bits.
func weakRSAKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(nil, 1024)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestVerify_secretAndProviderSideBySide(t *testing.T) {
	t.Parallel()
	p := newProvider(t, published(t, "ed", edKey(1).Public()))
	v := p.verifier(t, secret)
	for name, token := range map[string]string{
		"the provider's": issue(t, jwt.SigningMethodEdDSA, "ed", edKey(1), body(p.now())),
		"the secret's":   issue(t, jwt.SigningMethodHS256, "", []byte(secret), body(p.now())),
	} {
		if _, err := v.Verify(t.Context(), token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeySet_rotation(t *testing.T) {
	t.Parallel()
	p := newProvider(t, published(t, "old", edKey(1).Public()))
	v := p.verifier(t, "")
	verify := func(id string, n byte) error {
		_, err := v.Verify(t.Context(), issue(t, jwt.SigningMethodEdDSA, id, edKey(n), body(clock())))
		return err
	}
	if err := verify("old", 1); err != nil {
		t.Fatal(err)
	}
	p.publish(published(t, "old", edKey(1).Public()), published(t, "new", edKey(2).Public()))
	p.pass(11 * time.Second)
	if err := verify("new", 2); err != nil {
		t.Errorf("the new key is not found: %v", err)
	}
	if err := verify("old", 1); err != nil {
		t.Errorf("the old key is lost: %v", err)
	}
	if n := p.asked.Load(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
	p.publish(published(t, "new", edKey(2).Public()))
	p.pass(61 * time.Second)
	if err := verify("new", 2); err != nil {
		t.Errorf("the new key: %v", err)
	}
	if err := verify("old", 1); !errors.Is(err, auth.ErrToken) {
		t.Errorf("a withdrawn key counts: %v", err)
	}
}

// TestKeySet_withdrawnKeyIsNotRemembered fails when a token that was found good outlives its key.
func TestKeySet_withdrawnKeyIsNotRemembered(t *testing.T) {
	t.Parallel()
	p := newProvider(t, published(t, "a", edKey(1).Public()), published(t, "b", edKey(2).Public()))
	v := p.verifier(t, "")
	good := issue(t, jwt.SigningMethodEdDSA, "a", edKey(1), body(clock()))
	if _, err := v.Verify(t.Context(), issue(t, jwt.SigningMethodEdDSA, "b", edKey(2), body(clock()))); err != nil {
		t.Fatal(err)
	}
	p.pass(50 * time.Second)
	if _, err := v.Verify(t.Context(), good); err != nil { // remembered for the minute that begins here
		t.Fatal(err)
	}
	p.publish(published(t, "a", edKey(3).Public()), published(t, "b", edKey(2).Public())) // another key of the same name
	p.pass(15 * time.Second)
	if _, err := v.Verify(t.Context(), issue(t, jwt.SigningMethodEdDSA, "b", edKey(2), map[string]any{
		"sub": "another", "iss": "https://id.example.test/", "aud": "sample-api", "exp": p.now().Unix() + 60, "tenant": "7", "role": "VIEWER",
	})); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(t.Context(), good); !errors.Is(err, auth.ErrToken) {
		t.Errorf("the token of a withdrawn key counts: %v", err)
	}
}

func TestKeySet_forgedKeyIDsMakeNoStorm(t *testing.T) {
	t.Parallel()
	p := newProvider(t, published(t, "ed", edKey(1).Public()))
	v := p.verifier(t, "")
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			token := issue(t, jwt.SigningMethodEdDSA, fmt.Sprint("forged-", i), edKey(9), body(clock()))
			if _, err := v.Verify(t.Context(), token); !errors.Is(err, auth.ErrToken) {
				t.Errorf("forged: %v", err)
			}
		})
	}
	wg.Wait()
	if n := p.asked.Load(); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	// A key that comes right after forged ones is known ten seconds later.
	p.publish(published(t, "ed", edKey(1).Public()), published(t, "new", edKey(2).Public()))
	fresh := issue(t, jwt.SigningMethodEdDSA, "new", edKey(2), body(clock()))
	if _, err := v.Verify(t.Context(), fresh); !errors.Is(err, auth.ErrToken) {
		t.Errorf("asked again at once: %v", err)
	}
	p.pass(10 * time.Second)
	if _, err := v.Verify(t.Context(), fresh); err != nil {
		t.Errorf("ten seconds later: %v", err)
	}
}

func TestKeySet_outage(t *testing.T) {
	t.Parallel()
	p := newProvider(t, published(t, "ed", edKey(1).Public()))
	v := p.verifier(t, "")
	verify := func(id string) error {
		_, err := v.Verify(t.Context(), issue(t, jwt.SigningMethodEdDSA, id, edKey(1), body(clock())))
		return err
	}
	p.answer(http.StatusBadGateway)
	if err := verify("ed"); !errors.Is(err, auth.ErrKeys) || errors.Is(err, auth.ErrToken) {
		t.Errorf("never read: %v, want ErrKeys", err)
	}
	if a := auth.AnswerTo(verify("ed")); a.Status != http.StatusServiceUnavailable {
		t.Errorf("answer %+v", a)
	}
	p.answer(http.StatusOK)
	p.pass(10 * time.Second)
	if err := verify("ed"); err != nil {
		t.Errorf("back again: %v", err)
	}
	p.answer(http.StatusBadGateway)
	p.pass(59 * time.Minute)
	if err := verify("ed"); err != nil {
		t.Errorf("a known key during an outage: %v", err)
	}
	if err := verify("unknown"); !errors.Is(err, auth.ErrKeys) {
		t.Errorf("an unknown key during an outage: %v, want ErrKeys", err)
	}
	p.pass(2 * time.Minute)
	if err := verify("ed"); !errors.Is(err, auth.ErrKeys) {
		t.Errorf("keys that were not confirmed for an hour: %v, want ErrKeys", err)
	}
}

func TestKeySet_mishapsKeepTheKnownKeys(t *testing.T) {
	t.Parallel()
	p := newProvider(t, published(t, "ed", edKey(1).Public()))
	answer := &atomic.Value{}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if text, ok := answer.Load().(string); ok {
			_, _ = w.Write([]byte(text))
			return
		}
		p.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	p.server.URL = front.URL
	v := p.verifier(t, "")
	other, err := json.Marshal(published(t, "other", edKey(2).Public()))
	if err != nil {
		t.Fatal(err)
	}
	tooLarge := `{"keys":[` + strings.Repeat(" ", 1<<20) + string(other) + `]}`
	for _, text := range []string{"", "<html>", `{"keys":[]}`, `{"keys":[{"kty":"oct","kid":"ed","k":"AAAA"}]}`, tooLarge} {
		if text != "" {
			answer.Store(text)
		}
		p.pass(2 * time.Minute)
		if _, err := v.Verify(t.Context(), issue(t, jwt.SigningMethodEdDSA, "ed", edKey(1), body(clock()))); err != nil {
			t.Errorf("after %.30q: %v", text, err)
		}
	}
}

// hung is a provider that never answers.
type hung struct{}

// RoundTrip implements http.RoundTripper.
func (hung) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestKeySet_hungProviderHoldsRequestsForSecondsOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVerifier(t, auth.Config{
			JWKSURL: "https://id.example.test/keys", Issuer: "https://id.example.test/", Audience: "sample-api", Now: time.Now,
			Client: &http.Client{Transport: hung{}},
		})
		token := issue(t, jwt.SigningMethodEdDSA, "ed", edKey(1), body(time.Now()))
		start := time.Now()
		for range 5 {
			if _, err := v.Verify(t.Context(), token); !errors.Is(err, auth.ErrKeys) {
				t.Errorf("error %v, want ErrKeys", err)
			}
		}
		if took := time.Since(start); took > 6*time.Second {
			t.Errorf("five requests were held for %v", took)
		}
	})
}
