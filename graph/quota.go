package graph

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/graph/quota"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// bytesOfCost is how many bytes of a document that was not met before cost as much as one object: to read and to refuse
// nonsense is work, too.
const bytesOfCost = 8

func callerOf(id auth.Identity) quota.Caller {
	return quota.Caller{Tenant: domain.TenantID(id.Tenant), Subject: id.Subject}
}

// spendReading takes from the caller's budget what it costs to read a document.
func (g *gate) spendReading(ctx context.Context, id auth.Identity, text string) *gqlerror.Error {
	if g.quota == nil || len(text) > g.documents.limits.DocumentBytes || g.documents.knows(text) {
		return nil
	}
	return used(g.quota.Spend(ctx, callerOf(id), int64(1+len(text)/bytesOfCost)))
}

// enter takes the cost of an operation from the caller's budget, and a place to execute it. Release gives the place back.
func (g *gate) enter(ctx context.Context, id auth.Identity, op *graphql.OperationContext, cost int64) *gqlerror.Error {
	caller, cost := callerOf(id), max(cost, 1)
	if err := g.quota.Spend(ctx, caller, cost); err != nil {
		return used(err)
	}
	err := g.quota.Enter(ctx, caller, op.Operation.Operation == ast.Subscription)
	if err != nil {
		g.quota.GiveBack(caller, cost)
	}
	return used(err)
}

// Release ends an operation for which CreateOperationContext returned no error, whether it was dispatched or not.
func (g *gate) Release(ctx context.Context, op *graphql.OperationContext) {
	id, _ := auth.FromContext(ctx)
	g.quota.Leave(callerOf(id), op.Operation.Operation == ast.Subscription)
}

// used is the answer to who has used up what he may ask for.
func used(err error) *gqlerror.Error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*quota.RefusedError](err)
	if !ok {
		return &gqlerror.Error{Message: "the request was abandoned", Extensions: map[string]any{"code": gqlerr.Timeout}}
	}
	if e.Overload {
		return &gqlerror.Error{Message: "the server is busy: try again", Extensions: map[string]any{
			"code": gqlerr.Unavailable, "retryAfter": seconds(e.Wait),
		}}
	}
	return &gqlerror.Error{Message: e.Error(), Extensions: map[string]any{
		"code": gqlerr.RateLimited, "limit": e.Limit, "max": e.Max, "retryAfter": seconds(e.Wait),
	}}
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// tellWait gives an answer the header Retry-After, where a new try makes sense, and returns its status: it is not about the
// request but about the moment, so that plain JSON has the same. The status is zero for other errors.
func tellWait(w http.ResponseWriter, errs gqlerror.List) (status int) {
	if len(errs) != 1 || errs[0].Extensions["retryAfter"] == nil {
		return 0
	}
	after, _ := errs[0].Extensions["retryAfter"].(int)
	w.Header().Set("Retry-After", strconv.Itoa(after))
	if errs[0].Extensions["code"] == gqlerr.Unavailable {
		return http.StatusServiceUnavailable
	}
	return http.StatusTooManyRequests
}
