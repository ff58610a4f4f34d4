package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

// `make test-load` has 200 clients for a minute.
var (
	loadClients = flag.Int("load.clients", 12, "how many clients TestLoad has")
	loadTime    = flag.Duration("load.time", time.Second, "for how long they ask before one server is stopped")
)

// maxResident is how much memory a server may hold under load, in bytes.
const maxResident = 250 << 20

// balancer sends clients to the servers that are ready, as load balancers do.
type balancer struct {
	addresses []string
	ready     []atomic.Bool
	next      atomic.Int64
}

func newBalancer(addresses ...string) *balancer {
	b := &balancer{addresses: addresses, ready: make([]atomic.Bool, len(addresses))}
	for i := range b.ready {
		b.ready[i].Store(true)
	}
	return b
}

// watch asks the servers whether they are ready, until the context ends.
func (b *balancer) watch(ctx context.Context, client *http.Client) {
	for ctx.Err() == nil {
		for i, address := range b.addresses {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", http.NoBody)
			if err != nil {
				return
			}
			resp, err := client.Do(req)
			b.ready[i].Store(err == nil && resp.StatusCode == http.StatusOK)
			if err == nil {
				resp.Body.Close()
			}
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

func (b *balancer) pick() string {
	for {
		i := int(b.next.Add(1)) % len(b.addresses)
		if b.ready[i].Load() {
			return b.addresses[i]
		}
	}
}

// load is what clients have met.
type load struct {
	mu        sync.Mutex
	latencies []time.Duration
	failures  []string
}

func (l *load) note(took time.Duration, failure string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latencies = append(l.latencies, took)
	if failure != "" && len(l.failures) < 10 {
		l.failures = append(l.failures, failure)
	}
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.latencies)
}

// client asks one question after the other until the context ends; a question that was begun is answered.
func (l *load) client(ctx context.Context, t *testing.T, n int, b *balancer, http1 *http.Client, bodies [][]byte) {
	t.Helper()
	token, err := app.Token(testConfig(t, nil), auth.Grant{Subject: "client-" + strconv.Itoa(n), Tenants: []int64{tenant}, Role: auth.Admin}, time.Hour)
	if err != nil {
		t.Error(err)
		return
	}
	for i := n; ctx.Err() == nil; i++ {
		began := time.Now()
		failure := sendTo(context.WithoutCancel(ctx), http1, b.pick(), token, bodies[i%len(bodies)])
		l.note(time.Since(began), failure)
	}
}

// sendTo sends a question and returns what is wrong with an answer.
func sendTo(ctx context.Context, client *http.Client, address, token string, body []byte) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err.Error()
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || bytes.Contains(text, []byte(`"errors":`)) || !bytes.HasSuffix(text, []byte("}}")) {
		return fmt.Sprintf("%d %.200s %v", resp.StatusCode, text, err)
	}
	return ""
}

// resident is how much memory a process holds, in bytes.
func resident(t *testing.T, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0 // it has ended
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// mixed are the screens' queries.
func mixed(t *testing.T, sim *simulator.Simulator) [][]byte {
	t.Helper()
	places, err := app.PlacesOf(sim, domain.Tenant{ID: domain.TenantID(tenant), TimeZone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	examples, err := app.Examples(places)
	if err != nil {
		t.Fatal(err)
	}
	var bodies [][]byte
	for _, e := range examples {
		if !strings.Contains(e.Query, "\nquery ") {
			continue
		}
		body, err := json.Marshal(map[string]any{"query": e.Query, "variables": e.Variables})
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

// TestLoad has many clients ask two servers for all screens, and stops one server amid it all: no request is lost.
func TestLoad(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	w.sim.Faults().Set(simulator.Settings{})
	w.env = append(w.env, "PAGE_SIZE=5000", "DRAIN_DELAY=1s", "SHUTDOWN_TIMEOUT=1m", "QUERY_COST_PER_MINUTE=0", "TENANT_COST_PER_MINUTE=0")
	first, second := w.startReplica(t), w.startReplica(t)
	b := newBalancer(first.address(t, "serving"), second.address(t, "serving"))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: *loadClients}, Timeout: patience}
	defer client.CloseIdleConnections()
	token, err := app.Token(testConfig(t, nil), auth.Grant{Subject: "tester", Tenants: []int64{tenant}, Role: auth.Admin}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if failure := sendTo(t.Context(), client, b.pick(), token, []byte(`{"query":"mutation { startSync(input: {mode: FULL}) { runs { runId } } }"}`)); failure != "" {
		t.Fatal(failure)
	}
	until(t, "everything is copied", func() bool {
		return one[int64](t, w, "SELECT count(*) FROM raw.sync_state WHERE last_full_sync_at IS NOT NULL") == int64(len(domain.Kinds()))
	})

	var l load
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var clients, watcher sync.WaitGroup
	watcher.Go(func() { b.watch(ctx, client) })
	bodies := mixed(t, w.sim)
	for n := range *loadClients {
		clients.Go(func() { l.client(ctx, t, n, b, client, bodies) })
	}
	most := watchMemory(t, *loadTime, first, second)
	quiet := l.count()
	first.signal(t, syscall.SIGTERM)
	if code := first.exitCode(t); code != 0 {
		t.Errorf("the stopped server ends with exit code %d", code)
	}
	stop()
	clients.Wait()
	watcher.Wait()
	for _, f := range l.failures {
		t.Errorf("a request failed: %s", f)
	}
	if most > maxResident {
		t.Errorf("a server held %d MB", most>>20)
	}
	slices.Sort(l.latencies)
	at := func(p float64) time.Duration {
		return l.latencies[int(p*float64(len(l.latencies)-1))].Round(time.Millisecond)
	}
	t.Logf("%d clients, %d requests (%d before the stop, %.0f a second): p50 %v, p95 %v, p99 %v, longest %v; at most %d MB a server",
		*loadClients, len(l.latencies), quiet, float64(quiet)/loadTime.Seconds(), at(.5), at(.95), at(.99), at(1), most>>20)
}

// watchMemory lets some time pass and returns the most memory that a server held.
func watchMemory(t *testing.T, d time.Duration, servers ...*replica) (most int64) {
	t.Helper()
	for until := time.Now().Add(d); time.Now().Before(until); {
		for _, r := range servers {
			most = max(most, resident(t, r.cmd.Process.Pid))
		}
		pass(t, min(100*time.Millisecond, d))
	}
	return most
}
