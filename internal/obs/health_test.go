package obs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/obs"
)

func TestAlive(t *testing.T) {
	t.Parallel()
	w := get(t, http.HandlerFunc(obs.Alive), "/healthz")
	if w.Code != http.StatusOK || w.Body.String() != `{"status":"ok"}`+"\n" {
		t.Errorf("status %d, body %s", w.Code, w.Body)
	}
}

func passes(context.Context) error { return nil }

func fails(context.Context) error { return errors.New("sample cause") }

func hangs(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestReadiness_draining(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	rd := obs.NewReadiness(newLogger(t, &log, slog.LevelInfo), obs.Check{Name: "database", Timeout: time.Second, Probe: passes})
	if !rd.Ready(t.Context()) {
		t.Error("not ready before it drains")
	}
	rd.Drain()
	if w := get(t, rd, "/readyz"); w.Code != 503 || w.Body.String() != `{"status":"draining"}`+"\n" || rd.Ready(t.Context()) {
		t.Errorf("status %d, body %s", w.Code, w.Body)
	}
	if log.Len() > 0 {
		t.Errorf("a stop is logged as a failure: %s", log.String())
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		checks []obs.Check
		status int
		body   string
		log    []map[string]any
	}{
		{"nothing to check", nil, 200, `{"checks":{},"status":"ready"}`, nil},
		{
			"all pass",
			[]obs.Check{{"database", time.Second, passes}, {"upstream", time.Second, passes}},
			200, `{"checks":{"database":"ok","upstream":"ok"},"status":"ready"}`, nil,
		},
		{
			"one fails",
			[]obs.Check{{"database", time.Second, fails}, {"upstream", time.Second, passes}},
			503, `{"checks":{"database":"failed","upstream":"ok"},"status":"unavailable"}`,
			[]map[string]any{{"level": "WARN", "msg": "readiness check failed", "check": "database", "error": "sample cause"}},
		},
		{
			"one hangs",
			[]obs.Check{{"database", time.Second, hangs}},
			503, `{"checks":{"database":"failed"},"status":"unavailable"}`,
			[]map[string]any{{"level": "WARN", "msg": "readiness check failed", "check": "database", "error": "context deadline exceeded"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				start := time.Now()
				w := get(t, obs.NewReadiness(newLogger(t, &log, slog.LevelInfo), tt.checks...), "/readyz")
				if w.Code != tt.status || w.Body.String() != tt.body+"\n" {
					t.Errorf("status %d, body %s; want %d, %s", w.Code, w.Body, tt.status, tt.body)
				}
				if diff := cmp.Diff(tt.log, lines(t, &log)); diff != "" {
					t.Errorf("log (-want +got):\n%s", diff)
				}
				if took := time.Since(start); took > time.Second {
					t.Errorf("took %v, want the checks' timeout at most", took)
				}
			})
		})
	}
}
