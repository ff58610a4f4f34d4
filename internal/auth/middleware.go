package auth

import (
	"encoding/json"
	"errors"
	"net/http"
)

// Refusal answers a request that is not let through. The error is one of Verifier.Authenticate's.
type Refusal func(w http.ResponseWriter, r *http.Request, err error)

// Middleware lets only callers with a valid token, in one of its tenants, through to the next handler, which finds them
// with FromContext. Everybody else is answered by refuse.
func Middleware(v *Verifier, refuse Refusal) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, err := v.Authenticate(r.Context(), CredentialsOf(r.Header))
			if err != nil {
				refuse(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// Answer is what a refused caller is told.
type Answer struct {
	// Status is the HTTP status.
	Status int
	// Code is the `extensions.code` of the GraphQL error.
	Code string
	// Message is its text.
	Message string
	// Challenge is the header WWW-Authenticate of RFC 6750, empty where another token would not help.
	Challenge string
}

// AnswerTo says what to tell a caller whom Authenticate refuses with the error.
func AnswerTo(err error) Answer {
	const invalid = `Bearer realm="lazi", error="invalid_token"`
	switch {
	case errors.Is(err, ErrNoToken):
		return Answer{http.StatusUnauthorized, "UNAUTHENTICATED", "a bearer token is required", `Bearer realm="lazi"`}
	case errors.Is(err, ErrExpired):
		return Answer{http.StatusUnauthorized, "UNAUTHENTICATED", "the token has expired", invalid + `, error_description="expired"`}
	case errors.Is(err, ErrTenantMissing):
		return Answer{http.StatusBadRequest, "BAD_REQUEST", "the token is for several tenants: the header X-Tenant-ID must name one of them", ""}
	case errors.Is(err, ErrTenantMalformed):
		return Answer{http.StatusBadRequest, "BAD_REQUEST", "the header X-Tenant-ID must be sent once and hold one numeric tenant id", ""}
	case errors.Is(err, ErrTenantForeign):
		return Answer{http.StatusForbidden, "FORBIDDEN", "the token is not for the tenant of the header X-Tenant-ID", ""}
	case errors.Is(err, ErrKeys):
		return Answer{http.StatusServiceUnavailable, "UNAVAILABLE", "tokens cannot be checked now: try again later", ""}
	}
	return Answer{http.StatusUnauthorized, "UNAUTHENTICATED", "the token is not valid", invalid}
}

// Refuse is the Refusal of GraphQL endpoints: the status and a GraphQL error.
func Refuse(w http.ResponseWriter, _ *http.Request, err error) {
	a := AnswerTo(err)
	if a.Challenge != "" {
		w.Header().Set("WWW-Authenticate", a.Challenge)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(a.Status)
	// A caller that has gone away is none of our business.
	_ = json.NewEncoder(w).Encode(map[string]any{
		"errors": []any{map[string]any{
			"message":    a.Message,
			"extensions": map[string]any{"code": a.Code},
		}},
	})
}
