package obs

import (
	"log/slog"
	"net/http"
	"time"
)

// Routes that are asked every few seconds for ever: they are logged at debug level.
const (
	healthRoute = "/healthz"
	readyRoute  = "/readyz"
)

// AccessLog writes one line per request when it ends. Its path is the pattern that http.ServeMux matched, never what
// the caller typed, so wrap the mux with no middleware between that copies the request.
func AccessLog(logger *slog.Logger, now func() time.Time) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := now()
			rw := &response{ResponseWriter: w}
			defer func() {
				h, level := logger.Handler(), accessLevel(r)
				if !h.Enabled(r.Context(), level) {
					return
				}
				end := now()
				line := slog.NewRecord(end, level, "request", 0) // LogAttrs would look for who calls it, which takes a third of its time
				line.AddAttrs(
					slog.String("method", method(r)),
					slog.String("route", route(r)),
					slog.Int("status", finalStatus(rw, r)),
					slog.Int64("bytes", rw.bytes),
					slog.Float64("duration_ms", float64(end.Sub(start))/float64(time.Millisecond)),
				)
				_ = h.Handle(r.Context(), line) // as slog does
			}()
			next.ServeHTTP(rw, r)
		})
	}
}

func accessLevel(r *http.Request) slog.Level {
	if r.URL.Path == healthRoute || r.URL.Path == readyRoute {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// method keeps made-up methods out of the log.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return r.Method
	}
	return "other"
}

func route(r *http.Request) string {
	if r.Pattern == "" {
		return "unmatched"
	}
	return r.Pattern
}

// finalStatus is 200 for a handler that wrote nothing, as in net/http, and 499 (nginx's number) for one that gave up
// silently because the caller had gone.
func finalStatus(w *response, r *http.Request) int {
	switch {
	case w.status != 0:
		return w.status
	case r.Context().Err() != nil:
		return 499
	}
	return http.StatusOK
}
