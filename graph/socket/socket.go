// Package socket serves GraphQL operations over websockets, by the protocol graphql-transport-ws with its exact close
// codes: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. It imports graph/body, graph/gqlerr and
// internal/auth of ours.
package socket

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"

	"lazilabs.com/lazi/internal/auth"
)

// Subprotocol is the protocol's name, which a client must offer.
const Subprotocol = "graphql-transport-ws"

// Config bounds a connection. What is zero has a default.
type Config struct {
	// Authenticate returns a context that carries the caller whom the credentials name.
	Authenticate func(ctx context.Context, c auth.Credentials) (context.Context, error)
	// InitTimeout is how long a client may take for its first message; 5 s by default.
	InitTimeout time.Duration
	// PingInterval is how often the server looks whether the client is still there; 25 s by default. A client that does not
	// answer within that time has gone.
	PingInterval time.Duration
	// MaxMessageBytes bounds a client's message; 256 KiB by default.
	MaxMessageBytes int64
	// MaxOperations bounds the operations under way on one connection; 50 by default.
	MaxOperations int
	// Now is the clock that tokens expire by.
	Now func() time.Time
	// Logger takes what clients must not see.
	Logger *slog.Logger
}

// Executor executes operations.
type Executor interface {
	graphql.GraphExecutor
	// Release ends an operation for which CreateOperationContext returned no error, whether it was dispatched or not.
	Release(ctx context.Context, op *graphql.OperationContext)
}

// Server serves websockets.
type Server struct{ cfg Config }

// New makes a Server.
func New(cfg Config) *Server {
	if cfg.InitTimeout == 0 {
		cfg.InitTimeout = 5 * time.Second
	}
	if cfg.PingInterval == 0 {
		cfg.PingInterval = 25 * time.Second
	}
	if cfg.MaxMessageBytes == 0 {
		cfg.MaxMessageBytes = 256 << 10
	}
	if cfg.MaxOperations == 0 {
		cfg.MaxOperations = 50
	}
	return &Server{cfg}
}

// Serve upgrades a request to a websocket and serves it to its end: at the latest when the request's context ends, which
// tells the client that the server goes away. The caller has looked at the origin.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, exec Executor) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{Subprotocol}, InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	if ws.Subprotocol() != Subprotocol {
		_ = ws.Close(subprotocolNotAcceptable, "Subprotocol not acceptable") // a client that has gone need not be told
		return
	}
	ws.SetReadLimit(s.cfg.MaxMessageBytes)
	c := &connection{cfg: s.cfg, ws: ws, exec: exec, header: r.Header, active: map[string]*operation{}}
	c.run(r.Context())
}
