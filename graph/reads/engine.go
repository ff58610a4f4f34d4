// Package reads answers query operations without gqlgen's field executor. An operation whose fields are all described by
// domain's kinds is compiled once to a plan: one question to a provider for each level and kind, only for the columns
// that the document shows, whose bytes are written straight into the answer. Where a field is made of several rows, such as the
// dispatch board, a Maker makes it, and the plan shows what was made.
//
// A plan answers wholly or not at all. Whatever it cannot do (a field that nothing describes, an argument that is refused, a
// row that cannot be had, a null where the schema forbids it) is left to the resolvers, which stay the reference: both
// give the same bytes wherever a plan answers.
package reads

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/internal/domain"
)

// ErrNotCompiled means that the operation is not one that plans can answer.
var ErrNotCompiled = errors.New("reads: not compiled")

// Engine compiles and answers operations. It is safe for concurrent use.
type Engine struct {
	sources loaders.Sources
	plans   *plans
	runs    sync.Pool
	log     *slog.Logger
}

// New makes an engine for a schema.
func New(schema *ast.Schema, makers Makers, sources loaders.Sources, log *slog.Logger) *Engine {
	return &Engine{
		sources: sources, plans: newPlans(schema, makers), log: log,
		runs: sync.Pool{New: func() any { return new(run) }},
	}
}

// Answer appends the data of an operation to b. After an error nothing is answered and resolvers must do it, which also
// find the right words for the error.
func (e *Engine) Answer(ctx context.Context, b []byte, op *graphql.OperationContext, tenant domain.TenantID, now time.Time) (data []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil { // a mistake in this package must not cost an answer
			e.log.ErrorContext(ctx, "panic in a compiled read", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			err = fmt.Errorf("reads: panic: %v", cause)
		}
	}()
	p, err := e.plans.of(op)
	if err != nil {
		return nil, err
	}
	r := e.runs.Get().(*run)
	r.begin(e.sources, p, op.Variables, tenant, now)
	data, err = r.answer(ctx, b)
	r.end()
	e.runs.Put(r)
	return data, err
}
