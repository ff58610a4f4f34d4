package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/reads"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// executable answers operations: queries by a compiled plan where there is one, all else by resolvers. Each operation has
// a deadline.
type executable struct {
	graphql.ExecutableSchema
	cfg    Config
	engine *reads.Engine // nil where resolvers answer everything
}

// Exec implements graphql.ExecutableSchema.
func (x executable) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	var rest graphql.ResponseHandler // what follows when no plan has answered
	return func(ctx context.Context) *graphql.Response {
		id, ok := auth.FromContext(ctx)
		if !ok {
			return graphql.ErrorResponse(ctx, "no identity")
		}
		ctx, cancel := context.WithTimeout(ctx, x.cfg.Timeout)
		defer cancel()
		tenant, now := domain.TenantID(id.Tenant), x.cfg.Now()
		if rest == nil {
			if data, ok := x.read(ctx, op, tenant, now); ok {
				rest = func(context.Context) *graphql.Response { return nil }
				return &graphql.Response{Data: data}
			}
			rest = x.ExecutableSchema.Exec(ctx)
		}
		return rest(loaders.With(ctx, loaders.New(x.cfg.Sources, tenant, now)))
	}
}

// read answers a query by a compiled plan, if there is one and nothing is in its way.
func (x executable) read(ctx context.Context, op *graphql.OperationContext, tenant domain.TenantID, now time.Time) (data []byte, ok bool) {
	if x.engine == nil || op.Operation.Operation != ast.Query {
		return nil, false
	}
	buffer := bufferFrom(ctx)
	if buffer == nil {
		buffer = new([]byte)
	}
	answer, err := x.engine.Answer(ctx, append((*buffer)[:0], answerHead...), op, tenant, now)
	if x.cfg.OnRead != nil {
		x.cfg.OnRead(err)
	}
	if err != nil {
		return nil, false
	}
	*buffer = answer
	return answer[len(answerHead):], true
}
