package graph_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/graph/socket"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// patience is how long a test waits for what should come at once.
const patience = 20 * time.Second

// client is one end of a websocket that sends what it is told, right or wrong.
type client struct {
	t  *testing.T
	ws *websocket.Conn
}

func (s *server) dial(t *testing.T, options *websocket.DialOptions) *client {
	t.Helper()
	if options == nil {
		options = &websocket.DialOptions{}
	}
	if options.Subprotocols == nil {
		options.Subprotocols = []string{socket.Subprotocol}
	}
	ws, resp, err := websocket.Dial(t.Context(), s.URL+"/graphql", options)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	t.Cleanup(func() { _ = ws.CloseNow() })
	return &client{t, ws}
}

// enter dials and introduces the caller.
func (s *server) enter(t *testing.T) *client {
	t.Helper()
	c := s.dial(t, nil)
	c.send(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":%q}}`, s.bearer(t, auth.Admin, time.Hour)))
	c.want(`{"type":"connection_ack"}`)
	return c
}

func (c *client) send(text string) {
	c.t.Helper()
	if err := c.ws.Write(c.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) read() (string, error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	_, text, err := c.ws.Read(ctx)
	return string(text), err
}

// want reads a message that must begin like that.
func (c *client) want(prefix string) {
	c.t.Helper()
	got, err := c.read()
	if err != nil || !strings.HasPrefix(got, prefix) {
		c.t.Fatalf("message %s, %v; want %s", got, err, prefix)
	}
}

// wantClosed reads until the server closes the connection with a code and a reason that holds the words.
func (c *client) wantClosed(code websocket.StatusCode, words string) {
	c.t.Helper()
	for {
		text, err := c.read()
		if err == nil {
			continue
		}
		closed, ok := errors.AsType[websocket.CloseError](err)
		if !ok || closed.Code != code || !strings.Contains(closed.Reason, words) {
			c.t.Fatalf("closed by %v after %q, want %d %s", err, text, code, words)
		}
		return
	}
}

const watch = `{"type":"subscribe","id":"1","payload":{"query":"subscription { syncProgress { runId rows } }"}}`

// move lets a run move.
func (s *server) move(t *testing.T, run *domain.SyncRun) {
	t.Helper()
	select {
	case s.syncs.moves <- run:
	case <-time.After(patience):
		t.Fatal("nobody subscribes")
	}
}

// wantEnded waits for the end of a subscription.
func (s *server) wantEnded(t *testing.T) {
	t.Helper()
	select {
	case <-s.syncs.ended:
	case <-time.After(patience):
		t.Fatal("the subscription goes on")
	}
}

func TestSocket_subscription(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	c := s.enter(t)
	c.send(watch)
	for i := range int64(2) {
		s.move(t, &domain.SyncRun{ID: 7, Rows: i})
		c.want(fmt.Sprintf(`{"id":"1","type":"next","payload":{"data":{"syncProgress":{"runId":"7","rows":"%d"}}}}`, i))
	}
	s.move(t, nil)
	c.want(`{"id":"1","type":"complete"}`)
	s.wantEnded(t)
	c.send(strings.Replace(watch, `"1"`, `"2"`, 1))
	s.move(t, &domain.SyncRun{ID: 8})
	c.want(`{"id":"2","type":"next"`)
	c.send(`{"type":"complete","id":"2"}`)
	s.wantEnded(t)
	c.send(`{"type":"subscribe","id":"2","payload":{"query":"{ viewer { subject } }"}}`)
	c.want(`{"id":"2","type":"next","payload":{"data":{"viewer":{"subject":"tester"}}}}`)
	c.want(`{"id":"2","type":"complete"}`)
	c.send(`{"type":"ping","payload":{"a":1}}`)
	c.want(`{"type":"pong","payload":{"a":1}}`)
}

func TestSocket_errorsOfOperations(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(cfg *graph.Config) { cfg.Sockets.MaxOperations = 1 })
	for name, tt := range map[string]struct{ query, code string }{
		"no such field":    {`{ shoeSize }`, "GRAPHQL_VALIDATION_FAILED"},
		"no document":      {`{`, "GRAPHQL_PARSE_FAILED"},
		"does not start":   {`subscription { syncProgress(entities: [PAYMENTS]) { runId } }`, "UNAVAILABLE"},
		"beyond a limit":   {`{ a1: viewer { role } ` + strings.Repeat("viewer { role } ", 60) + `}`, "LIMIT_EXCEEDED"},
		"several at once":  {`subscription { a: syncProgress { runId } b: syncProgress { runId } }`, "GRAPHQL_VALIDATION_FAILED"},
		"none in the end":  {`subscription { syncProgress @skip(if: true) { runId } }`, "GRAPHQL_VALIDATION_FAILED"},
		"no such variable": {`query($a: Int!) { viewer { role } jobs(first: $a) { totalCount } }`, "GRAPHQL_VALIDATION_FAILED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := s.enter(t)
			c.send(fmt.Sprintf(`{"type":"subscribe","id":"x","payload":{"query":%q}}`, tt.query))
			got, err := c.read()
			if err != nil || !strings.HasPrefix(got, `{"id":"x","type":"error","payload":[{"message":`) || !strings.Contains(got, tt.code) {
				t.Fatalf("%s, %v; want an error %s", got, err, tt.code)
			}
			c.send(strings.Replace(watch, `"1"`, `"x"`, 1)) // the id is free again
			c.send(watch)
			c.want(`{"id":"1","type":"error","payload":[{"message":"the limit of operations of a connection is 1","extensions":{"code":"LIMIT_EXCEEDED"`)
		})
	}
}

