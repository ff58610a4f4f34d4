package auth

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// Refusal answers a request that brings no valid token. The error is one of Verify's.
type Refusal func(w http.ResponseWriter, r *http.Request, err error)

// Middleware lets only callers with a valid token through to the next handler, which finds them with FromContext.
// Everybody else is answered by refuse.
func Middleware(v *Verifier, refuse Refusal) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token, err := bearer(r)
			if err != nil {
				refuse(w, r, err)
				return
			}
			id, err := v.Verify(token)
			if err != nil {
				refuse(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(NewContext(r.Context(), id)))
		})
	}
}

// bearer reads the token of the Authorization header (RFC 6750, 2.1). A second header is refused: proxies and we might
// pick different ones.
func bearer(r *http.Request) (string, error) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return "", ErrNoToken
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return "", ErrToken
	}
	return strings.TrimSpace(token), nil
}

// Refuse is the Refusal of GraphQL endpoints: status 401, the challenge of RFC 6750 and a GraphQL error.
func Refuse(w http.ResponseWriter, _ *http.Request, err error) {
	message, challenge := "the token is not valid", `Bearer realm="lazi", error="invalid_token"`
	switch {
	case errors.Is(err, ErrNoToken):
		message, challenge = "a bearer token is required", `Bearer realm="lazi"`
	case errors.Is(err, ErrExpired):
		message, challenge = "the token has expired", challenge+`, error_description="expired"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusUnauthorized)
	// A caller that has gone away is none of our business.
	_ = json.NewEncoder(w).Encode(map[string]any{
		"errors": []any{map[string]any{
			"message":    message,
			"extensions": map[string]any{"code": "UNAUTHENTICATED"},
		}},
	})
}
