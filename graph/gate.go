package graph

import (
	"context"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/graph/quota"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// CostHeader asks for the cost of an operation, whatever its value. It comes as `extensions.cost`.
const CostHeader = "X-Cost"

// gate lets requests through to gqlgen's executor that are within the limits.
type gate struct {
	*executor.Executor
	exec       *executable
	documents  *documents
	persisted  extension.AutomaticPersistedQuery
	introspect func(auth.Identity) bool
	trusted    *trusted // nil where any document may be sent
	quota      *quota.Quota
	watch      func(context.Context, ast.Operation) (context.Context, func([]string))
	onRefusal  func(context.Context, []string)
	onAudit    func(context.Context, auth.Identity, []domain.AuditEntry)
}

// CreateOperationContext implements graphql.GraphExecutor.
func (g *gate) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	op, errs := g.let(ctx, params)
	if errs != nil {
		g.onRefusal(ctx, codes(errs))
		g.auditRefusals(ctx, errs)
	}
	return op, errs
}

// let lets a request through, or says why not.
func (g *gate) let(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	if err := g.find(ctx, params); err != nil {
		return &graphql.OperationContext{}, gqlerror.List{err}
	}
	id, _ := auth.FromContext(ctx) // executable refuses operations without one
	if err := g.spendReading(ctx, id, params.Query); err != nil {
		return &graphql.OperationContext{}, gqlerror.List{err}
	}
	d, errs := g.documents.of(params.Query, g.introspect(id))
	if errs != nil {
		return &graphql.OperationContext{}, errs
	}
	op, errs := g.Executor.CreateOperationContext(context.WithValue(ctx, documentKey{}, d), params)
	if errs != nil {
		return op, errs
	}
	if err := g.documents.rules.Check(d.needs[op.Operation], id.Role, op.Variables); err != nil {
		return op, denied(err, id.Role)
	}
	cost, err := g.documents.limits.Check(d.costs[op.Operation], op.Variables)
	if err != nil {
		return op, limited(err)
	}
	if op.Headers.Get(CostHeader) != "" {
		op.Stats.SetExtension(CostHeader, cost)
	}
	if err := g.enter(ctx, id, op, cost); err != nil {
		return op, gqlerror.List{err}
	}
	return op, nil
}

// find puts the document into a request that names it, and refuses one that is not trusted.
func (g *gate) find(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	if g.trusted != nil {
		return g.trusted.find(params)
	}
	if params.Extensions["persistedQuery"] != nil {
		return g.persist(ctx, params)
	}
	return nil
}

// persist finds the document of a hash, or remembers it.
func (g *gate) persist(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	if len(params.Query) > g.documents.limits.DocumentBytes {
		return nil // to be refused for its length, with the right words
	}
	err := g.persisted.MutateOperationParameters(graphql.WithOperationContext(ctx, &graphql.OperationContext{}), params)
	if err != nil && err.Extensions["code"] == nil {
		err.Extensions = map[string]any{"code": gqlerr.BadRequest}
	}
	return err
}

// DispatchOperation implements graphql.GraphExecutor. It adds the cost where the client has asked for it.
func (g *gate) DispatchOperation(ctx context.Context, op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	next := g.watched(op, g.answers(op))
	cost := op.Stats.GetExtension(CostHeader)
	if cost == nil {
		return next, ctx
	}
	return func(ctx context.Context) *graphql.Response {
		resp := next(ctx)
		if resp != nil {
			resp.Extensions = map[string]any{"cost": map[string]any{"asked": cost, "max": g.documents.limits.Cost}}
		}
		return resp
	}, ctx
}

// answers are those of an operation, one by one: nil when there are no more.
func (g *gate) answers(op *graphql.OperationContext) graphql.ResponseHandler {
	var rest func() *graphql.Response // what follows the first answer
	return func(ctx context.Context) *graphql.Response {
		if rest != nil {
			return rest()
		}
		if op.Operation.Operation == ast.Query {
			since := time.Now()
			if data, ok := g.exec.read(ctx, op); ok {
				rest = func() *graphql.Response { return nil }
				return &graphql.Response{Data: data}
			}
			ctx = g.exec.begun(ctx, since)
		}
		next, inside := g.Executor.DispatchOperation(ctx, op)
		rest = func() *graphql.Response { return next(inside) }
		return rest()
	}
}

// watched tells of an operation that is answered.
func (g *gate) watched(op *graphql.OperationContext, next graphql.ResponseHandler) graphql.ResponseHandler {
	over := false // streams ask again, to hear that there is no more
	return func(ctx context.Context) *graphql.Response {
		if over {
			return next(ctx)
		}
		over = op.Operation.Operation != ast.Subscription
		ctx, answered := g.watch(ctx, op.Operation.Operation)
		resp := next(ctx)
		if resp != nil {
			answered(codes(resp.Errors))
			if len(resp.Errors) > 0 && op.Operation.Operation != ast.Mutation { // whose fields are audited one by one
				g.auditRefusals(ctx, resp.Errors)
			}
		}
		return resp
	}
}

// codes are those of errors; nil where there are none.
func codes(errs gqlerror.List) []string {
	var out []string
	for _, e := range errs {
		out = append(out, fmt.Sprint(e.Extensions["code"]))
	}
	return out
}

// fewErrors leaves out errors of an answer that holds too many, and says how many.
func fewErrors(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	resp := next(ctx)
	if resp != nil && len(resp.Errors) > maxErrors {
		more := refused(gqlerr.LimitExceeded, fmt.Sprintf("%d more errors are left out", len(resp.Errors)-maxErrors))
		resp.Errors = append(resp.Errors[:maxErrors:maxErrors], more...)
	}
	return resp
}
