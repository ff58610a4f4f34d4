package socket

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/internal/auth"
)

// operation is one under way.
type operation struct{ cancel context.CancelFunc }

// subscribe starts an operation of any kind. An error ends the connection.
func (c *connection) subscribe(ctx context.Context, m message) error {
	params, err := m.request()
	if err != nil {
		return err
	}
	params.Headers = c.header
	params.ReadTime = graphql.TraceTiming{Start: graphql.Now(), End: graphql.Now()}
	o, free, err := c.reserve(m.ID)
	if err != nil {
		return err
	}
	if !free { // told from here, so that who does not listen is not listened to
		c.fail(ctx, m.ID, gqlerror.List{tooMany(c.cfg.MaxOperations)})
		return nil
	}
	ctx, o.cancel = context.WithCancel(graphql.StartOperationTrace(ctx))
	c.running.Go(func() {
		defer c.release(o)
		c.execute(ctx, m.ID, o, params)
	})
	return nil
}

// reserve notes a new operation. It is not free to start when there are too many, or as many again that have ended and
// cannot tell so, because their client does not listen.
func (c *connection) reserve(id string) (o *operation, free bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.active[id] != nil {
		return nil, false, closeWith(subscriberExists, "Subscriber for %s already exists", id)
	}
	if len(c.active) >= c.cfg.MaxOperations || c.underWay >= 2*c.cfg.MaxOperations {
		return nil, false, nil
	}
	o = &operation{}
	c.active[id] = o
	c.underWay++
	return o, true, nil
}

// release makes room for another operation.
func (c *connection) release(o *operation) {
	o.cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.underWay--
}

func tooMany(most int) *gqlerror.Error {
	const limit = "operations of a connection"
	return &gqlerror.Error{
		Message:    fmt.Sprintf("the limit of %s is %d", limit, most),
		Extensions: map[string]any{"code": gqlerr.LimitExceeded, "limit": limit, "max": most, "value": most + 1},
	}
}

// execute sends the answers to an operation.
func (c *connection) execute(ctx context.Context, id string, o *operation, params *graphql.RawParams) {
	defer func() {
		if cause := recover(); cause != nil {
			c.cfg.Logger.ErrorContext(ctx, "panic in an operation", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			c.end(closeWith(internalError, "Internal server error"))
		}
	}()
	op, errs := c.exec.CreateOperationContext(ctx, params)
	if errs != nil {
		resp := c.exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
		c.finish(ctx, id, o, func() { c.fail(ctx, id, resp.Errors) })
		return
	}
	defer c.exec.Release(ctx, op)
	responses, ctx := c.exec.DispatchOperation(ctx, op)
	for resp := responses(ctx); resp != nil; resp = responses(ctx) {
		if op.Operation.Operation == ast.Subscription && resp.Data == nil && len(resp.Errors) > 0 {
			c.finish(ctx, id, o, func() { c.fail(ctx, id, resp.Errors) }) // it did not start
			return
		}
		if err := auth.Recheck(ctx); err != nil {
			c.end(refusal(err))
			return
		}
		c.sendPayload(ctx, message{ID: id, Type: next}, resp)
	}
	c.finish(ctx, id, o, func() { c.send(ctx, message{ID: id, Type: complete}) })
}

// finish frees the id of an operation and then tells of its end, unless the client has ended it or the connection ends.
func (c *connection) finish(ctx context.Context, id string, o *operation, tell func()) {
	c.mu.Lock()
	mine := c.active[id] == o
	if mine {
		delete(c.active, id)
	}
	c.mu.Unlock()
	if mine && ctx.Err() == nil {
		tell()
	}
}

// stop ends an operation because its client asks for it. Its id is free at once.
func (c *connection) stop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o := c.active[id]; o != nil {
		o.cancel()
		delete(c.active, id)
	}
}

// fail tells that an operation was not executed.
func (c *connection) fail(ctx context.Context, id string, errs gqlerror.List) {
	c.sendPayload(ctx, message{ID: id, Type: failed}, errs)
}

func (c *connection) sendPayload(ctx context.Context, m message, payload any) {
	text, err := json.Marshal(payload)
	if err != nil {
		c.cfg.Logger.ErrorContext(ctx, "an answer is no JSON", "cause", err)
		c.end(closeWith(internalError, "Internal server error"))
		return
	}
	m.Payload = text
	c.send(ctx, m)
}
