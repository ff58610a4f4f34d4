package resolvers

import (
	"context"
	"fmt"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// maySync returns the caller's tenant if the caller's role may run syncs, and so see and steer all about them. The error is
// domain.ErrForbidden for a role that may not, and for a request without a caller.
func maySync(ctx context.Context) (domain.TenantID, error) {
	id, ok := auth.FromContext(ctx)
	if !ok || !id.Role.Can(auth.SyncRun) {
		return 0, fmt.Errorf("%s: %w", auth.SyncRun, domain.ErrForbidden)
	}
	return domain.TenantID(id.Tenant), nil
}
