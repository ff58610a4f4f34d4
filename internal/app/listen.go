package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// drainTimeout is how long requests under way may take to end after a stop was asked for.
const drainTimeout = 15 * time.Second

// listen takes a port. Its errors say what to do about it.
func listen(ctx context.Context, host string, port int) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("PORT: port %d is in use by another process: stop it, or set PORT to another number (0 lets the system choose)", port)
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("PORT: port %d may not be used without more rights: set PORT to a number above 1023", port)
	case err != nil:
		return nil, fmt.Errorf("PORT: listen on port %d: %w", port, err)
	}
	return l, nil
}

// serveHTTP serves until the context ends, then lets requests under way come to their end. What has none of itself, such as
// streams, is ended by hurry.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler, hurry ...func()) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	for _, f := range hurry {
		srv.RegisterOnShutdown(f)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("app: serve: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		if err := srv.Shutdown(stop); err != nil {
			_ = srv.Close() // handlers must not outlive what they work with
			return fmt.Errorf("app: requests were cut off that had not ended %s after the stop: %w", drainTimeout, err)
		}
		return nil
	})
	return g.Wait()
}
