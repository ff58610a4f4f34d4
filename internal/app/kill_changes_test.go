package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// TestKill_changes kills a server while it makes a change: ServiceTitan has made it, and the mirror does not know. Another server
// looks after it, or the caller who repeats it there with the same key does. Every mutation in the long form of the test, every
// sixth otherwise.
func TestKill_changes(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, fresh())
	kills := newKillsOf(t, w)
	n := 0
	everyMutation(t, w, func(t *testing.T, mutation string, in input) made {
		t.Helper()
		in["idempotencyKey"] = "sample-" + mutation
		if n++; *killCount >= fullMatrix || n%6 == 0 {
			kills.during(t, mutation, in)
			kills.age(t)
			act, _ := domain.ActByName(mutation)
			traceable := act.On != nil || act.MarksExternal // without the input nobody knows what another was about
			if n%12 == 0 && traceable {
				if err := w.Recover(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
		m := w.change(t, mutation, in)
		// Of an edit that nobody remembers, nobody can say who has made it.
		if len(m.Errors) > 0 && !slices.Equal(m.codes(), []string{"OUTCOME_UNKNOWN"}) {
			t.Errorf("%s: %+v", mutation, m.Errors)
		}
		return m
	})
	w.wantMirror(t, writtenKinds()...)
	w.wantOneOfEach(t)
	if left := kills.count(t, "SELECT count(*) FROM lazi.bookings"); left > 0 {
		t.Errorf("%d bookings are left", left)
	}
	if open := kills.count(t, "SELECT count(*) FROM lazi.write_requests WHERE finished_at IS NULL"); open > 0 {
		t.Errorf("%d claims are open", open)
	}
}

// killsOf kills replicas on a world's database.
type killsOf struct {
	replicas *killWorld
	sent     *requests
	token    string
	db       *pgx.Conn
}

func newKillsOf(t *testing.T, w *world) *killsOf {
	t.Helper()
	k := &killsOf{sent: &requests{next: w.sim.Handler()}, token: w.token(t, tenant), replicas: newKillWorldIn(t, w.dsn)}
	upstream := httptest.NewServer(k.sent)
	t.Cleanup(upstream.Close)
	k.replicas.env = append(k.replicas.env, "SERVICE_TITAN_API_URL="+upstream.URL, "SERVICE_TITAN_AUTH_URL="+upstream.URL)
	var err error
	if k.db, err = pgx.Connect(t.Context(), w.dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.db.Close(context.WithoutCancel(t.Context())) })
	return k
}

// during kills a replica at the moment at which ServiceTitan has made its change.
func (k *killsOf) during(t *testing.T, mutation string, in input) {
	t.Helper()
	r := k.replicas.startReplica(t)
	k.sent.then(func() { r.kill(t) })
	body, err := json.Marshal(map[string]any{
		"query":     "mutation($in: " + strings.ToUpper(mutation[:1]) + mutation[1:] + "Input!) { " + mutation + "(input: $in) { userErrors { code } } }",
		"variables": map[string]any{"in": in},
	})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+r.address(t, "serving")+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+k.token)
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		resp.Body.Close()
		t.Errorf("%s: the replica answered %s, and was to be dead", mutation, resp.Status)
	}
	if len(k.sent.take()) != 1 {
		t.Errorf("%s: the change was not sent", mutation)
	}
}

// age makes claims as old as those of somebody who is gone.
func (k *killsOf) age(t *testing.T) {
	t.Helper()
	if _, err := k.db.Exec(t.Context(), "UPDATE lazi.write_requests SET touched_at = touched_at - interval '1 hour' WHERE finished_at IS NULL"); err != nil {
		t.Fatal(err)
	}
}

func (k *killsOf) count(t *testing.T, sql string) (n int) {
	t.Helper()
	if err := k.db.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
