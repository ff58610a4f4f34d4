package auth

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// Identity is the caller of a request, as a verified token names it.
type Identity struct {
	// Subject is the user or program. It is never empty in a verified identity, and may be personal data.
	Subject string
	// Tenant is ServiceTitan's id of the company whose data the caller may see, always positive.
	Tenant int64
	// Role is what the caller may do there.
	Role Role
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

// valid tells what an identity lacks, or is nil.
func (id Identity) valid() error {
	switch {
	case strings.TrimSpace(id.Subject) == "":
		return fmt.Errorf("%w: no subject", ErrToken)
	case id.Tenant < 1:
		return fmt.Errorf("%w: no tenant", ErrToken)
	case !slices.Contains(Roles(), id.Role):
		return fmt.Errorf("%w: no role that is known", ErrToken)
	}
	return nil
}

type contextKey struct{}

// NewContext returns a context that carries the identity of a verified caller.
func NewContext(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, id)
}

// FromContext returns the caller. Without one, ok is false and nothing may be answered.
func FromContext(ctx context.Context) (id Identity, ok bool) {
	id, ok = ctx.Value(contextKey{}).(Identity)
	return id, ok
}

// LogAttrs returns what a log line may say about the caller: the tenant, never the subject.
func LogAttrs(ctx context.Context) []slog.Attr {
	id, ok := FromContext(ctx)
	if !ok {
		return nil
	}
	return []slog.Attr{slog.Int64("tenant", id.Tenant)}
}
