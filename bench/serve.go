package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"syscall"
	"time"
)

// The servers that are measured.
const (
	laziServer        = "lazi"
	handwrittenServer = "handwritten"
)

// usagePath answers with a usage. It is beside the measured paths.
const usagePath = "/bench/usage"

// usage is what a server process has used since its start.
type usage struct {
	// CPU is the time in user mode and in the kernel.
	CPU time.Duration
	// Resident is the memory held now, in bytes; 0 where the system does not tell.
	Resident uint64
	// Allocs and Bytes count what was allocated on the heap, freed or not.
	Allocs, Bytes uint64
}

// greeting is what a server prints once it listens.
type greeting struct {
	Addr string
	// UsageAddr answers at usagePath. It is empty where Addr does.
	UsageAddr string
	// Path takes the requests.
	Path string
	// Token is sent as the bearer token when it is not empty.
	Token string
}

// serveCmd is the command line of a server process.
type serveCmd struct {
	Name string `arg:"" enum:"lazi,handwritten"`
	DSN  string `required:""`
}

// candidate is a server that is measured.
type candidate struct {
	greeting
	handler http.Handler
	close   func()
}

// Run serves on loopback until standard input ends, which it does when the benchmark ends in any way.
func (c serveCmd) Run(ctx context.Context) error {
	open := openLAZI
	if c.Name == handwrittenServer {
		open = openHandwritten
	}
	server, err := open(ctx, c.DSN)
	if err != nil {
		return err
	}
	defer server.close()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server.Addr = l.Addr().String()
	if err := json.NewEncoder(os.Stdout).Encode(server.greeting); err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+usagePath, tellUsage)
	mux.Handle("/", server.handler)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = srv.Close()
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

func tellUsage(w http.ResponseWriter, _ *http.Request) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	_ = json.NewEncoder(w).Encode(usage{
		CPU: time.Duration(r.Utime.Nano() + r.Stime.Nano()), Resident: resident(), Allocs: m.Mallocs, Bytes: m.TotalAlloc,
	})
}
