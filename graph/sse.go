package graph

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/internal/auth"
)

// IsStream tells whether an answer comes piece by piece: as a websocket, or as server-sent events by the graphql-sse
// protocol in its mode of distinct connections.
func IsStream(r *http.Request) bool { return IsSocket(r) || wantsEvents(r) }

func wantsEvents(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), eventStream) }

// events is an answer that is sent piece by piece.
type events struct {
	mu      sync.Mutex
	w       http.ResponseWriter
	control *http.ResponseController
}

// serveEvents answers a request by a stream. From then on errors are events, too: browsers show programs nothing else.
func (h *Handler) serveEvents(ctx context.Context, w http.ResponseWriter, r *http.Request, params *graphql.RawParams) {
	ctx, done, ok := h.streams.open(ctx)
	if !ok {
		refuse(w, http.StatusServiceUnavailable, gqlerr.Unavailable, "the server is stopping: try again")
		return
	}
	defer done()
	op, errs := h.exec.CreateOperationContext(ctx, params)
	if errs == nil {
		defer h.exec.Release(ctx, op)
	}
	if errs == nil && op.Operation.Operation == ast.Mutation && r.Method == http.MethodGet {
		refuseMutation(w)
		return
	}
	e := &events{w: w, control: http.NewResponseController(w)}
	if err := e.begin(); err != nil {
		h.cfg.Logger.ErrorContext(ctx, "a stream cannot begin", "cause", err)
		return
	}
	if errs != nil {
		_ = e.next(string(answerJSON(h.exec.DispatchError(graphql.WithOperationContext(ctx, op), errs), false)))
		e.complete()
		return
	}
	var heartbeat sync.WaitGroup
	defer heartbeat.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	heartbeat.Go(func() { e.beat(ctx, h.cfg.PingInterval) })
	if h.send(ctx, e, op) {
		e.complete()
	}
}

// send sends all answers to an operation. It is false when the stream breaks off: its client may ask again.
func (h *Handler) send(ctx context.Context, e *events, op *graphql.OperationContext) bool {
	if id, _ := auth.FromContext(ctx); !id.ExpiresAt.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, id.ExpiresAt.Sub(h.cfg.Now()), auth.ErrExpired)
		defer cancel()
	}
	responses, ctx := h.exec.DispatchOperation(ctx, op)
	for resp := responses(ctx); resp != nil; resp = responses(ctx) {
		if err := auth.Recheck(ctx); err != nil {
			return e.refuse(err)
		}
		if e.next(string(answerJSON(resp, true))) != nil {
			return false
		}
	}
	switch err := context.Cause(ctx); {
	case errors.Is(err, auth.ErrExpired):
		return e.refuse(err)
	case errors.Is(err, errStopping):
		_ = e.next(refusal(gqlerr.Unavailable, errStopping.Error())) // a client that has gone need not be told
	}
	return ctx.Err() == nil
}

// begin tells the client that a stream follows, which may last longer than the server gives other requests.
func (e *events) begin() error {
	_ = e.control.SetReadDeadline(time.Time{}) // where it cannot be lifted, the stream ends with it
	header := e.w.Header()
	header.Set("Content-Type", eventStream+"; charset=utf-8")
	header.Set("X-Accel-Buffering", "no") // nginx must not hold events back
	e.w.WriteHeader(http.StatusOK)
	return e.write(":\n\n")
}

func (e *events) write(text string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	_ = e.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // where there is none, the server's own counts
	if _, err := e.w.Write([]byte(text)); err != nil {
		return err
	}
	return e.control.Flush()
}

// writeTimeout is how long a client may leave an event unread.
const writeTimeout = 20 * time.Second

// next sends an answer, which stands on one line.
func (e *events) next(answer string) error { return e.write("event: next\ndata: " + answer + "\n\n") }

// complete tells that no more follows.
func (e *events) complete() { _ = e.write("event: complete\ndata:\n\n") } // a caller that has gone away is none of our business

// refuse tells why the stream ends. It is true: the client need not ask again.
func (e *events) refuse(err error) bool {
	a := auth.AnswerTo(err)
	return e.next(refusal(gqlerr.Code(a.Code), a.Message)) == nil
}

// beat sends a comment now and then, so that nobody in between takes the stream for dead.
func (e *events) beat(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if e.write(":\n\n") != nil {
				return
			}
		}
	}
}
