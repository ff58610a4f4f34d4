package localpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// role is the only role of a cluster, its superuser.
	role = "lazi"
	// port is part of the socket's file name; nothing listens on it.
	port = "5432"
	// startTimeout covers initdb on a slow disk and the recovery of a big cluster after a crash.
	startTimeout = 2 * time.Minute
	// stopTimeout covers the checkpoint that ends a server.
	stopTimeout = time.Minute
)

// Config says where a cluster lives and how it runs.
type Config struct {
	// Dir holds the cluster and is made when missing. It belongs to this package alone.
	Dir string
	// BinDir holds initdb, pg_ctl and postgres; empty means to search for them.
	BinDir string
	// Fast turns durability off, for tests: a crash of the machine loses the cluster.
	Fast bool
	// Buffers is the memory for pages in MB; 128 when zero.
	Buffers int
	// Logger hears of starts and repairs; nil means silence.
	Logger *slog.Logger
}

// Cluster is a running server that this process uses. It is safe for concurrent use, but for Stop.
type Cluster struct {
	data      string
	lockFile  string
	socketDir string
	users     *os.File // holds a shared lock until Stop
	started   bool
}

// Start makes the cluster if there is none, starts its server if none runs, and waits until it answers. Several
// processes may call it at once: one starts the server and the others attach.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	c, err := start(ctx, cfg, namespaceWorks)
	if err != nil {
		return nil, fmt.Errorf("localpg: start: %w", err)
	}
	return c, nil
}

// start takes the question whether user namespaces work, because tests want to hear no.
func start(ctx context.Context, cfg Config, namespaces func(ctx context.Context, program string) bool) (*Cluster, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	dir, err := makeDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	c := &Cluster{data: filepath.Join(dir, "data"), lockFile: filepath.Join(dir, "lock")}
	unlock, err := lock(ctx, c.lockFile)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if p, s := inspect(ctx, c.data); s == ready && answers(ctx, p.socketDir) {
		c.socketDir = p.socketDir
	} else {
		l, err := newLauncher(ctx, cfg, dir, namespaces)
		if err != nil {
			return nil, err
		}
		if c.socketDir, c.started, err = l.launch(ctx); err != nil {
			return nil, err
		}
	}
	if c.users, err = lockShared(filepath.Join(dir, "users")); err != nil {
		return nil, err
	}
	cfg.Logger.InfoContext(ctx, "private postgres is ready", "dir", dir, "started", c.started)
	return c, nil
}

// makeDir returns the directory's absolute path without symbolic links: the server is recognised by it.
func makeDir(dir string) (string, error) {
	if dir == "" {
		return "", errors.New("no directory is given")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// DSN returns the keyword connection string of a database, which may not exist yet. The database "postgres" always
// exists.
func (c *Cluster) DSN(db string) string {
	return fmt.Sprintf("host=%s port=%s user=%s dbname=%s sslmode=disable", quoteDSN(c.socketDir), port, role, quoteDSN(db))
}

// quoteDSN writes a value of a keyword connection string.
func quoteDSN(s string) string {
	if s != "" && !strings.ContainsAny(s, " '\\\t\n") {
		return s
	}
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// EnsureDatabase makes the database unless it exists.
func (c *Cluster) EnsureDatabase(ctx context.Context, name string) error {
	if err := c.ensureDatabase(ctx, name); err != nil {
		return fmt.Errorf("localpg: ensure database %s: %w", name, err)
	}
	return nil
}

func (c *Cluster) ensureDatabase(ctx context.Context, name string) error {
	s, err := connect(ctx, c.socketDir, "postgres")
	if err != nil {
		return err
	}
	defer s.close()
	rows, err := s.query("select 1 from pg_database where datname = " + quoteLiteral(name))
	if err != nil || len(rows) > 0 {
		return err
	}
	_, err = s.query("create database " + quoteIdentifier(name))
	var refused *serverError
	if errors.As(err, &refused) && (refused.code == "42P04" || refused.code == "23505") {
		return nil // another process was faster
	}
	return err
}

// Running asks whether the server answers now. It may block for a few seconds.
func (c *Cluster) Running(ctx context.Context) bool {
	_, s := inspect(ctx, c.data)
	return s == ready && answers(ctx, c.socketDir)
}

// Started is true when this process started the server, and false when it attached to a running one.
func (c *Cluster) Started() bool { return c.started }

// Stop lets go of the cluster and, if no other process uses it, ends the server and waits for its end. Connections
// that are still open are cut. A second call does nothing.
func (c *Cluster) Stop(ctx context.Context) error {
	if c.users == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	unlock, err := lock(ctx, c.lockFile)
	if err != nil {
		return fmt.Errorf("localpg: stop: %w", err)
	}
	defer unlock()
	defer func() {
		c.users.Close()
		c.users = nil
	}()
	// The kernel turns our shared lock into an exclusive one only when nobody else holds a share.
	if err := syscall.Flock(int(c.users.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil
		}
		return fmt.Errorf("localpg: stop: users: %w", err)
	}
	if err := shutDown(ctx, c.data); err != nil {
		return fmt.Errorf("localpg: stop: %w", err)
	}
	// The next start makes the folder anew; if it cannot be removed now, nothing is lost.
	_ = os.Remove(c.socketDir)
	return nil
}