func TestSocket_introductionTakesTooLong(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(cfg *graph.Config) { cfg.Sockets.InitTimeout = 50 * time.Millisecond })
	s.dial(t, nil).wantClosed(4408, "Connection initialisation timeout")
}

func TestSocket_tokenInTheUpgrade(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	c := s.dial(t, &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {s.bearer(t, auth.Admin, time.Hour)}}})
	c.send(`{"type":"connection_init"}`)
	c.want(`{"type":"connection_ack"}`)
	foreign := s.dial(t, &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {s.bearer(t, auth.Admin, time.Hour)}}})
	foreign.send(`{"type":"connection_init","payload":{"X-Tenant-ID":"2002"}}`)
	foreign.wantClosed(4403, "not for the tenant")
}

func TestSocket_endsWithItsToken(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	c := s.dial(t, nil)
	c.send(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":%q}}`, s.bearer(t, auth.Admin, 2*time.Second)))
	c.want(`{"type":"connection_ack"}`)
	c.send(watch)
	c.wantClosed(4403, "the token has expired")
	s.wantEnded(t)
}

func TestSocket_subscriptionsAreForOwnersAndAdmins(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	c := s.dial(t, nil)
	c.send(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":%q}}`, s.bearer(t, auth.Viewer, time.Hour)))
	c.want(`{"type":"connection_ack"}`)
	c.send(watch)
	c.want(`{"id":"1","type":"error","payload":[{"message":"Subscription.syncProgress takes the permission sync:run, which the role VIEWER does not have","locations":[{"line":1,"column":16}],"extensions":{"code":"FORBIDDEN","field":"Subscription.syncProgress","permission":"sync:run"}}]}`)
}

func TestSocket_origins(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(cfg *graph.Config) { cfg.Origins = []string{"https://app.example.test"} })
	got := map[string]int{}
	for _, origin := range []string{
		"", s.URL, "https://app.example.test", "http://app.example.test", "https://app.example.test:8443", "https://x.app.example.test",
		"https://app.example.test.evil.example", "null", "https://", "file://" + strings.TrimPrefix(s.URL, "http://"),
	} {
		h := http.Header{}
		if origin != "" {
			h.Set("Origin", origin)
		}
		ws, resp, err := websocket.Dial(t.Context(), s.URL+"/graphql", &websocket.DialOptions{HTTPHeader: h, Subprotocols: []string{socket.Subprotocol}})
		if err == nil {
			_ = ws.CloseNow()
		}
		got[strings.Replace(origin, s.URL, "own", 1)] = resp.StatusCode
	}
	want := map[string]int{
		"": 101, "own": 101, "https://app.example.test": 101, "http://app.example.test": 403, "https://app.example.test:8443": 403,
		"https://x.app.example.test": 403, "https://app.example.test.evil.example": 403, "null": 403, "https://": 403,
		"file://" + strings.TrimPrefix(s.URL, "http://"): 403,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

func TestClose_tellsSocketsThatTheServerGoesAway(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	c := s.enter(t)
	c.send(watch)
	s.move(t, &domain.SyncRun{ID: 7})
	c.want(`{"id":"1","type":"next"`)
	closed := make(chan struct{})
	go func() {
		s.Handler.Close()
		close(closed)
	}()
	c.wantClosed(1001, "the server is stopping")
	s.wantEnded(t)
	<-closed
	_, resp, err := websocket.Dial(t.Context(), s.URL+"/graphql", &websocket.DialOptions{Subprotocols: []string{socket.Subprotocol}})
	if err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a socket of a server that stops: %v, %v", resp, err)
	}
}

func TestSocket_noticesClientsThatHaveGone(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(cfg *graph.Config) { cfg.Sockets.PingInterval = 50 * time.Millisecond })
	c := s.enter(t)
	c.send(watch)
	s.move(t, &domain.SyncRun{ID: 7}) // from now on nobody reads, and so answers no pings
	s.wantEnded(t)
}
