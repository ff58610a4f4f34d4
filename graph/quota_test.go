package graph_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/graph/quota"
	"lazilabs.com/lazi/internal/domain"
)

// spent is a ledger whose budgets hold so much, and then come back after a while.
type spent struct{ left chan int64 }

func newSpent(left int64) spent {
	s := spent{make(chan int64, 1)}
	s.left <- left
	return s
}

func (s spent) TakeCost(_ context.Context, _ domain.TenantID, _ []byte, _, least, _ int64) (int64, time.Duration, error) {
	left := <-s.left
	defer func() { s.left <- left }()
	if left < least {
		return 0, 20500 * time.Millisecond, nil
	}
	left -= least
	return least, 0, nil
}

// broke is a server whose callers have spent all that they may.
func broke(t *testing.T) *server {
	t.Helper()
	return newServer(t, func(c *graph.Config) { c.Quota = quota.Config{SubjectCost: 2_000_000, Ledger: newSpent(0)} })
}

const asksViewer = `{"query":"{ viewer { role } }"}`

func TestQuota_refusalOverHTTP(t *testing.T) {
	t.Parallel()
	s := broke(t)
	for _, accept := range []string{"application/json", "application/graphql-response+json"} {
		resp, text := s.do(t, s.request(t, http.MethodPost, "", asksViewer, "Accept", accept))
		if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "21" || resp.Header.Get("Content-Type") != accept {
			t.Errorf("%s: status %d, %v", accept, resp.StatusCode, resp.Header)
		}
		want := `{"errors":[{"message":"the limit of cost of a caller in a minute is 2000000: try again later",` +
			`"extensions":{"code":"RATE_LIMITED","limit":"cost of a caller in a minute","max":2000000,"retryAfter":21}}]}`
		if diff := cmp.Diff(want, text); diff != "" {
			t.Errorf("answer (-want +got):\n%s", diff)
		}
	}
}

func TestQuota_refusalByEvents(t *testing.T) {
	t.Parallel()
	s := broke(t)
	resp, text := s.do(t, s.request(t, http.MethodPost, "", asksViewer, "Accept", "text/event-stream"))
	if resp.StatusCode != http.StatusOK || !strings.Contains(text, `"code":"RATE_LIMITED"`) || !strings.Contains(text, "event: complete") ||
		strings.Contains(text, `"data":`) {
		t.Errorf("status %d, %s", resp.StatusCode, text)
	}
}

func TestQuota_nonsenseCostsToo(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(c *graph.Config) { c.Quota = quota.Config{SubjectCost: 2_000_000, Ledger: newSpent(1000)} })
	nonsense := `{"query":"{ ` + strings.Repeat("nothing ", 500) + `}"}`
	if resp, text := s.do(t, s.request(t, http.MethodPost, "", nonsense)); resp.StatusCode == http.StatusTooManyRequests {
		t.Fatalf("the first is refused already: %.200s", text)
	}
	if resp, text := s.do(t, s.request(t, http.MethodPost, "", nonsense)); resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("status %d, %.200s", resp.StatusCode, text)
	}
}

// A place is free again after every way an operation can end, also without having begun.
func TestQuota_placesAreGivenBack(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(c *graph.Config) {
		c.Quota = quota.Config{Operations: 1, SubjectOperations: 1, SubjectSubscriptions: 1}
	})
	mutation := `mutation { cancelSync(input: {runId: "1"}) { userErrors { message } } }`
	subscription, _ := json.Marshal(map[string]string{"query": `subscription { syncProgress(entities: [PAYMENTS]) { runId } }`})
	for range 3 {
		s.do(t, s.request(t, http.MethodPost, "", `{"query":"{ nothing }"}`))
		s.do(t, s.request(t, http.MethodPost, "", `{"query":"{ viewer "}`))
		s.do(t, s.request(t, http.MethodGet, "?query="+strings.ReplaceAll(mutation, " ", "%20"), ""))
		s.do(t, s.request(t, http.MethodPost, "", string(subscription)))
		s.do(t, s.request(t, http.MethodPost, "", string(subscription), "Accept", "text/event-stream"))
		s.do(t, s.request(t, http.MethodPost, "", asksViewer, "Accept", "text/event-stream"))
		if resp, text := s.do(t, s.request(t, http.MethodPost, "", asksViewer)); !strings.Contains(text, "ADMIN") {
			t.Fatalf("status %d, %s", resp.StatusCode, text)
		}
	}
}

func TestQuota_refusalByWebsocket(t *testing.T) {
	t.Parallel()
	c := broke(t).enter(t)
	c.send(`{"id":"1","type":"subscribe","payload":` + asksViewer + `}`)
	c.want(`{"id":"1","type":"error","payload":[{"message":"the limit of cost of a caller in a minute is 2000000: try again later","extensions":{"code":"RATE_LIMITED"`)
}

func TestQuota_subscriptionsOfACaller(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(c *graph.Config) { c.Quota = quota.Config{SubjectSubscriptions: 1} })
	c := s.enter(t)
	subscribe := `{"id":"%","type":"subscribe","payload":{"query":"subscription { syncProgress { runId } }"}}`
	c.send(strings.ReplaceAll(subscribe, "%", "1"))
	s.syncs.moves <- &domain.SyncRun{ID: 7, Kind: "Customer"}
	c.want(`{"id":"1","type":"next"`)
	other := s.enter(t) // another connection of the same caller
	other.send(strings.ReplaceAll(subscribe, "%", "2"))
	other.want(`{"id":"2","type":"error","payload":[{"message":"the limit of subscriptions of a caller is 1: try again later","extensions":{"code":"RATE_LIMITED"`)
	other.send(`{"id":"3","type":"subscribe","payload":` + asksViewer + `}`)
	other.want(`{"id":"3","type":"next"`)
}
