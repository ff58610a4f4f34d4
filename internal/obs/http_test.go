package obs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/obs"
)

// tick is a clock that moves 1.5 ms per look.
func tick() func() time.Time {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(1500 * time.Microsecond)
		return now
	}
}

// newServer returns the middlewares in the order of the product, around a mux.
func newServer(t *testing.T, log *bytes.Buffer, level slog.Level) http.Handler {
	t.Helper()
	logger := newLogger(t, log, level)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /things/{id}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	mux.HandleFunc("GET /silent", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /healthz", obs.Alive)
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("sample cause") })
	mux.HandleFunc("GET /private", func(http.ResponseWriter, *http.Request) { panic(struct{ Mail string }{"sample@example.test"}) })
	mux.HandleFunc("GET /late", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half of the ans")
		panic(errors.New("late cause"))
	})
	mux.HandleFunc("GET /abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
			panic(err)
		}
	})
	return obs.RequestID(obs.AccessLog(logger, tick())(obs.Recover(logger)(mux)))
}

func get(t *testing.T, h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAccessLog_saysWhatWasAskedWithoutPersonalData(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := newServer(t, &log, slog.LevelInfo)
	for _, target := range []string{"/things/sample-customer?phone=555-0100", "/nothing/sample-customer", "/silent", "/healthz"} {
		get(t, h, target, obs.RequestIDHeader, "id-1", "Authorization", "Bearer sample-token")
	}
	line := func(route string, status, bytes float64) map[string]any {
		return map[string]any{
			"level": "INFO", "msg": "request", "method": "GET", "route": route, "status": status, "bytes": bytes,
			"duration_ms": 1.5, "request_id": "id-1",
		}
	}
	want := []map[string]any{line("GET /things/{id}", 200, 5), line("unmatched", 404, 19), line("GET /silent", 200, 0)}
	if diff := cmp.Diff(want, lines(t, &log)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

func TestAccessLog_callerWhoHasGone(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := newServer(t, &log, slog.LevelDebug)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "BREW", "/silent", http.NoBody))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/silent", http.NoBody))
	got := lines(t, &log)
	if got[0]["method"] != "other" || got[0]["status"] != 405.0 || got[1]["status"] != 499.0 {
		t.Errorf("log = %v", got)
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, given string
		kept        bool
	}{
		{"uuid", "0198c0de-0000-7000-8000-000000000001", true},
		{"longest", strings.Repeat("x", 64), true},
		{"none", "", false},
		{"too long", strings.Repeat("x", 65), false},
		{"line break", "a\nlevel=ERROR", false},
		{"space", "a b", false},
		{"markup", "<script>", false},
		{"not ASCII", "ä", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var seen string
			h := obs.RequestID(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = obs.RequestIDFrom(r.Context()) }))
			got := get(t, h, "/", obs.RequestIDHeader, tt.given).Header().Get(obs.RequestIDHeader)
			if got != seen || (got == tt.given) != tt.kept || len(got) < 20 && !tt.kept {
				t.Errorf("answered %q, context %q, given %q", got, seen, tt.given)
			}
		})
	}
	if id := obs.RequestIDFrom(t.Context()); id != "" {
		t.Errorf("an id outside a request: %q", id)
	}
}

func TestRequestID_newOnesDiffer(t *testing.T) {
	t.Parallel()
	h := obs.RequestID(http.NotFoundHandler())
	a, b := get(t, h, "/").Header().Get(obs.RequestIDHeader), get(t, h, "/").Header().Get(obs.RequestIDHeader)
	if a == b {
		t.Errorf("two requests have the id %q", a)
	}
}

func TestRecover_answersWithTheIDAlone(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := newServer(t, &log, slog.LevelInfo)
	w := get(t, h, "/panic", obs.RequestIDHeader, "id-1")
	const body = `{"errors":[{"extensions":{"code":"INTERNAL","id":"id-1"},"message":"internal error id-1"}]}` + "\n"
	if w.Code != http.StatusInternalServerError || w.Body.String() != body {
		t.Errorf("status %d, body %s", w.Code, w.Body)
	}
	got := lines(t, &log)
	if len(got) != 2 || got[0]["cause"] != "sample cause" || got[0]["request_id"] != "id-1" || got[1]["status"] != 500.0 {
		t.Fatalf("log = %v", got)
	}
	if stack := fmt.Sprint(got[0]["stack"]); !strings.Contains(stack, "http_test.go") {
		t.Errorf("the stack does not lead to the panic: %s", stack)
	}
}

func TestRecover_hidesValuesThatMayBePersonal(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	get(t, newServer(t, &log, slog.LevelInfo), "/private")
	if strings.Contains(log.String(), "example.test") || !strings.Contains(log.String(), "struct {") {
		t.Errorf("log = %s", &log)
	}
}

func TestRecover_breaksOffAnAnswerThatHadBegun(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	srv := httptest.NewServer(newServer(t, &log, slog.LevelInfo))
	t.Cleanup(srv.Close)
	for _, path := range []string{"/late", "/abort"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := srv.Client().Do(req)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: the caller takes a part for the whole", path)
		}
	}
	srv.Close()
	if got := strings.Count(log.String(), `"msg":"panic"`); got != 1 {
		t.Errorf("%d panics are logged, want that of /late alone", got)
	}
}

func TestMiddlewares_keepStreamingPossible(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	srv := httptest.NewServer(newServer(t, &log, slog.LevelInfo))
	t.Cleanup(srv.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/stream", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.ContentLength != -1 {
		t.Errorf("status %d, length %d; want a stream", resp.StatusCode, resp.ContentLength)
	}
}
