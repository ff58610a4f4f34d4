package obs

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// Recover turns a panic of the next handler into status 500 with a GraphQL error that holds nothing but the request's
// id; the log has the stack under the same id. Where the answer had begun, the connection is broken off instead, so
// that the caller does not take a part for the whole.
func Recover(logger *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rw := &response{ResponseWriter: w}
			defer func() {
				cause := recover()
				if cause == nil {
					return
				}
				if cause == http.ErrAbortHandler { //nolint:errorlint // A recovered value is any; net/http compares it like this, too.
					panic(cause)
				}
				logger.ErrorContext(r.Context(), "panic", "cause", describe(cause), "stack", string(debug.Stack()))
				if rw.status != 0 {
					panic(http.ErrAbortHandler)
				}
				writeInternalError(rw, r)
			}()
			next.ServeHTTP(rw, r)
		})
	}
}

// describe shows errors and texts, which hold no payloads by our rules, and of everything else the type alone.
func describe(cause any) string {
	switch c := cause.(type) {
	case error:
		return c.Error()
	case string:
		return c
	}
	return fmt.Sprintf("%T", cause)
}

func writeInternalError(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("Content-Length")
	w.Header().Del("Content-Encoding")
	w.WriteHeader(http.StatusInternalServerError)
	id := RequestIDFrom(r.Context())
	// A caller that has gone away is none of our business.
	_ = json.NewEncoder(w).Encode(map[string]any{
		"errors": []any{map[string]any{
			"message":    "internal error " + id,
			"extensions": map[string]any{"code": "INTERNAL", "id": id},
		}},
	})
}
