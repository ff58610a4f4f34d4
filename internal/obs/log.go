package obs

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

// ContextAttrs returns what every log line of a request says about it: its id, its tenant.
type ContextAttrs func(ctx context.Context) []slog.Attr

// NewLogger returns a logger that writes lines of level and above to w, in format "json" or "text". Each line that is
// logged with a context also carries what the attrs functions find in it.
func NewLogger(w io.Writer, level slog.Leveler, format string, attrs ...ContextAttrs) (*slog.Logger, error) {
	options := &slog.HandlerOptions{Level: level}
	var h slog.Handler
	switch format {
	case "json":
		h = slog.NewJSONHandler(w, options)
	case "text":
		h = slog.NewTextHandler(w, options)
	default:
		return nil, fmt.Errorf("obs: the log format must be json or text, not %q", format)
	}
	return slog.New(contextHandler{Handler: h, attrs: attrs}), nil
}

// contextHandler adds the context's attributes to each line.
type contextHandler struct {
	slog.Handler
	attrs []ContextAttrs
}

// Handle adds the attributes and hands the line on.
func (h contextHandler) Handle(ctx context.Context, line slog.Record) error {
	for _, attrs := range h.attrs {
		line.AddAttrs(attrs(ctx)...)
	}
	return h.Handler.Handle(ctx, line)
}

// WithAttrs keeps the wrapping, which the embedded handler's method would lose.
func (h contextHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contextHandler{Handler: h.Handler.WithAttrs(attrs), attrs: h.attrs}
}

// WithGroup keeps the wrapping.
func (h contextHandler) WithGroup(name string) slog.Handler {
	return contextHandler{Handler: h.Handler.WithGroup(name), attrs: h.attrs}
}
