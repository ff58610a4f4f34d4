package localpg

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// maxSocketPath is macOS's limit of a socket's path in bytes, the lower one; Linux allows 107.
	maxSocketPath = 103
	// retryFor is how long a start may fail after the server was killed: its children need a moment to notice.
	retryFor = 5 * time.Second
	// maxLogBytes is the size from which a start begins a new log.
	maxLogBytes = 4 << 20
)

// launcher starts the server of a directory that is locked.
type launcher struct {
	dir, data string
	bin       binaries
	identity  identity
	fast      bool
	buffers   int
	logger    *slog.Logger
}

func newLauncher(ctx context.Context, cfg Config, dir string, namespaces func(ctx context.Context, program string) bool) (*launcher, error) {
	l := &launcher{dir: dir, data: filepath.Join(dir, "data"), fast: cfg.Fast, buffers: cfg.Buffers, logger: cfg.Logger}
	if err := l.setBrokenDataAside(ctx); err != nil {
		return nil, err
	}
	version, err := dataVersion(l.data)
	if err != nil {
		return nil, err
	}
	if l.bin, err = findBinaries(ctx, cfg.BinDir, version); err != nil {
		return nil, err
	}
	if version != 0 && version != l.bin.major {
		return nil, fmt.Errorf("%s holds data of PostgreSQL %d, and the binaries in %s are of PostgreSQL %d: install PostgreSQL %d "+
			"(or set LAZI_PG_BIN to its bin folder), or remove %s to start empty", l.data, version, l.bin.dir, l.bin.major, version, dir)
	}
	mayNamespace := func() bool { return namespaces(ctx, filepath.Join(l.bin.dir, "postgres")) }
	l.identity, err = identify(l.data, mayNamespace)
	return l, err
}

// launch brings the server up, whatever the last one left behind, and returns where its socket is and whether this
// call started it.
func (l *launcher) launch(ctx context.Context) (socketDir string, started bool, err error) {
	if err := l.makeData(ctx); err != nil {
		return "", false, err
	}
	// A server that ended in peace takes its pid file with it.
	_, left := os.Stat(pidFile(l.data))
	crashed := left == nil
	var giveUp time.Time
	err = poll(ctx, 50*time.Millisecond, func() (bool, error) {
		p, s := inspect(ctx, l.data)
		switch s {
		case ready:
			socketDir = p.socketDir
			return answers(ctx, socketDir), nil
		case changing:
			return false, nil
		case lost:
			l.logger.WarnContext(ctx, "the socket of the private postgres is gone: starting it anew", "dir", l.dir)
			return false, shutDown(ctx, l.data)
		case stale:
			// The server itself would take any living process for its predecessor.
			if err := os.Remove(pidFile(l.data)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return false, err
			}
		case stopped:
		}
		err := l.startServer(ctx)
		if err != nil && giveUp.IsZero() {
			giveUp = time.Now().Add(retryFor)
		}
		if err != nil && (!crashed || time.Now().After(giveUp)) {
			return false, err
		}
		started = started || err == nil
		return false, nil
	})
	if err != nil {
		return "", false, fmt.Errorf("server of %s: %w", l.dir, err)
	}
	return socketDir, started, nil
}

// startServer writes the settings and runs pg_ctl, which returns when the server is up.
func (l *launcher) startServer(ctx context.Context) error {
	socketDir := socketFolder(os.TempDir(), l.dir)
	// Whatever is there is a dead server's, or somebody else's who must not listen for our clients.
	if err := os.RemoveAll(socketDir); err != nil {
		return err
	}
	if err := os.Mkdir(socketDir, 0o700); err != nil {
		return err
	}
	settings := filepath.Join(l.data, settingsFile)
	if err := os.WriteFile(settings, []byte(serverSettings(socketDir, l.fast, l.buffers)), 0o600); err != nil {
		return err
	}
	log := filepath.Join(l.dir, "postgres.log")
	if err := l.identity.own(socketDir, settings, log); err != nil {
		return err
	}
	if info, err := os.Stat(log); err == nil && info.Size() > maxLogBytes {
		if err := os.Rename(log, log+".old"); err != nil {
			return err
		}
	}
	if err := l.run(ctx, "pg_ctl", "start", "-w", "-s", "-t", "60", "-D", l.data, "-l", log); err != nil {
		return fmt.Errorf("%w; the end of %s:\n%s", err, log, tail(log))
	}
	return nil
}

// socketFolder names the socket's folder for a cluster. A socket's path is short, so it is not below the cluster.
func socketFolder(temp, dir string) string {
	sum := sha256.Sum256([]byte(dir))
	name := fmt.Sprintf("lazi-pg-%d-%x", os.Geteuid(), sum[:6])
	if path := filepath.Join(temp, name); len(socketFile(path)) <= maxSocketPath {
		return path
	}
	return filepath.Join("/tmp", name)
}

// run runs a program of the server and adds what it says to the error.
func (l *launcher) run(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(l.bin.dir, name), args...)
	cmd.Dir = l.dir
	cmd.SysProcAttr = l.identity.attributes()
	cmd.Env = serverEnvironment(os.Environ())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	// The server may inherit the pipe: do not wait for it to close.
	cmd.WaitDelay = 500 * time.Millisecond
	if err := cmd.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(out.String()))
	}
	return nil
}

// serverEnvironment leaves out what would change the server behind its settings' back.
func serverEnvironment(all []string) []string {
	env := slices.DeleteFunc(slices.Clone(all), func(s string) bool {
		return strings.HasPrefix(s, "PG") || strings.HasPrefix(s, "LC_") || strings.HasPrefix(s, "HOME=")
	})
	return append(env, "LC_ALL=C", "HOME=/")
}

// tail returns the last lines of a log.
func tail(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}
