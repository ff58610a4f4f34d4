package auth

import (
	"context"
	"net/http"
	"strings"
)

// TenantHeader is X-Tenant-ID, by which a caller chooses one of its token's tenants, as Go spells it.
const TenantHeader = "X-Tenant-Id"

// Credentials are what a request, or the first message of a websocket, says of its caller.
type Credentials struct {
	// Authorization are the values of the header of that name.
	Authorization []string
	// Tenant are the values of the header X-Tenant-ID.
	Tenant []string
}

// CredentialsOf reads a request's headers.
func CredentialsOf(h http.Header) Credentials {
	return Credentials{Authorization: h.Values("Authorization"), Tenant: h.Values(TenantHeader)}
}

// Authenticate returns a context that carries the caller's identity: see FromContext and Recheck. The error is one of
// Verify's, or ErrTenantMissing, ErrTenantMalformed or ErrTenantForeign.
func (v *Verifier) Authenticate(ctx context.Context, c Credentials) (context.Context, error) {
	id, err := v.identify(ctx, c)
	if err != nil {
		return nil, err
	}
	return context.WithValue(ctx, contextKey{}, &caller{Identity: id, verifier: v, credentials: c}), nil
}

func (v *Verifier) identify(ctx context.Context, c Credentials) (Identity, error) {
	token, err := bearer(c.Authorization)
	if err != nil {
		return Identity{}, err
	}
	g, err := v.Verify(ctx, token)
	if err != nil {
		return Identity{}, err
	}
	return g.narrow(c.Tenant)
}

// bearer reads the token of the Authorization header (RFC 6750, 2.1). A second header is refused: proxies and we might
// pick different ones.
func bearer(values []string) (string, error) {
	if len(values) == 0 {
		return "", ErrNoToken
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return "", ErrToken
	}
	return strings.TrimSpace(token), nil
}
