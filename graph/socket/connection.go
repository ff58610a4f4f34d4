package socket

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"lazilabs.com/lazi/internal/auth"
)

// writeTimeout is how long a client may leave a message unread. Then it is cut off.
const writeTimeout = 20 * time.Second

// connection is one websocket.
type connection struct {
	cfg    Config
	ws     *websocket.Conn
	exec   Executor
	header http.Header
	end    context.CancelCauseFunc
	init   *time.Timer
	expiry *time.Timer
	inits  int // how many connection_init messages came

	mu       sync.Mutex
	active   map[string]*operation // by id
	underWay int                   // with those that have ended and are about to tell so
	running  sync.WaitGroup
}

// run serves the connection until one of both sides ends it, and all its operations.
func (c *connection) run(ctx context.Context) {
	ctx, c.end = context.WithCancelCause(ctx)
	var helpers sync.WaitGroup
	helpers.Go(func() {
		<-ctx.Done()
		how := closingOf(context.Cause(ctx))
		_ = c.ws.Close(how.code, how.reason) // fails where the client has gone
	})
	helpers.Go(func() { c.watch(ctx) })
	c.init = time.AfterFunc(c.cfg.InitTimeout, func() { c.end(closeWith(initTimeout, "Connection initialisation timeout")) })
	c.end(c.read(ctx))
	c.init.Stop()
	if c.expiry != nil {
		c.expiry.Stop()
	}
	c.running.Wait()
	helpers.Wait()
}

// read handles the client's messages, one after the other, until there are no more.
func (c *connection) read(ctx context.Context) error {
	for {
		// A context that ends would cut the connection off, before the client is told why.
		kind, text, err := c.ws.Read(context.WithoutCancel(ctx))
		if err != nil {
			return closeWith(websocket.StatusNormalClosure, "") // the client has gone, or was told already
		}
		if kind != websocket.MessageText {
			return closeWith(badRequest, "Invalid message received")
		}
		m, err := parse(text)
		if err != nil {
			return err
		}
		if ctx, err = c.handle(ctx, m); err != nil {
			return err
		}
	}
}

// handle does what a message asks for. It returns the context that operations run under.
func (c *connection) handle(ctx context.Context, m message) (context.Context, error) {
	switch m.Type {
	case connectionInit:
		c.inits++
		if c.inits > 1 {
			return ctx, closeWith(tooManyInits, "Too many initialisation requests")
		}
		return c.open(ctx, m)
	case ping:
		c.send(ctx, message{Type: pong, Payload: m.Payload})
	case subscribe:
		if c.inits == 0 {
			return ctx, closeWith(unauthorized, "Unauthorized")
		}
		return ctx, c.subscribe(ctx, m)
	case complete:
		c.stop(m.ID)
	}
	return ctx, nil
}

// open finds out who calls. The payload's credentials count before those of the HTTP request.
func (c *connection) open(ctx context.Context, m message) (context.Context, error) {
	c.init.Stop()
	credentials := auth.CredentialsOf(c.header)
	for name, value := range m.strings() {
		switch {
		case strings.EqualFold(name, "Authorization"):
			credentials.Authorization = []string{value}
		case strings.EqualFold(name, auth.TenantHeader):
			credentials.Tenant = []string{value}
		}
	}
	ctx, err := c.cfg.Authenticate(ctx, credentials)
	if err != nil {
		return ctx, refusal(err)
	}
	if id, _ := auth.FromContext(ctx); !id.ExpiresAt.IsZero() {
		c.expiry = time.AfterFunc(id.ExpiresAt.Sub(c.cfg.Now()), func() { c.end(refusal(auth.ErrExpired)) })
	}
	c.send(ctx, message{Type: connectionAck})
	return ctx, nil
}

// refusal ends a connection whose caller is not let in, or no longer. Clients may come again with another token.
func refusal(err error) error {
	a := auth.AnswerTo(err)
	if a.Status == http.StatusServiceUnavailable {
		return closeWith(websocket.StatusTryAgainLater, "%s", a.Message)
	}
	return closeWith(forbidden, "Forbidden: %s", a.Message)
}

// send sends a message. A client that cannot be reached is cut off.
func (c *connection) send(ctx context.Context, m message) {
	text, err := json.Marshal(m)
	if err != nil {
		c.cfg.Logger.ErrorContext(ctx, "a message is no JSON", "cause", err)
		c.end(closeWith(internalError, "Internal server error"))
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if err := c.ws.Write(ctx, websocket.MessageText, text); err != nil {
		c.end(closeWith(websocket.StatusNormalClosure, ""))
	}
}

// watch looks now and then whether the client is still there.
func (c *connection) watch(ctx context.Context) {
	ticker := time.NewTicker(c.cfg.PingInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			wait, cancel := context.WithTimeout(ctx, c.cfg.PingInterval)
			err := c.ws.Ping(wait)
			cancel()
			if err != nil && ctx.Err() == nil {
				c.end(closeWith(websocket.StatusPolicyViolation, "the client does not answer pings"))
				return
			}
		}
	}
}
