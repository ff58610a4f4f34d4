package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/reads"
	"lazilabs.com/lazi/graph/resolvers"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// executable answers operations by resolvers, and queries by compiled plans. Each operation has a deadline, but for
// subscriptions.
type executable struct {
	graphql.ExecutableSchema
	cfg    Config
	engine *reads.Engine // nil where resolvers answer everything
}

// Exec implements graphql.ExecutableSchema.
func (x *executable) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	switch op.Operation.Operation {
	case ast.Subscription:
		return x.subscribe(ctx)
	case ast.Mutation:
		op.ResolverMiddleware = auditWrites(x.Schema(), x.cfg.OnAudit) // queries have a thousand fields, and none to audit
	case ast.Query:
	}
	var answer graphql.ResponseHandler
	return func(ctx context.Context) *graphql.Response {
		id, ok := auth.FromContext(ctx)
		if !ok {
			return graphql.ErrorResponse(ctx, "no identity")
		}
		until, begun := ctx.Value(untilKey{}).(time.Time)
		if !begun {
			until = time.Now().Add(x.cfg.Timeout)
		}
		ctx, cancel := context.WithDeadline(ownRows(ctx, id), until)
		defer cancel()
		if answer == nil {
			answer = x.ExecutableSchema.Exec(ctx)
		}
		return answer(loaders.With(ctx, loaders.New(x.cfg.Sources, domain.TenantID(id.Tenant), x.cfg.Now())))
	}
}

type untilKey struct{}

// begun notes that an operation has begun with something else: resolvers get what is left of its time.
func (x *executable) begun(ctx context.Context, since time.Time) context.Context {
	return context.WithValue(ctx, untilKey{}, since.Add(x.cfg.Timeout))
}

// read answers a query by a compiled plan, if there is one and nothing is in its way. It needs nothing of gqlgen's executor.
func (x *executable) read(ctx context.Context, op *graphql.OperationContext) (data []byte, ok bool) {
	id, known := auth.FromContext(ctx)
	if x.engine == nil || !known {
		return nil, false
	}
	ctx, cancel := context.WithTimeout(ownRows(ctx, id), x.cfg.Timeout)
	defer cancel()
	buffer := bufferFrom(ctx)
	if buffer == nil {
		buffer = new([]byte)
	}
	answer, err := x.engine.Answer(ctx, append((*buffer)[:0], answerHead...), op, domain.TenantID(id.Tenant), x.cfg.Now())
	if x.cfg.OnRead != nil {
		x.cfg.OnRead(err)
	}
	if err != nil {
		return nil, false
	}
	*buffer = answer
	return answer[len(answerHead):], true
}

// subscribe starts a subscription, whose errors stand in the context. It lasts as long as that; each event has loaders of
// its own, since those cache.
func (x *executable) subscribe(ctx context.Context) graphql.ResponseHandler {
	id, ok := auth.FromContext(ctx)
	if !ok {
		return graphql.OneShot(graphql.ErrorResponse(ctx, "no identity"))
	}
	op := graphql.GetOperationContext(ctx)
	if len(graphql.CollectFields(op, op.Operation.SelectionSet, []string{x.Schema().Subscription.Name})) != 1 {
		graphql.AddError(ctx, refused(gqlerr.ValidationFailed, "a subscription must select exactly one field")[0])
		return nil // nobody asks for an answer after an error
	}
	fresh := func(ctx context.Context) context.Context {
		return loaders.With(ownRows(ctx, id), loaders.New(x.cfg.Sources, domain.TenantID(id.Tenant), x.cfg.Now()))
	}
	inside, why := resolvers.WithEnding(fresh(ctx))
	next, over := x.ExecutableSchema.Exec(inside), false
	return func(ctx context.Context) *graphql.Response {
		resp := next(fresh(ctx))
		if err := why(); resp == nil && err != nil && !over {
			over = true
			graphql.AddError(ctx, err) // the last answer has nothing but this
			return &graphql.Response{}
		}
		return resp
	}
}

// ownRows limits what an operation sees to the caller's own rows, where the caller's role sees no others.
func ownRows(ctx context.Context, id auth.Identity) context.Context {
	if id.Role.Scope(auth.AppointmentsRead) != auth.Own {
		return ctx
	}
	return domain.OwnRows(ctx, id.Technician)
}
