package graph_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/nodetest"
)

// protocolDir holds scripts that use the server by the packages that the world uses.
const protocolDir = "testdata/protocol"

// script runs a script against a server and returns the objects that it prints.
func script[T any](t *testing.T, s *server, name string) []T {
	t.Helper()
	return nodetest.Run[T](t, protocolDir, name, "URL="+s.URL+"/graphql", "AUTHORIZATION="+s.bearer(t, auth.Admin, time.Hour))
}

func TestProtocol(t *testing.T) {
	t.Parallel()
	nodetest.Install(t, protocolDir)
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
