package app_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/localpg"
	"lazilabs.com/lazi/internal/store"
)

// crashingPostgres is a server of a test's own.
type crashingPostgres struct {
	cfg      localpg.Config
	clusters []*localpg.Cluster
}

func newCrashingPostgres(t *testing.T) *crashingPostgres {
	t.Helper()
	p := &crashingPostgres{cfg: localpg.Config{Dir: t.TempDir(), BinDir: os.Getenv("LAZI_PG_BIN")}}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
		defer cancel()
		for _, c := range p.clusters {
			if err := c.Stop(ctx); err != nil {
				t.Error(err)
			}
		}
	})
	return p
}

// start starts the server, after a crash by recovery, and returns the database's address.
func (p *crashingPostgres) start(t *testing.T) string {
	t.Helper()
	c, err := localpg.Start(t.Context(), p.cfg)
	if err != nil {
		t.Fatal(err)
	}
	p.clusters = append(p.clusters, c)
	if err := c.EnsureDatabase(t.Context(), "lazi"); err != nil {
		t.Fatal(err)
	}
	return c.DSN("lazi")
}

// crash does what pg_ctl stop -m immediate does (which refuses to run as root): no checkpoint, no farewell.
func (p *crashingPostgres) crash(t *testing.T) {
	t.Helper()
	file := filepath.Join(p.cfg.Dir, "data", "postmaster.pid")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	until(t, "Postgres is gone", func() bool { return !p.clusters[0].Running(t.Context()) })
}

// TestKill_postgres crashes the database twice while two replicas work on runs. Both live on, and so do the runs.
func TestKill_postgres(t *testing.T) {
	t.Parallel()
	p := newCrashingPostgres(t)
	dsn := p.start(t)
	if err := store.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	w := newKillWorldIn(t, dsn)
	replicas := []*replica{w.startReplica(t), w.startReplica(t)}
	r := w.start(t, domain.SyncFull)
	for crash := range 2 {
		w.underWay(t, r, 20+30*crash)
		p.crash(t)
		w.db.Reset()
		pass(t, time.Duration(crash)*3*time.Second)
		p.start(t)
		at := w.now(t)
		begun := query(t, w, scanHeld, "SELECT id, turn - 1 FROM lazi.sync_runs WHERE pages > 0 AND finished_at IS NULL")
		report(t, "from the database's return to the next page of a run that had begun", w.goOn(t, begun, at))
	}
	w.finish(t, r)
	for _, p := range replicas {
		if p.hasEnded() {
			t.Errorf("replica %d has ended", p.cmd.Process.Pid)
		}
	}
}
