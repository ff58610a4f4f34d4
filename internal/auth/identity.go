package auth

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Identity is the caller of a request, as a verified token names it.
type Identity struct {
	// Subject is the user or program. It is never empty in a verified identity, and may be personal data.
	Subject string
	// Tenant is ServiceTitan's id of the company whose data the caller may see, always positive. Where the token is for
	// several, it is the one that the caller chose.
	Tenant int64
	// Role is what the caller may do there.
	Role Role
	// Operator tells that the caller runs the deployment.
	Operator bool
	// Technician is ServiceTitan's id of the technician that the caller is, 0 for none.
	Technician int64
	// ExpiresAt is when the token ends, and with it whatever outlives its request: a subscription.
	ExpiresAt time.Time
}

// Role is what a caller may do.
type Role string

// The roles, from the most to the least able.
const (
	Owner      Role = "OWNER"
	Admin      Role = "ADMIN"
	Manager    Role = "MANAGER"
	Dispatcher Role = "DISPATCHER"
	Technician Role = "TECHNICIAN"
	Viewer     Role = "VIEWER"
)

// Roles returns all roles, from the most to the least able.
func Roles() []Role { return []Role{Owner, Admin, Manager, Dispatcher, Technician, Viewer} }

// ParseRole reads a role's name in any case.
func ParseRole(s string) (Role, error) {
	r := Role(strings.ToUpper(s))
	if !slices.Contains(Roles(), r) {
		return "", fmt.Errorf("auth: the role must be one of %s", strings.Trim(fmt.Sprint(Roles()), "[]"))
	}
	return r, nil
}

type contextKey struct{}

// caller is what a context holds: the identity, and what it takes to verify it again.
type caller struct {
	Identity
	verifier    *Verifier
	credentials Credentials
}

// NewContext returns a context that carries the identity of a caller who needs no token, such as a worker of ours. A
// request's context is made by Verifier.Authenticate.
func NewContext(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, &caller{Identity: id})
}

// FromContext returns the caller. Without one, ok is false and nothing may be answered.
func FromContext(ctx context.Context) (id Identity, ok bool) {
	c, ok := ctx.Value(contextKey{}).(*caller)
	if !ok {
		return Identity{}, false
	}
	return c.Identity, true
}

// Recheck verifies the caller's token again, for what outlives a request: a subscription asks before it sends. The error
// is one of Authenticate's: the token has expired, or its key was withdrawn. It may ask the identity provider for its
// keys; a caller who came by NewContext is not asked.
func Recheck(ctx context.Context) error {
	c, ok := ctx.Value(contextKey{}).(*caller)
	if !ok {
		return ErrNoToken
	}
	if c.verifier == nil {
		return nil
	}
	_, err := c.verifier.identify(ctx, c.credentials)
	return err
}

// LogAttrs returns what a log line may say about the caller: the tenant, never the subject.
func LogAttrs(ctx context.Context) []slog.Attr {
	id, ok := FromContext(ctx)
	if !ok {
		return nil
	}
	return []slog.Attr{slog.Int64("tenant", id.Tenant)}
}
