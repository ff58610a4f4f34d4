package obs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/obs"
)

// lines decodes a JSON log and drops what differs from run to run.
func lines(t *testing.T, log *bytes.Buffer) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(log.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		delete(m, "time")
		all = append(all, m)
	}
	return all
}

func newLogger(t *testing.T, log *bytes.Buffer, level slog.Level) *slog.Logger {
	t.Helper()
	logger, err := obs.NewLogger(log, level, "json", obs.RequestAttrs)
	if err != nil {
		t.Fatal(err)
	}
	return logger
}

func TestNewLogger_addsWhatTheContextKnows(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	tenant := func(context.Context) []slog.Attr { return []slog.Attr{slog.Int("tenant", 7)} }
	logger, err := obs.NewLogger(&log, slog.LevelInfo, "json", tenant, obs.RequestAttrs)
	if err != nil {
		t.Fatal(err)
	}
	logger.With("a", 1).InfoContext(t.Context(), "plain")
	logger.WithGroup("g").InfoContext(t.Context(), "grouped", "b", 2)
	logger.DebugContext(t.Context(), "too fine")

	want := []map[string]any{
		{"level": "INFO", "msg": "plain", "a": 1.0, "tenant": 7.0},
		{"level": "INFO", "msg": "grouped", "g": map[string]any{"b": 2.0, "tenant": 7.0}},
	}
	if diff := cmp.Diff(want, lines(t, &log)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

func TestNewLogger_formats(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger, err := obs.NewLogger(&log, slog.LevelWarn, "text")
	if err != nil {
		t.Fatal(err)
	}
	logger.Info("too fine")
	logger.Warn("text")
	if got := log.String(); !strings.Contains(got, "level=WARN msg=text") || strings.Contains(got, "fine") {
		t.Errorf("log = %s", got)
	}
	if _, err := obs.NewLogger(&log, slog.LevelInfo, "xml"); err == nil {
		t.Error("NewLogger accepts the format xml")
	}
}
