package app

import (
	"cmp"
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

	"lazilabs.com/lazi/internal/config"
)

// stopping says how a server of HTTP ends. Without a timeout, requests under way are cut off after 15 s.
type stopping struct {
	config.Shutdown
	// begin is called at once, while requests are still accepted for Delay; and hurry after that, to end what has no end of
	// itself, such as streams. Both may be nil.
	begin, hurry func()
}

// drain waits until a server may refuse connections, and returns when it is told to hurry, by a context that is done.
func (s stopping) drain(ctx context.Context) {
	if s.begin != nil {
		s.begin()
	}
	select {
	case <-time.After(s.Delay):
	case <-ctx.Done():
	}
}

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

// serveHTTP serves until the context ends, then lets requests under way come to their end.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler, s stopping) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	if s.hurry != nil {
		srv.RegisterOnShutdown(s.hurry)
	}
	timeout := cmp.Or(s.Timeout, 15*time.Second)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("app: serve: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
		defer cancel()
		s.drain(stop)
		if err := srv.Shutdown(stop); err != nil {
			_ = srv.Close() // handlers must not outlive what they work with
			return fmt.Errorf("app: requests were cut off that had not ended %s after the stop: %w", timeout, err)
		}
		return nil
	})
	return g.Wait()
}
