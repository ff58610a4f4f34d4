package app_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/auth"
)

// address waits for the address that a replica logs beside a message.
func (r *replica) address(t *testing.T, message string) string {
	t.Helper()
	line := regexp.MustCompile(`msg="?` + message + `"? address=\S*:(\d+)`)
	var found []string
	until(t, message, func() bool { found = line.FindStringSubmatch(r.log.String()); return found != nil })
	return "127.0.0.1:" + found[1]
}

// status asks for a page and returns its status and body, or 0 when nobody answers.
func status(t *testing.T, url string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(body))
}

// underWayRequest begins a request to the graph and returns when the server waits for the rest of it.
type underWayRequest struct {
	conn net.Conn
	from *bufio.Reader
	rest string
}

func beginRequest(t *testing.T, address string) *underWayRequest {
	t.Helper()
	token, err := app.Token(testConfig(t, nil), auth.Grant{Subject: "tester", Tenants: []int64{tenant}, Role: auth.Admin}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	r := &underWayRequest{conn: conn, from: bufio.NewReader(conn), rest: `{"query":"{ __typename }"}`}
	fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: lazi.example.test\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		token, len(r.rest))
	if line, err := r.from.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the server answers %q, %v", line, err)
	}
	if _, err := r.from.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return r
}

// finish sends the rest and returns the answer's status and body.
func (r *underWayRequest) finish(t *testing.T) (int, string) {
	t.Helper()
	if _, err := io.WriteString(r.conn, r.rest); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(r.from, nil)
	if err != nil {
		t.Fatalf("the request under way is not answered: %v", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// TestShutdown_losesNoRequest ends a process by SIGTERM amid a request: load balancers are told first, then nobody new is let
// in, and what is under way is answered.
func TestShutdown_losesNoRequest(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	w.env = append(w.env, "OPS_PORT=0", "DRAIN_DELAY=2s", "SHUTDOWN_TIMEOUT=1m")
	r := w.startReplica(t)
	front, ops := r.address(t, "serving"), r.address(t, "serving operators")
	if code, body := status(t, "http://"+ops+"/readyz"); code != http.StatusOK || !strings.Contains(body, `"migrations":"ok"`) {
		t.Fatalf("before the stop /readyz answers %d %s", code, body)
	}
	request := beginRequest(t, front)
	r.signal(t, syscall.SIGTERM)
	until(t, "readiness ends", func() bool {
		code, body := status(t, "http://"+ops+"/readyz")
		return code == http.StatusServiceUnavailable && body == `{"status":"draining"}`
	})
	if code, body := status(t, "http://"+front+"/healthz"); code != http.StatusOK {
		t.Errorf("while load balancers may not have noticed yet, a new request is answered %d %s", code, body)
	}
	until(t, "connections are refused", func() bool { code, _ := status(t, "http://"+front+"/healthz"); return code == 0 })
	if r.hasEnded() {
		t.Fatal("the process has ended amid a request")
	}
	if code, body := request.finish(t); code != http.StatusOK || body != `{"data":{"__typename":"Query"}}` {
		t.Errorf("the request under way is answered %d %s", code, body)
	}
	if code := r.exitCode(t); code != 0 {
		t.Errorf("the process ends with exit code %d", code)
	}
}

// TestShutdown_hasAnEnd ends a process by SIGTERM amid a request whose client never sends the rest.
func TestShutdown_hasAnEnd(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	w.env = append(w.env, "DRAIN_DELAY=0s", "SHUTDOWN_TIMEOUT=1s")
	r := w.startReplica(t)
	beginRequest(t, r.address(t, "serving"))
	at := time.Now()
	r.signal(t, syscall.SIGTERM)
	if code := r.exitCode(t); code == 0 {
		t.Error("the process does not tell that it cut off a request")
	}
	if took := time.Since(at); took > 20*time.Second {
		t.Errorf("the process took %v to end", took)
	}
}
