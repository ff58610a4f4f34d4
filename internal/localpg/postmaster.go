package localpg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// state is what the data directory and the process table say of a server.
type state int

const (
	stopped state = iota
	// stale means that the pid file names no server of this directory: it was killed, or the machine was started anew
	// and the pid is another program's.
	stale
	// changing means that the server starts or stops.
	changing
	// lost means that the server runs and its socket is gone: something cleaned the temporary folder.
	lost
	ready
)

// postmaster is the process that owns a data directory.
type postmaster struct {
	pid       int
	socketDir string
}

// Lines of postmaster.pid, counted from 0, as PostgreSQL's miscadmin.h has them.
const (
	pidLine    = 0
	socketLine = 4
	statusLine = 7
)

func pidFile(data string) string { return filepath.Join(data, "postmaster.pid") }

// inspect looks for the server of a data directory.
func inspect(ctx context.Context, data string) (postmaster, state) {
	content, err := os.ReadFile(pidFile(data))
	if err != nil {
		return postmaster{}, stopped
	}
	lines := strings.Split(string(content), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	p := postmaster{}
	// A standalone server writes its pid with a minus.
	if p.pid, err = strconv.Atoi(strings.TrimPrefix(lines[pidLine], "-")); err != nil || p.pid <= 0 {
		return p, stopped
	}
	if !serves(ctx, p.pid, data) {
		return p, stale
	}
	if len(lines) <= statusLine || lines[statusLine] != "ready" {
		return p, changing
	}
	p.socketDir = lines[socketLine]
	if _, err := os.Stat(socketFile(p.socketDir)); err != nil {
		return p, lost
	}
	return p, ready
}

// serves asks whether a process is alive and was started with the data directory.
func serves(ctx context.Context, pid int, data string) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return false
	}
	command, known := commandLine(ctx, pid)
	return !known || bytes.Contains(command, []byte(data))
}

// commandLine returns the words a process was started with, empty for one that is dead and not collected yet. It is
// not known when the machine does not tell.
func commandLine(ctx context.Context, pid int) (words []byte, known bool) {
	if _, err := os.Stat("/proc/self/cmdline"); err == nil {
		words, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		return words, err == nil || errors.Is(err, os.ErrNotExist)
	}
	words, err := exec.CommandContext(ctx, "ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return words, err == nil
}

// shutDown ends the server of a data directory, if one runs, and waits until it is gone.
func shutDown(ctx context.Context, data string) error {
	p, s := inspect(ctx, data)
	if s == stopped || s == stale {
		return nil
	}
	// SIGINT is the fast mode: cut connections, write a checkpoint, end.
	if err := syscall.Kill(p.pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("server %d: %w", p.pid, err)
	}
	err := poll(ctx, 20*time.Millisecond, func() (bool, error) {
		return !serves(ctx, p.pid, data), nil
	})
	if err != nil {
		return fmt.Errorf("server %d does not end: %w", p.pid, err)
	}
	return nil
}
