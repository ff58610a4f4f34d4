package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// startCluster starts the cluster of a directory and ends it with the test.
func startCluster(t *testing.T, dir string) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), Config{Dir: dir, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, c)
	return c
}

func stopAtEnd(t *testing.T, c *Cluster) {
	t.Helper()
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		// A test that failed halfway may have lost count of the cluster's users.
		if err := shutDown(context.Background(), c.data); err != nil {
			t.Error(err)
		}
		os.RemoveAll(c.socketDir)
	})
}

func stop(t *testing.T, c *Cluster) {
	t.Helper()
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// ask runs a query in the database postgres.
func ask(t *testing.T, c *Cluster, sql string) [][]string {
	t.Helper()
	s, err := connect(t.Context(), c.socketDir, "postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	rows, err := s.query(sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return rows
}

// putNote leaves something to find again after a restart.
func putNote(t *testing.T, c *Cluster) {
	t.Helper()
	ask(t, c, "create table note as select 'kept' as text")
	ask(t, c, "checkpoint")
}

func checkNote(t *testing.T, c *Cluster) {
	t.Helper()
	if diff := cmp.Diff([][]string{{"kept"}}, ask(t, c, "select text from note")); diff != "" {
		t.Errorf("data after the restart (-want +got):\n%s", diff)
	}
}

func TestStart_keepsDataBetweenRuns(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a folder with 'odd', name")
	c := startCluster(t, dir)
	if !c.Started() || !c.Running(t.Context()) {
		t.Errorf("Started %v, Running %v, want both", c.Started(), c.Running(t.Context()))
	}
	putNote(t, c)
	stop(t, c)
	if c.Running(t.Context()) {
		t.Error("the server runs after Stop")
	}
	if _, err := os.Stat(c.socketDir); err == nil {
		t.Error("Stop leaves the socket's folder")
	}
	stop(t, c) // does nothing
	checkNote(t, startCluster(t, dir))
}

func TestStart_listensOnThePrivateSocketAlone(t *testing.T) {
	t.Parallel()
	c := startCluster(t, t.TempDir())
	got := ask(t, c, "select current_setting('listen_addresses'), current_setting('timezone'), current_setting('server_encoding')")
	if diff := cmp.Diff([][]string{{"", "UTC", "UTF8"}}, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	info, err := os.Stat(c.socketDir)
	if err != nil {
		t.Fatal(err)
	}
	if perm := info.Mode().Perm(); perm != 0o700 {
		t.Errorf("the socket's folder has mode %o", perm)
	}
}

func TestStart_attachesToARunningServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := startCluster(t, dir), startCluster(t, dir)
	if second.Started() {
		t.Error("the second claims to have started the server")
	}
	if first.DSN("x") != second.DSN("x") {
		t.Errorf("two addresses: %s and %s", first.DSN("x"), second.DSN("x"))
	}
	stop(t, first)
	if !second.Running(t.Context()) {
		t.Error("the first stopped the server under the second")
	}
	stop(t, second)
	if second.Running(t.Context()) {
		t.Error("the last one left the server running")
	}
}

func TestStart_atOnceStartsOneServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var all sync.WaitGroup
	clusters, failures := make([]*Cluster, 4), make([]error, 4)
	for i := range clusters {
		all.Go(func() { clusters[i], failures[i] = Start(t.Context(), Config{Dir: dir, Fast: true}) })
	}
	all.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	starters := 0
	for _, c := range clusters {
		stopAtEnd(t, c)
		if c.Started() {
			starters++
		}
	}
	if starters != 1 {
		t.Errorf("%d of 4 started a server, want 1", starters)
	}
}

func TestStart_recoversFromAKilledServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startCluster(t, dir)
	putNote(t, c)
	p, _ := inspect(t.Context(), c.data)
	if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	again := startCluster(t, dir)
	if !again.Started() {
		t.Error("Start attached to a dead server")
	}
	checkNote(t, again)
}

func TestStart_passesOverThePidOfAnotherProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startCluster(t, dir)
	putNote(t, c)
	left, err := os.ReadFile(pidFile(c.data))
	if err != nil {
		t.Fatal(err)
	}
	stop(t, c)
	// After a crash and a reboot the pid may be anybody's, here this test's.
	_, rest, _ := strings.Cut(string(left), "\n")
	if err := os.WriteFile(pidFile(c.data), fmt.Appendf(nil, "%d\n%s", os.Getpid(), rest), 0o600); err != nil {
		t.Fatal(err)
	}
	checkNote(t, startCluster(t, dir))
}

func TestStart_bringsALostSocketBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startCluster(t, dir)
	putNote(t, c)
	if err := os.RemoveAll(c.socketDir); err != nil { // as a cleaner of /tmp does
		t.Fatal(err)
	}
	if c.Running(t.Context()) {
		t.Error("Running without a socket")
	}
	checkNote(t, startCluster(t, dir))
}

func TestStart_waitsForWhoeverStartsNow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unlock, err := lock(t.Context(), filepath.Join(dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Start(ctx, Config{Dir: dir}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Start = %v, want the context's error", err)
	}
}

func TestEnsureDatabase_makesItOnce(t *testing.T) {
	t.Parallel()
	c := startCluster(t, t.TempDir())
	const name = `odd "name"'s`
	for range 2 {
		if err := c.EnsureDatabase(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	s, err := connect(t.Context(), c.socketDir, name)
	if err != nil {
		t.Fatal(err)
	}
	s.close()
}

func TestConnect_reportsWhatTheServerSays(t *testing.T) {
	t.Parallel()
	c := startCluster(t, t.TempDir())
	_, err := connect(t.Context(), c.socketDir, "missing")
	var refused *serverError
	if !errors.As(err, &refused) || refused.code != "3D000" {
		t.Errorf("connect = %v, want SQLSTATE 3D000", err)
	}
	s, err := connect(t.Context(), c.socketDir, "postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if _, err := s.query("select 1/0"); !errors.As(err, &refused) || refused.code != "22012" {
		t.Errorf("query = %v, want SQLSTATE 22012", err)
	}
	rows, err := s.query("select 1, null, 'a'")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"1", "", "a"}}, rows); diff != "" {
		t.Errorf("rows after an error (-want +got):\n%s", diff)
	}
}

func TestDSN_quotesValues(t *testing.T) {
	t.Parallel()
	c := &Cluster{socketDir: `/tmp/it's a \ folder`}
	want := `host='/tmp/it\'s a \\ folder' port=5432 user=lazi dbname=lazi sslmode=disable`
	if got := c.DSN("lazi"); got != want {
		t.Errorf("DSN = %s, want %s", got, want)
	}
}
