package localpg

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestStart_replacesAHalfMadeDataDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "data", "PG_VERSION"), "15\n") // initdb was killed after its first file
	write(t, filepath.Join(dir, "data.new-1", "PG_VERSION"), "15\n")
	c := startCluster(t, dir)
	if !c.Running(t.Context()) {
		t.Error("the server does not run")
	}
	if _, err := os.Stat(filepath.Join(dir, "data.broken", "PG_VERSION")); err != nil {
		t.Errorf("the half-made data is not set aside: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, unfinishedPattern)); len(left) > 0 {
		t.Errorf("%v are left over", left)
	}
}

func TestStart_refusesDataOfAnotherVersion(t *testing.T) {
	t.Parallel()
	bin := filepath.Join(t.TempDir(), "bin")
	fakeBinaries(t, bin, "17.2")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "data", "PG_VERSION"), "16\n")
	write(t, filepath.Join(dir, "data", "global", "pg_control"), "")
	_, err := Start(t.Context(), Config{Dir: dir, BinDir: bin})
	if err == nil {
		t.Fatal("Start takes data of another version")
	}
	for _, part := range []string{"data of PostgreSQL 16", "are of PostgreSQL 17", "install PostgreSQL 16", "remove " + dir} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("Start = %v, want %q in it", err, part)
		}
	}
}

func TestStart_tellsWhatTheServerSaysWhenItDoesNotStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startCluster(t, dir)
	stop(t, c)
	write(t, filepath.Join(c.data, "postgresql.auto.conf"), "no_such_setting = 1\n")
	_, err := Start(t.Context(), Config{Dir: dir, Fast: true})
	if err == nil || !strings.Contains(err.Error(), "no_such_setting") {
		t.Errorf("Start = %v, want the server's complaint", err)
	}
}

func TestServerSettings_differInDurabilityAndMemory(t *testing.T) {
	t.Parallel()
	durable, fast := serverSettings(`/tmp/it's`, false, 0), serverSettings(`/tmp/it's`, true, 2048)
	for _, tt := range []struct{ settings, has, hasNot string }{
		{durable, "max_connections = 200", "fsync"},
		{fast, "max_connections = 300", "max_connections = 200"},
		{fast, "fsync = off", "fsync = on"},
		{durable, "shared_buffers = '128MB'", "2048MB"},
		{fast, "shared_buffers = '2048MB'", "128MB"},
		{durable, `unix_socket_directories = '"/tmp/it''s"'`, "timezone = ''"},
	} {
		if !strings.Contains(tt.settings, tt.has) || strings.Contains(tt.settings, tt.hasNot) {
			t.Errorf("settings lack %q or have %q:\n%s", tt.has, tt.hasNot, tt.settings)
		}
	}
}

func TestSocketFolder_isShort(t *testing.T) {
	t.Parallel()
	long := "/" + strings.Repeat("long", 30)
	for _, temp := range []string{"/tmp", "/var/folders/ab/cdefghijklmnopqrstuvwxyz0123/T", long} {
		first, second := socketFolder(temp, "/one"+long), socketFolder(temp, "/two"+long)
		if n := len(socketFile(first)); n > 103 {
			t.Errorf("below %s the socket's path has %d bytes", temp, n)
		}
		if first == second {
			t.Errorf("two clusters share the folder %s", first)
		}
	}
}

func TestServerEnvironment_leavesOutPostgresOwn(t *testing.T) {
	t.Parallel()
	got := serverEnvironment([]string{"PATH=/bin", "PGPORT=1", "PGDATA=/x", "LC_ALL=de_DE", "HOME=/root", "TMPDIR=/t"})
	if diff := cmp.Diff([]string{"PATH=/bin", "TMPDIR=/t", "LC_ALL=C", "HOME=/"}, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

func TestTail_returnsTheLastLines(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	var all strings.Builder
	for i := range 9 {
		fmt.Fprintf(&all, "line %d\n", i)
	}
	write(t, path, all.String())
	if got, want := tail(path), "line 4\nline 5\nline 6\nline 7\nline 8"; got != want {
		t.Errorf("tail = %q, want %q", got, want)
	}
}
