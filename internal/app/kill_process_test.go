package app_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/config"
)

var (
	killCount  = flag.Int("kills", 3, "how many workers TestKill_workers kills")
	killSeed   = flag.Uint64("kills.seed", 1, "seed of the moments at which they are killed")
	laziBinary = flag.String("kills.lazi", "", "the lazi command to run as replicas; empty runs this test's own binary, which serves in the same way")
)

// fullMatrix is from how many kills on the tests take their time.
const fullMatrix = 50

// replicaVariable makes a process of this binary a replica.
const replicaVariable = "LAZI_TEST_REPLICA"

// TestReplica is no test: it is what the replicas of the other tests run. It ends with its standard input, too, so that a test
// that dies leaves none behind.
func TestReplica(t *testing.T) {
	t.Parallel()
	if os.Getenv(replicaVariable) == "" {
		t.Skip("runs in processes that other tests start")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	cfg, err := config.Load(os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Serve(ctx, cfg, os.Stderr); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// replica is a process of `lazi serve`.
type replica struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	worker string // its id among the workers
	log    *lockedBuffer
	ended  chan struct{}
}

// startReplica starts a process and waits until it works on runs. It is killed with the test.
func (w *killWorld) startReplica(t *testing.T) *replica {
	t.Helper()
	known := w.workers(t)
	r := &replica{log: &lockedBuffer{}, ended: make(chan struct{})}
	r.cmd = exec.Command(os.Args[0], "-test.run=^TestReplica$", "-test.timeout=0")
	if *laziBinary != "" {
		r.cmd = exec.Command(*laziBinary, "serve")
	}
	r.cmd.Env = append([]string{replicaVariable + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}, w.env...)
	r.cmd.Stdout, r.cmd.Stderr = r.log, r.log
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a signal to the test's group is the test's business
	var err error
	if r.stdin, err = r.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = r.cmd.Wait()
		close(r.ended)
	}()
	t.Cleanup(func() {
		r.kill(t)
		if t.Failed() {
			t.Logf("log of replica %s (process %d):\n%s", r.worker, r.cmd.Process.Pid, lastLines(r.log.String(), 4000))
		}
	})
	until(t, "a new replica works", func() bool {
		if r.hasEnded() {
			t.Fatalf("the replica ended at its start:\n%s", r.log.String())
		}
		for id := range w.workers(t) {
			if !known[id] {
				r.worker = id
			}
		}
		return r.worker != ""
	})
	return r
}

func (r *replica) hasEnded() bool {
	select {
	case <-r.ended:
		return true
	default:
		return false
	}
}

// signal sends a signal to the process, which must live.
func (r *replica) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		t.Fatalf("signal %v to replica %d: %v", s, r.cmd.Process.Pid, err)
	}
}

// kill ends the process by SIGKILL, if it lives, and waits for its end.
func (r *replica) kill(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("kill replica %d: %v", r.cmd.Process.Pid, err)
	}
	<-r.ended
	r.stdin.Close()
}

// exitCode waits for the process's own end.
func (r *replica) exitCode(t *testing.T) int {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(patience):
		t.Fatalf("replica %d does not end", r.cmd.Process.Pid)
	}
	return r.cmd.ProcessState.ExitCode()
}

func lastLines(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return "(" + strconv.Itoa(len(text)-bytes) + " bytes left out) …" + text[len(text)-bytes:]
}
