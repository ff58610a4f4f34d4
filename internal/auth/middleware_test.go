package auth_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/auth"
)

// serve sends one request through the middleware and returns the answer and the caller the handler saw.
func serve(t *testing.T, v *auth.Verifier, authorization ...string) (*httptest.ResponseRecorder, *auth.Identity) {
	t.Helper()
	var seen *auth.Identity
	h := auth.Middleware(v, auth.Refuse)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		id, ok := auth.FromContext(r.Context())
		if !ok {
			t.Error("the handler sees no caller")
		}
		seen = &id
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", http.NoBody)
	for _, value := range authorization {
		r.Header.Add("Authorization", value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w, seen
}

func TestMiddleware_letsValidCallersThrough(t *testing.T) {
	t.Parallel()
	s, v := newPair(t, clock)
	token := mint(t, s, time.Hour)
	for _, header := range []string{"Bearer " + token, "bearer " + token, "BEARER   " + token} {
		w, seen := serve(t, v, header)
		if w.Code != http.StatusOK || seen == nil {
			t.Fatalf("status %d, caller %v", w.Code, seen)
		}
		want := auth.Identity{Subject: "sample-user", Tenant: 9007199254740993, Role: auth.Dispatcher, ExpiresAt: clock().Add(time.Hour)}
		if diff := cmp.Diff(want, *seen); diff != "" {
			t.Errorf("caller (-want +got):\n%s", diff)
		}
	}
}

func TestMiddleware_refusesTheRest(t *testing.T) {
	t.Parallel()
	s, v := newPair(t, clock)
	_, late := newPair(t, func() time.Time { return clock().Add(2 * time.Hour) })
	token := mint(t, s, time.Hour)
	for _, tt := range []struct {
		name          string
		verifier      *auth.Verifier
		authorization []string
		message       string
		challenge     string
	}{
		{"no header", v, nil, "a bearer token is required", `Bearer realm="lazi"`},
		{"no token", v, []string{"Bearer "}, "a bearer token is required", `Bearer realm="lazi"`},
		{"expired", late, []string{"Bearer " + token}, "the token has expired", `Bearer realm="lazi", error="invalid_token", error_description="expired"`},
		{"wrong", v, []string{"Bearer " + token + "x"}, "the token is not valid", `Bearer realm="lazi", error="invalid_token"`},
		{"basic", v, []string{"Basic dXNlcjpwYXNz"}, "the token is not valid", `Bearer realm="lazi", error="invalid_token"`},
		{"no scheme", v, []string{token}, "the token is not valid", `Bearer realm="lazi", error="invalid_token"`},
		{"two headers", v, []string{"Bearer " + token, "Bearer " + token}, "the token is not valid", `Bearer realm="lazi", error="invalid_token"`},
		{"list", v, []string{"Bearer " + token + ", Bearer " + token}, "the token is not valid", `Bearer realm="lazi", error="invalid_token"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w, seen := serve(t, tt.verifier, tt.authorization...)
			if seen != nil || w.Code != http.StatusUnauthorized {
				t.Fatalf("status %d, caller %v; want 401 and nobody", w.Code, seen)
			}
			if got := w.Header().Get("WWW-Authenticate"); got != tt.challenge {
				t.Errorf("WWW-Authenticate = %s, want %s", got, tt.challenge)
			}
			var got any
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			want := map[string]any{"errors": []any{map[string]any{
				"message": tt.message, "extensions": map[string]any{"code": "UNAUTHENTICATED"},
			}}}
			if diff := cmp.Diff(any(want), got); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if strings.Contains(w.Body.String(), token) {
				t.Error("the answer quotes the token")
			}
		})
	}
}

func TestFromContext_nobody(t *testing.T) {
	t.Parallel()
	if id, ok := auth.FromContext(t.Context()); ok {
		t.Errorf("FromContext = %v", id)
	}
	if attrs := auth.LogAttrs(t.Context()); attrs != nil {
		t.Errorf("LogAttrs = %v", attrs)
	}
}

func TestLogAttrs_tenantOnly(t *testing.T) {
	t.Parallel()
	attrs := auth.LogAttrs(auth.NewContext(t.Context(), auth.Identity{Subject: "sample-user", Tenant: 9007199254740993}))
	if len(attrs) != 1 || attrs[0].String() != "tenant=9007199254740993" {
		t.Errorf("LogAttrs = %v", attrs)
	}
}

// BenchmarkMiddleware is what a request with a token that was seen before costs.
func BenchmarkMiddleware(b *testing.B) {
	s, err := auth.NewSigner(ours(clock))
	if err != nil {
		b.Fatal(err)
	}
	v, err := auth.NewVerifier(ours(clock))
	if err != nil {
		b.Fatal(err)
	}
	token, err := s.Mint(sample(), time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	h := auth.Middleware(v, auth.Refuse)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", http.NoBody)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(w, r)
	}
}
