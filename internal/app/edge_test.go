package app_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/store/storetest"
)

// edgeWorld is a server that pages of one other origin may use, and its configuration.
type edgeWorld struct {
	*httptest.Server
	cfg config.Config
}

const friend = "https://app.example.test"

func newEdgeWorld(t *testing.T, environment string) edgeWorld {
	t.Helper()
	w := edgeWorld{cfg: testConfig(t, map[string]string{"CORS_ORIGIN": friend, "LAZI_ENV": environment})}
	a, err := app.New(t.Context(), w.cfg, app.Options{DSN: storetest.New(t), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	w.Server = httptest.NewServer(a.Handler())
	t.Cleanup(w.Close)
	return w
}

// send sends a request whose headers come in pairs, and returns the answer as it is on the wire.
func (w edgeWorld) send(t *testing.T, method, body string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.URL+"/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := w.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, text
}

func (w edgeWorld) bearer(t *testing.T, role string) string {
	t.Helper()
	token, err := app.Token(w.cfg, auth.Grant{Subject: "tester", Tenants: []int64{tenant}, Role: auth.Role(role)}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + token
}

const (
	small = `{"query":"{ __typename }"}`
	large = `{"query":"{ __schema { types { name description fields { name description } } } }"}`
)

func TestEdge_foreignPages(t *testing.T) {
	t.Parallel()
	w := newEdgeWorld(t, "development")
	token := w.bearer(t, "ADMIN")
	for name, tt := range map[string]struct {
		headers []string
		status  int
		allowed string
	}{
		"no page":                  {nil, 200, ""},
		"our own":                  {[]string{"Origin", w.URL, "Sec-Fetch-Site", "same-origin"}, 200, ""},
		"a friend":                 {[]string{"Origin", friend, "Sec-Fetch-Site", "cross-site"}, 200, friend},
		"a stranger":               {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403, ""},
		"a stranger's old browser": {[]string{"Origin", "https://evil.example"}, 403, ""},
		"a friend's neighbour":     {[]string{"Origin", "https://x.app.example.test", "Sec-Fetch-Site", "same-site"}, 403, ""},
		"a friend without TLS":     {[]string{"Origin", "http://app.example.test", "Sec-Fetch-Site", "cross-site"}, 403, ""},
		"nowhere":                  {[]string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, text := w.send(t, http.MethodPost, small, append(tt.headers, "Authorization", token)...)
			if resp.StatusCode != tt.status || resp.Header.Get("Access-Control-Allow-Origin") != tt.allowed {
				t.Errorf("status %d, allowed %q: %s", resp.StatusCode, resp.Header.Get("Access-Control-Allow-Origin"), text)
			}
			if tt.status != http.StatusOK && !strings.Contains(string(text), `"code":"FORBIDDEN"`) {
				t.Errorf("answer %s", text)
			}
		})
	}
	preflight := []string{"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type,x-tenant-id"}
	resp, _ := w.send(t, http.MethodOptions, "", append(preflight, "Origin", friend)...)
	if resp.StatusCode != http.StatusNoContent || resp.Header.Get("Access-Control-Allow-Headers") == "" {
		t.Errorf("a friend's question beforehand: status %d, %v", resp.StatusCode, resp.Header)
	}
	resp, _ = w.send(t, http.MethodOptions, "", append(preflight, "Origin", "https://evil.example")...)
	if got := resp.Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("a stranger may send requests: %q", got)
	}
}

func TestEdge_headers(t *testing.T) {
	t.Parallel()
	w := newEdgeWorld(t, "development")
	data, _ := w.send(t, http.MethodPost, small, "Authorization", w.bearer(t, "ADMIN"))
	page := httptest.NewRecorder()
	w.Config.Handler.ServeHTTP(page, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/healthz", http.NoBody))
	for name, tt := range map[string]struct{ got, want http.Header }{
		"data": {data.Header, http.Header{
			"X-Content-Type-Options": {"nosniff"}, "Cache-Control": {"no-store"}, "Content-Type": {"application/json"},
			"Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'"},
		}},
		"other answers": {page.Header(), http.Header{
			"X-Content-Type-Options": {"nosniff"}, "Referrer-Policy": {"no-referrer"}, "X-Frame-Options": {"DENY"},
		}},
	} {
		for header, want := range tt.want {
			if diff := cmp.Diff(want, tt.got[header]); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", name, header, diff)
			}
		}
	}
}

func TestEdge_browsersKeepToTLSInProduction(t *testing.T) {
	t.Parallel()
	for environment, want := range map[string]map[string]string{
		"production": {"https": "max-age=31536000", "http": ""}, "development": {"https": ""},
	} {
		w := newEdgeWorld(t, environment)
		for scheme, header := range want {
			resp, _ := w.send(t, http.MethodPost, small, "Authorization", w.bearer(t, "ADMIN"), "X-Forwarded-Proto", scheme)
			if got := resp.Header.Get("Strict-Transport-Security"); got != header {
				t.Errorf("%s by %s: Strict-Transport-Security %q, want %q", environment, scheme, got, header)
			}
		}
	}
}

func TestEdge_packing(t *testing.T) {
	t.Parallel()
	w := newEdgeWorld(t, "development")
	token := w.bearer(t, "ADMIN")
	_, plain := w.send(t, http.MethodPost, large, "Authorization", token)
	for encoding, unpack := range map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	} {
		resp, packed := w.send(t, http.MethodPost, large, "Authorization", token, "Accept-Encoding", encoding)
		if got := resp.Header.Get("Content-Encoding"); got != encoding || len(packed) > len(plain)/3 {
			t.Fatalf("%s: encoding %q, %d bytes of %d", encoding, got, len(packed), len(plain))
		}
		r, err := unpack(strings.NewReader(string(packed)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != string(plain) {
			t.Errorf("%s: another answer, %v", encoding, err)
		}
		resp, text := w.send(t, http.MethodPost, small, "Authorization", token, "Accept-Encoding", encoding)
		if got := resp.Header.Get("Content-Encoding"); got != "" || string(text) != `{"data":{"__typename":"Query"}}` {
			t.Errorf("%s: a small answer is packed by %q: %s", encoding, got, text)
		}
	}
}

func TestEdge_inProductionTheSchemaIsForOwnersAndAdmins(t *testing.T) {
	t.Parallel()
	w := newEdgeWorld(t, "production")
	for role, told := range map[string]bool{"OWNER": true, "ADMIN": true, "MANAGER": false, "DISPATCHER": false, "TECHNICIAN": false, "VIEWER": false} {
		_, text := w.send(t, http.MethodPost, large, "Authorization", w.bearer(t, role))
		if got := !strings.Contains(string(text), "INTROSPECTION_DISABLED"); got != told {
			t.Errorf("%s is told the schema: %t", role, got)
		}
	}
}

func TestEdge_websocketsPassEverythingInBetween(t *testing.T) {
	t.Parallel()
	w := newEdgeWorld(t, "development")
	ws, resp, err := websocket.Dial(t.Context(), w.URL+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{"Origin": {friend}, "Accept-Encoding": {"gzip"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	defer func() { _ = ws.CloseNow() }()
	for _, text := range []string{`{"type":"connection_init","payload":{"Authorization":"` + w.bearer(t, "ADMIN") + `"}}`, `{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}`} {
		if err := ws.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{`{"type":"connection_ack"}`, `{"id":"1","type":"next","payload":{"data":{"__typename":"Query"}}}`} {
		if _, got, err := ws.Read(t.Context()); err != nil || string(got) != want {
			t.Fatalf("message %s, %v; want %s", got, err, want)
		}
	}
}
