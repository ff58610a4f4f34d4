package graph_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// protocolDir holds scripts that use the server by the packages that the world uses.
const protocolDir = "testdata/protocol"

// installed gets those packages, unless they are there.
func installed(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil && os.Getenv("CI") == "" {
		t.Skip("npm is not installed: what other programs make of this server is not tested")
	}
	if _, err := os.Stat(filepath.Join(protocolDir, "node_modules", "ws", "package.json")); err == nil {
		return
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = protocolDir
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
}

// script runs a script against a server and returns the objects that it prints.
func script[T any](t *testing.T, s *server, name string) []T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	node := exec.CommandContext(ctx, "node", name)
	node.Dir = protocolDir
	node.Env = append(os.Environ(), "URL="+s.URL+"/graphql", "AUTHORIZATION="+s.bearer(t, auth.Admin, time.Hour))
	var complaints bytes.Buffer
	node.Stderr = &complaints
	out, err := node.Output()
	if err != nil {
		t.Fatalf("node %s: %v\n%s", name, err, &complaints)
	}
	var all []T
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		all = append(all, one)
	}
	return all
}

func TestProtocol(t *testing.T) {
	t.Parallel()
	installed(t)
	t.Run("audits", testAudits)
	t.Run("clients", testClients)
}

// testAudits wants every audit of graphql-http to pass, also those that only say what a server should do.
func testAudits(t *testing.T) {
	t.Parallel()
	type audit struct{ Name, Status, Reason string }
	all := script[audit](t, newServer(t, nil), "audit.mjs")
	for _, a := range all {
		if a.Status != "ok" {
			t.Errorf("%s: %s, %s", a.Status, a.Name, a.Reason)
		}
	}
	if len(all) != 61 {
		t.Errorf("%d audits were run, want 61", len(all))
	}
}

func testClients(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	done := make(chan struct{})
	moving := make(chan struct{})
	go func() { // runs move whenever somebody looks
		defer close(moving)
		for {
			select {
			case s.syncs.moves <- &domain.SyncRun{ID: 7}:
			case <-done:
				return
			}
		}
	}()
	type meeting struct {
		Name string
		Got  json.RawMessage
	}
	got := map[string]string{}
	for _, m := range script[meeting](t, s, "clients.mjs") {
		got[m.Name] = string(m.Got)
	}
	close(done)
	<-moving
	const (
		viewer = `[{"viewer":{"subject":"tester"}}]`
		moves  = `[{"syncProgress":{"runId":"7"}},{"syncProgress":{"runId":"7"}},{"syncProgress":{"runId":"7"}}]`
	)
	want := map[string]string{
		"ws query": viewer, "ws subscription": moves, "ws refused document": `[{"errors":["GRAPHQL_VALIDATION_FAILED"]}]`,
		"ws refused subscription": `[{"errors":["UNAVAILABLE"]}]`, "ws without token": `[{"closed":4403}]`,
		"sse query": viewer, "sse subscription": moves, "sse refused document": `[{"errors":["GRAPHQL_VALIDATION_FAILED"]}]`,
		"sse refused subscription": `[{"errors":["UNAVAILABLE"]}]`, "sse without token": `[{"closed":"Server responded with 401: Unauthorized"}]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the clients meet (-want +got):\n%s", diff)
	}
	for range 2 {
		s.wantEnded(t) // the clients left both subscriptions
	}
}
