package obs

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Alive is the handler of /healthz: the process answers. Whether it can serve is Readiness' to say.
func Alive(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, map[string]any{"status": "ok"})
}

// Check is one thing that LAZI needs in order to serve.
type Check struct {
	// Name is shown to callers: "database".
	Name string
	// Timeout ends a probe that hangs.
	Timeout time.Duration
	// Probe returns nil when the thing works. It must heed its context.
	Probe func(ctx context.Context) error
}

// Readiness is the handler of /readyz: 200 when every check passes, else 503. Its answer names the failed checks; why
// they failed is in the log alone.
type Readiness struct {
	logger   *slog.Logger
	checks   []Check
	draining atomic.Bool
}

// NewReadiness returns a Readiness of the checks, which are run side by side at each request.
func NewReadiness(logger *slog.Logger, checks ...Check) *Readiness {
	return &Readiness{logger: logger, checks: checks}
}

// Drain lets every answer from now on say that the process stops, which is no failure and not logged.
func (rd *Readiness) Drain() { rd.draining.Store(true) }

// Ready tells whether the process may be sent requests. It logs nothing.
func (rd *Readiness) Ready(ctx context.Context) bool {
	return !rd.draining.Load() && !slices.ContainsFunc(rd.probe(ctx), func(err error) bool { return err != nil })
}

// probe runs the checks side by side and returns what came of each.
func (rd *Readiness) probe(ctx context.Context) []error {
	errs := make([]error, len(rd.checks))
	var wg sync.WaitGroup
	for i, check := range rd.checks {
		wg.Go(func() { errs[i] = check.run(ctx) })
	}
	wg.Wait()
	return errs
}

// ServeHTTP runs the checks and reports them by name.
func (rd *Readiness) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rd.draining.Load() {
		writeHealth(w, http.StatusServiceUnavailable, map[string]any{"status": "draining"})
		return
	}
	errs := rd.probe(r.Context())
	status, word := http.StatusOK, "ready"
	results := make(map[string]string, len(rd.checks))
	for i, check := range rd.checks {
		results[check.Name] = "ok"
		if errs[i] != nil {
			status, word = http.StatusServiceUnavailable, "unavailable"
			results[check.Name] = "failed"
			rd.logger.WarnContext(r.Context(), "readiness check failed", "check", check.Name, "error", errs[i])
		}
	}
	writeHealth(w, status, map[string]any{"status": word, "checks": results})
}

func (c Check) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	return c.Probe(ctx)
}

func writeHealth(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// A caller that has gone away is none of our business.
	_ = json.NewEncoder(w).Encode(body)
}
