package graph_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/graph/resolvers"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/obs"
	"lazilabs.com/lazi/internal/providers"
)

const secret = "not-a-secret-but-long-enough-for-tests-0123456789"

// syncs tells how far runs are: what is sent to moves comes out.
type syncs struct {
	resolvers.Syncs
	moves chan *domain.SyncRun
	ended chan struct{} // receives one for each subscription that ends
}

func newSyncs() syncs {
	return syncs{moves: make(chan *domain.SyncRun), ended: make(chan struct{}, 100)}
}

func (s syncs) Progress(ctx context.Context, _ domain.TenantID, kinds []*domain.Kind) (<-chan *domain.SyncRun, error) {
	if len(kinds) == 1 && kinds[0].Name == "Payment" {
		return nil, domain.ErrUnavailable
	}
	out := make(chan *domain.SyncRun)
	go func() {
		defer func() { s.ended <- struct{}{} }()
		defer close(out)
		for {
			select {
			case <-ctx.Done():
				return
			case run := <-s.moves:
				if run == nil {
					return
				}
				select {
				case out <- run:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out, nil
}

// sources know the settings of each tenant, and have no rows.
type sources struct{}

func (sources) Reader(context.Context, domain.TenantID, domain.Area) (providers.Reader, error) {
	return nil, domain.ErrUnavailable
}

func (sources) Answerer(context.Context, domain.TenantID, domain.Area) (providers.Answerer, error) {
	return nil, domain.ErrUnavailable
}

func (sources) CustomerSearcher(context.Context, domain.TenantID) (providers.CustomerSearcher, error) {
	return nil, domain.ErrUnavailable
}

func (sources) Tenant(_ context.Context, id domain.TenantID) (domain.Tenant, error) {
	return domain.Tenant{ID: id, Name: "Sample Company", TimeZone: "UTC", Currency: "USD"}, nil
}

// server is a GraphQL server without a database, behind what stands before it in the product.
type server struct {
	*httptest.Server
	*graph.Handler
	syncs  syncs
	signer *auth.Signer
}

// newServer starts a server; change adapts its configuration.
func newServer(t *testing.T, change func(*graph.Config)) *server {
	t.Helper()
	tokens := auth.Config{Secret: secret, Issuer: "lazi", Audience: "lazi", Now: time.Now}
	verifier, err := auth.NewVerifier(tokens)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{syncs: newSyncs()}
	if s.signer, err = auth.NewSigner(tokens); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler) // a websocket is logged after the test that used it
	cfg := graph.Config{Sources: sources{}, Syncs: s.syncs, Authenticate: verifier.Authenticate, Now: time.Now, Logger: log}
	if change != nil {
		change(&cfg)
	}
	if s.Handler, err = graph.NewHandler(cfg); err != nil {
		t.Fatal(err)
	}
	signedIn := auth.Middleware(verifier, auth.Refuse)(s.Handler)
	mux := http.NewServeMux()
	mux.HandleFunc("/graphql", func(w http.ResponseWriter, r *http.Request) {
		if graph.IsSocket(r) && r.Header.Get("Authorization") == "" {
			s.Handler.ServeHTTP(w, r)
			return
		}
		signedIn.ServeHTTP(w, r)
	})
	s.Server = httptest.NewUnstartedServer(obs.RequestID(obs.AccessLog(log, time.Now)(obs.Recover(log)(mux))))
	s.Server.Config.ReadTimeout = 500 * time.Millisecond // streams last longer
	s.Server.Config.IdleTimeout = time.Minute
	s.Server.Start()
	t.Cleanup(s.Server.Close)
	t.Cleanup(s.Handler.Close)
	return s
}

// bearer returns the Authorization of a role whose token lives that long.
func (s *server) bearer(t *testing.T, role auth.Role, ttl time.Duration) string {
	t.Helper()
	token, err := s.signer.Mint(auth.Grant{Subject: "tester", Tenants: []int64{1001}, Role: role}, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + token
}

// request makes a request to the endpoint by an admin. Headers come in pairs of name and value.
func (s *server) request(t *testing.T, method, address, body string, headers ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/graphql"+address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", s.bearer(t, auth.Admin, time.Hour))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// do sends a request and reads the whole answer.
func (s *server) do(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}
