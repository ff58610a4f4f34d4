package obs

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
)

// RequestIDHeader carries a request's id in both directions.
const RequestIDHeader = "X-Request-Id"

// maxRequestID bounds what a caller can write into each of our log lines; a UUID has 36 characters.
const maxRequestID = 64

type requestIDKey struct{}

// RequestID gives each request an id: the caller's if it is sane, else a new one. The id is in the context, in the
// response and, through RequestAttrs, in the log.
func RequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(RequestIDHeader)
		if !saneID(id) {
			id = rand.Text()
		}
		w.Header().Set(RequestIDHeader, id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// RequestIDFrom returns the request's id, or the empty text outside a request.
func RequestIDFrom(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// RequestAttrs is the ContextAttrs of the request's id.
func RequestAttrs(ctx context.Context) []slog.Attr {
	id := RequestIDFrom(ctx)
	if id == "" {
		return nil
	}
	return []slog.Attr{slog.String("request_id", id)}
}

// saneID keeps line breaks, markup and whole documents out of logs and headers.
func saneID(id string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:"
	foreign := func(r rune) bool { return !strings.ContainsRune(allowed, r) }
	return id != "" && len(id) <= maxRequestID && !strings.ContainsFunc(id, foreign)
}
