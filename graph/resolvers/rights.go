package resolvers

import (
	"context"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// tenantOf returns the caller's tenant. What the caller's role may do there was looked at before the operation began, by the
// schema's @access. The error is domain.ErrForbidden for a request without a caller.
func tenantOf(ctx context.Context) (domain.TenantID, error) {
	id, ok := auth.FromContext(ctx)
	if !ok {
		return 0, domain.ErrForbidden
	}
	return domain.TenantID(id.Tenant), nil
}
