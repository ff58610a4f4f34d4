package stclient_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/stclient"
)

const (
	testTenant = 4711
	testSecret = "cs1.sample-client-secret"
	testAppKey = "ak1.sample-app-key"
)

// customers is a resource with all three paths.
var customers = stclient.Resource{
	Name: "Customer", Module: "crm",
	ListPath:   "/crm/v2/tenant/{tenant}/customers",
	GetPath:    "/crm/v2/tenant/{tenant}/customers/{id}",
	ExportPath: "/crm/v2/tenant/{tenant}/export/customers",
}

// jobs is a resource of another module.
var jobs = stclient.Resource{Name: "Job", Module: "jpm", ListPath: "/jpm/v2/tenant/{tenant}/jobs", GetPath: "/jpm/v2/tenant/{tenant}/jobs/{id}"}

// upstream is a scripted ServiceTitan: a real HTTP server on in-memory connections, so that synctest's clock runs while
// everybody waits.
type upstream struct {
	// token answers the token endpoint; token-1, token-2 … for 900 s when nil.
	token http.HandlerFunc
	// api answers everything else; the number counts its requests from 1.
	api func(w http.ResponseWriter, r *http.Request, n int)

	start time.Time
	mu    sync.Mutex
	auths []seen
	calls []seen
}

// seen is a request that arrived and when, from the test's start.
type seen struct {
	*http.Request
	at time.Duration
}

// setup starts an upstream and a client for it. It must be called inside synctest.Test. Jitter is 0 unless the config says else.
func setup(t *testing.T, api func(http.ResponseWriter, *http.Request, int), tune ...func(*stclient.Config)) (*upstream, *stclient.Client) {
	t.Helper()
	u := &upstream{api: api, start: time.Now()}
	lis := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &httptest.Server{Listener: lis, Config: &http.Server{Handler: u, ErrorLog: nil, ReadHeaderTimeout: time.Hour}}
	server.Start()
	transport := &http.Transport{DialContext: lis.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
	cfg := stclient.Config{
		APIBaseURL: "http://api.example.test", AuthBaseURL: "http://auth.example.test",
		Transport: transport, Rand: func() float64 { return 0 },
	}
	for _, f := range tune {
		f(&cfg)
	}
	client, err := stclient.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return u, client
}

func open(c *stclient.Client) *stclient.Tenant {
	return c.Tenant(stclient.Credentials{TenantID: testTenant, ClientID: "cid.sample", ClientSecret: testSecret, AppKey: testAppKey})
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	u.mu.Lock()
	list := &u.calls
	if r.URL.Path == "/connect/token" {
		list = &u.auths
	}
	*list = append(*list, seen{r, time.Since(u.start)})
	n := len(*list)
	u.mu.Unlock()
	switch {
	case list == &u.calls:
		u.api(w, r, n)
	case u.token != nil:
		u.token(w, r)
	default:
		grant(w, fmt.Sprintf("token-%d", n), 900)
	}
}

// authCount is how many tokens were asked for.
func (u *upstream) authCount() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.auths)
}

// requests are the API's requests so far.
func (u *upstream) requests() []seen {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.calls)
}

// times are when the API's requests came.
func (u *upstream) times() []time.Duration {
	var at []time.Duration
	for _, r := range u.requests() {
		at = append(at, r.at)
	}
	return at
}

// grant writes a token answer.
func grant(w http.ResponseWriter, token string, seconds int) {
	write(w, http.StatusOK, map[string]any{"access_token": token, "expires_in": seconds, "token_type": "Bearer", "scope": "tn.crm.customers:r"})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// problem writes the API's own error shape.
func problem(w http.ResponseWriter, status int, title string) {
	write(w, status, map[string]any{
		"type": "https://example.test/problem", "title": title, "status": status, "traceId": "00-sample-01",
		"errors": map[string][]string{}, "data": map[string]any{},
	})
}

// gateway writes the gateway's error shape.
func gateway(w http.ResponseWriter, status int, message string) {
	write(w, status, map[string]any{"statusCode": status, "message": message})
}

// record answers any GET by id.
func record(w http.ResponseWriter, _ *http.Request, _ int) {
	write(w, http.StatusOK, map[string]any{"id": 1, "name": "Sample"})
}

// failing answers the first n requests with fail, later ones with a record.
func failing(n int, fail func(http.ResponseWriter)) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, r *http.Request, i int) {
		if i <= n {
			fail(w)
			return
		}
		record(w, r, i)
	}
}

// status answers with a status and no body.
func status(code int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(code) }
}

// getErr gets customer 1 and returns the error.
func getErr(ctx context.Context, t *stclient.Tenant) error {
	_, err := t.Get(ctx, customers, 1)
	return err
}

func wantCode(t *testing.T, err error, want stclient.Code) {
	t.Helper()
	if got := stclient.CodeOf(err); got != want {
		t.Errorf("code %q, want %q (error: %v)", got, want, err)
	}
}

// pipeListener serves in-memory connections.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
