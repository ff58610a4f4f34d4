package localpg

import (
	"context"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// openDir is a temporary folder that every user may enter.
func openDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func skipUnlessRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may become another user")
	}
}

func TestStart_asRootBelowAClosedFolder(t *testing.T) {
	t.Parallel()
	skipUnlessRoot(t)
	if _, err := os.Stat("/proc/self/ns/user"); err != nil {
		t.Skip("no user namespaces here")
	}
	home := filepath.Join(t.TempDir(), "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	c := startCluster(t, filepath.Join(home, "pg"))
	if uid, _, err := ownerOf(c.data); err != nil || uid != 0 {
		t.Errorf("the data belongs to user id %d, %v, want root", uid, err)
	}
}

// forbidNamespaces is what a container says whose kernel forbids user namespaces.
func forbidNamespaces(context.Context, string) bool { return false }

func TestStart_asRootWithoutNamespacesBecomesAnotherUser(t *testing.T) {
	t.Parallel()
	skipUnlessRoot(t)
	dir := filepath.Join(openDir(t), "pg")
	c, err := start(t.Context(), Config{Dir: dir, Fast: true}, forbidNamespaces)
	if err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, c)
	putNote(t, c)
	owner, _, err := ownerOf(c.data)
	if err != nil || owner == 0 {
		t.Errorf("the data belongs to user id %d, %v, want another than root", owner, err)
	}
	stop(t, c)
	// Where namespaces work again, the data stays its owner's.
	checkNote(t, startCluster(t, dir))
}

func TestStart_withoutNamespacesTakesOverRootsData(t *testing.T) {
	t.Parallel()
	skipUnlessRoot(t)
	dir := filepath.Join(openDir(t), "pg")
	c := startCluster(t, dir)
	putNote(t, c)
	stop(t, c)
	again, err := start(t.Context(), Config{Dir: dir, Fast: true}, forbidNamespaces)
	if err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, again)
	checkNote(t, again)
}

func TestStart_namesTheFolderThatIsClosedToTheServer(t *testing.T) {
	t.Parallel()
	skipUnlessRoot(t)
	home := filepath.Join(openDir(t), "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := start(t.Context(), Config{Dir: filepath.Join(home, "pg")}, forbidNamespaces)
	if err == nil || !strings.Contains(err.Error(), "may not enter "+home+":") {
		t.Errorf("start = %v, want the closed folder %s", err, home)
	}
}

// asNobody is the environment variable by which TestStart_asAnOrdinaryUser tells its child what to do.
const asNobody = "LAZI_TEST_LOCALPG_DIR"

func TestStart_asAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(asNobody); dir != "" {
		c := startCluster(t, dir)
		putNote(t, c)
		stop(t, c)
		checkNote(t, startCluster(t, dir))
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("all other tests run as an ordinary user already")
	}
	dir := openDir(t)
	program := copyTestProgram(t, dir)
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	who, err := userIdentity(nobody)
	if err != nil {
		t.Fatal(err)
	}
	if err := who.own(home); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestStart_asAnOrdinaryUser$", "-test.v")
	cmd.Dir = home
	cmd.Env = append(os.Environ(), asNobody+"="+filepath.Join(home, "pg"), "TMPDIR="+home, "HOME="+home)
	cmd.SysProcAttr = who.attributes()
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Errorf("as user id %d: %v\n%s", who.uid, err, out)
	}
}

// copyTestProgram puts the running test where other users may run it.
func copyTestProgram(t *testing.T, dir string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "program")
	writeProgram(t, path, content)
	return path
}

func TestIdentify_refusesAnothersData(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		dir := openDir(t)
		if err := os.Chown(dir, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		who, err := identify(dir, func() bool { return true })
		if err != nil || who.uid != 65534 {
			t.Errorf("root with data of user id 65534 becomes %d, %v", who.uid, err)
		}
		return
	}
	if _, err := identify("/etc", func() bool { return true }); err == nil || !strings.Contains(err.Error(), "user id 0") {
		t.Errorf("identify = %v, want an error that names the owner", err)
	}
}

func TestServes_knowsDeadProcesses(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "cat", "/dev/stdin", "unique-name-of-a-folder")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := cmd.Process.Pid
	if !serves(t.Context(), pid, "unique-name-of-a-folder") || serves(t.Context(), pid, "another-folder") {
		t.Error("a process is not recognised by its words")
	}
	in.Close()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// Not collected yet, it is a zombie, which a signal still reaches.
	err = poll(t.Context(), 5*time.Millisecond, func() (bool, error) { return !serves(t.Context(), pid, "unique-name-of-a-folder"), nil })
	if err != nil {
		t.Errorf("a killed process is said to serve: %v", err)
	}
	cmd.Wait() // reports the kill
	if serves(t.Context(), pid, "unique-name-of-a-folder") {
		t.Error("a collected process is said to serve")
	}
}
