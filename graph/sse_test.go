package graph_test

import (
	"bufio"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

const watchBody = `{"query":"subscription { syncProgress { runId } }"}`

// stream opens a stream of events; frames reads one after the other.
func (s *server) stream(t *testing.T, r *http.Request) (resp *http.Response, frame func() string) {
	t.Helper()
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	lines := bufio.NewReader(resp.Body)
	return resp, func() string {
		var all strings.Builder
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return err.Error()
			}
			if line == "\n" && all.Len() > 0 && all.String() != ":\n" {
				return all.String()
			}
			if line == "\n" {
				all.Reset() // a comment: the stream lives
				continue
			}
			all.WriteString(line)
		}
	}
}

func TestEvents_subscription(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(cfg *graph.Config) { cfg.PingInterval = 10 * time.Millisecond })
	resp, frame := s.stream(t, s.request(t, http.MethodPost, "", watchBody, "Accept", "text/event-stream"))
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || !strings.HasPrefix(got, "text/event-stream") {
		t.Fatalf("status %d, type %s", resp.StatusCode, got)
	}
	const next = "event: next\ndata: " + `{"data":{"syncProgress":{"runId":"7"}}}` + "\n"
	s.move(t, &domain.SyncRun{ID: 7})
	if got := frame(); got != next {
		t.Errorf("frame %q", got)
	}
	<-time.After(2 * s.Config.ReadTimeout) // what other requests must not take
	s.move(t, &domain.SyncRun{ID: 7})
	if got := frame(); got != next {
		t.Errorf("frame %q after the server's time for reading", got)
	}
	s.move(t, nil)
	if got := frame(); got != "event: complete\ndata:\n" {
		t.Errorf("frame %q", got)
	}
	if got := frame(); got != io.EOF.Error() {
		t.Errorf("after the end comes %q", got)
	}
}

func TestEvents_errorsAreEvents(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	for _, r := range []*http.Request{
		s.request(t, http.MethodPost, "", `{"query":"{ shoeSize }"}`, "Accept", "text/event-stream"),
		s.request(t, http.MethodGet, "?query="+url.QueryEscape("{ shoeSize }"), "", "Accept", "text/event-stream"),
	} {
		resp, frame := s.stream(t, r)
		if got := frame(); resp.StatusCode != http.StatusOK || !strings.Contains(got, "GRAPHQL_VALIDATION_FAILED") || strings.Contains(got, `"data"`) {
			t.Errorf("status %d, frame %q", resp.StatusCode, got)
		}
		if got := frame(); got != "event: complete\ndata:\n" {
			t.Errorf("frame %q", got)
		}
	}
	resp, _ := s.do(t, s.request(t, http.MethodGet, "?query="+url.QueryEscape(`mutation { cancelSync(input: {runId: "1"}) { userErrors { code } } }`), "", "Accept", "text/event-stream"))
	if resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != "POST" {
		t.Errorf("a mutation by GET: status %d, Allow %q", resp.StatusCode, resp.Header.Get("Allow"))
	}
}

func TestEvents_endWithTheToken(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	r := s.request(t, http.MethodPost, "", watchBody, "Accept", "text/event-stream", "Authorization", s.bearer(t, auth.Admin, 2*time.Second))
	_, frame := s.stream(t, r)
	if got := frame(); !strings.Contains(got, `"code":"UNAUTHENTICATED"`) || !strings.Contains(got, "expired") {
		t.Errorf("frame %q", got)
	}
	if got := frame(); got != "event: complete\ndata:\n" {
		t.Errorf("frame %q", got)
	}
	s.wantEnded(t)
}

func TestEvents_serverStops(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	_, frame := s.stream(t, s.request(t, http.MethodPost, "", watchBody, "Accept", "text/event-stream"))
	s.move(t, &domain.SyncRun{ID: 7})
	frame()
	s.Handler.Close()
	if got := frame(); !strings.HasPrefix(got, "event: next\n") || !strings.Contains(got, `"code":"UNAVAILABLE"`) {
		t.Errorf("frame %q does not tell that the server stops", got)
	}
	if got := frame(); got != io.EOF.Error() {
		t.Errorf("frame %q: a client must not take the end for the end of the subscription", got)
	}
	s.wantEnded(t)
	if resp, _ := s.do(t, s.request(t, http.MethodPost, "", watchBody, "Accept", "text/event-stream")); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a stream of a server that stops has status %d", resp.StatusCode)
	}
}
