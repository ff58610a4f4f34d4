package servicetitan

import (
	"errors"
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

// explained says in words for users why a reading of a kind did not get on, and whether it may later.
var explained = map[stclient.Code]domain.UpstreamError{
	stclient.CodeUnauthorized:        {Problem: "ServiceTitan refuses this tenant's credentials"},
	stclient.CodeTenantNotAuthorised: {Problem: "ServiceTitan does not serve this tenant to the app: is the app connected, and its version accepted?"},
	stclient.CodeForbidden:           {Problem: "the app lacks ServiceTitan's scope for this entity"},
	stclient.CodeNoSuchOperation:     {Problem: "ServiceTitan does not offer this entity to the app"},
	stclient.CodeRateLimited:         {Problem: "the call budget of this tenant is spent", Passing: true},
	stclient.CodeUnavailable:         {Problem: "ServiceTitan does not answer", Passing: true},
	stclient.CodeBadResponse:         {Problem: "ServiceTitan's answer cannot be read", Passing: true},
}

// upstream explains the client's errors. A context's own error stays what it is.
func upstream(err error) error {
	var failure *stclient.Error
	if !errors.As(err, &failure) || failure.Code == stclient.CodeCanceled {
		return err
	}
	e, ok := explained[failure.Code]
	if !ok {
		e.Problem = "ServiceTitan refuses the request (" + string(failure.Code) + ")"
	}
	e.RetryAfter, e.Cause = failure.RetryAfter, err
	return &e
}

// unlinked explains why a tenant's account cannot be opened.
func unlinked(err error) error {
	if errors.Is(err, domain.ErrUnauthorized) {
		return &domain.UpstreamError{Problem: "the tenant is not linked to a ServiceTitan account here", Cause: err}
	}
	return err
}

func notFound(err error) bool { return stclient.CodeOf(err) == stclient.CodeNotFound }
