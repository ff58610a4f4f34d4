package servicetitan

import (
	"fmt"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/stclient"
)

// sentinels are what the client's kinds of failure mean to readers. A kind that is absent is our own mistake: the
// presenter hides it and the log shows it.
var sentinels = map[stclient.Code]error{
	stclient.CodeUnauthorized:        domain.ErrUnauthorized,
	stclient.CodeTenantNotAuthorised: domain.ErrUnauthorized,
	stclient.CodeForbidden:           domain.ErrUnauthorized,
	stclient.CodeNotFound:            domain.ErrNotFound,
	stclient.CodeRateLimited:         domain.ErrRateLimited,
	stclient.CodeUnavailable:         domain.ErrUnavailable,
	stclient.CodeBadResponse:         domain.ErrUnavailable,
}

// translate turns the client's errors into the domain's and keeps the cause.
func translate(k *domain.Kind, err error) error {
	if s, ok := sentinels[stclient.CodeOf(err)]; ok {
		return fmt.Errorf("servicetitan: %s: %w: %w", k.API.Entity, s, err)
	}
	return fmt.Errorf("servicetitan: %s: %w", k.API.Entity, err)
}

func notFound(err error) bool { return stclient.CodeOf(err) == stclient.CodeNotFound }
