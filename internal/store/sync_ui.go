package store

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"riverqueue.com/riverui"
)

// JobsUI serves River's pages about the queue below a path, until the context ends. It asks nobody who they are.
func (s *Store) JobsUI(ctx context.Context, prefix string, log *slog.Logger) (http.Handler, error) {
	h, err := riverui.NewHandler(&riverui.HandlerOpts{
		Endpoints: riverui.NewEndpoints(s.queue, nil), Logger: slog.New(quiet{log.Handler()}), Prefix: prefix,
	})
	if err != nil {
		return nil, fmt.Errorf("store: jobs pages: %w", err)
	}
	if err := h.Start(ctx); err != nil {
		return nil, fmt.Errorf("store: jobs pages: %w", clean(err))
	}
	return h, nil
}
