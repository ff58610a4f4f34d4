package auth

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Grant is what a token says: who, in which companies, as what, and until when.
type Grant struct {
	// Subject is the user or program, never empty.
	Subject string
	// Tenants are ServiceTitan's ids of the companies, at least one, all positive, none twice.
	Tenants []int64
	// Role is the same in all of them.
	Role Role
	// Technician is ServiceTitan's id of the technician that the subject is, 0 for none. Ids are unique only inside a tenant:
	// it takes a token for one tenant alone.
	Technician int64
	// Operator tells that the subject runs the deployment: may see all its tenants, add some and change their accounts.
	Operator bool
	// ExpiresAt is when the token ends.
	ExpiresAt time.Time
}

// Errors of a caller who is known, about the header X-Tenant-ID.
var (
	// ErrTenantMissing means that the token is for several tenants and the request chooses none.
	ErrTenantMissing = errors.New("no tenant is chosen")
	// ErrTenantMalformed means that the header does not hold one tenant's id.
	ErrTenantMalformed = errors.New("the tenant header is malformed")
	// ErrTenantForeign means that the header names a tenant that the token is not for.
	ErrTenantForeign = errors.New("the token is not for this tenant")
)

// narrow returns the identity in the tenant that the values of the header X-Tenant-ID name. The header only ever chooses
// among the token's tenants.
func (g Grant) narrow(header []string) (Identity, error) {
	id := Identity{Subject: g.Subject, Role: g.Role, Technician: g.Technician, Operator: g.Operator, ExpiresAt: g.ExpiresAt}
	switch {
	case len(header) == 0 && len(g.Tenants) == 1:
		id.Tenant = g.Tenants[0]
		return id, nil
	case len(header) == 0:
		return Identity{}, ErrTenantMissing
	case len(header) > 1: // proxies and we might pick different ones
		return Identity{}, ErrTenantMalformed
	}
	tenant, ok := parseID(header[0])
	if !ok {
		return Identity{}, ErrTenantMalformed
	}
	if !slices.Contains(g.Tenants, tenant) {
		return Identity{}, ErrTenantForeign
	}
	id.Tenant = tenant
	return id, nil
}

// parseID reads one of ServiceTitan's ids in its one spelling.
func parseID(s string) (int64, bool) {
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil && id > 0 && strconv.FormatInt(id, 10) == s
}

// claims is the body of a token. Ids are texts, because JavaScript cannot hold every 64-bit number.
type claims struct {
	jwt.RegisteredClaims
	Tenant     string   `json:"tenant,omitempty"`
	Tenants    []string `json:"tenants,omitempty"`
	Role       Role     `json:"role"`
	Technician string   `json:"technician,omitempty"`
	Operator   bool     `json:"operator,omitempty"`
}

// claims is the opposite of grant.
func (g Grant) claims() claims {
	c := claims{RegisteredClaims: jwt.RegisteredClaims{Subject: g.Subject, ExpiresAt: jwt.NewNumericDate(g.ExpiresAt)}, Role: g.Role, Operator: g.Operator}
	for _, t := range g.Tenants {
		c.Tenants = append(c.Tenants, strconv.FormatInt(t, 10))
	}
	if len(c.Tenants) == 1 {
		c.Tenant, c.Tenants = c.Tenants[0], nil
	}
	if g.Technician != 0 {
		c.Technician = strconv.FormatInt(g.Technician, 10)
	}
	return c
}

// grant judges the claims of a token whose signature, issuer, audience and times are right. The error is ErrToken.
func (c claims) grant() (Grant, error) {
	g := Grant{Subject: c.Subject, Role: c.Role, Operator: c.Operator, ExpiresAt: c.ExpiresAt.Time}
	texts := c.Tenants
	switch {
	case strings.TrimSpace(c.Subject) == "":
		return Grant{}, fmt.Errorf("%w: no subject", ErrToken)
	case !slices.Contains(Roles(), c.Role):
		return Grant{}, fmt.Errorf("%w: no role that is known", ErrToken)
	case c.Tenant != "" && texts != nil:
		return Grant{}, fmt.Errorf("%w: tenant and tenants", ErrToken)
	case texts == nil:
		texts = []string{c.Tenant}
	}
	for _, text := range texts {
		id, ok := parseID(text)
		if !ok {
			return Grant{}, fmt.Errorf("%w: a tenant that is none", ErrToken)
		}
		if !slices.Contains(g.Tenants, id) {
			g.Tenants = append(g.Tenants, id)
		}
	}
	if len(g.Tenants) == 0 {
		return Grant{}, fmt.Errorf("%w: no tenant", ErrToken)
	}
	if c.Technician == "" {
		return g, nil
	}
	technician, ok := parseID(c.Technician)
	if !ok || len(g.Tenants) > 1 {
		return Grant{}, fmt.Errorf("%w: a technician that is none, or of several tenants", ErrToken)
	}
	g.Technician = technician
	return g, nil
}
