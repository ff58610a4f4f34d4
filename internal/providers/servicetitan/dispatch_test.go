package servicetitan_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers/servicetitan"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
)

// planner is a ServiceTitan that answers what plans take with given texts, or a status; the clock of who asks stands still.
type planner struct {
	*servicetitan.Provider
	mu     sync.Mutex
	now    time.Time
	status int
	answer map[string]string // by the end of the path
	calls  int
}

func newPlanner(t *testing.T) *planner {
	t.Helper()
	p := &planner{now: anchor(), status: http.StatusOK, answer: map[string]string{}}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	s, err := store.Open(t.Context(), storetest.New(t), store.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	p.Provider = servicetitan.New(s, accounts(t, server.URL), servicetitan.Config{Patience: time.Minute, Now: func() time.Time {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.now
	}})
	t.Cleanup(p.Close)
	return p
}

func (p *planner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/connect/token" {
		fmt.Fprint(w, `{"access_token":"sample","token_type":"Bearer","expires_in":900}`)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	w.WriteHeader(p.status)
	fmt.Fprint(w, p.answer[r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]])
}

// becomes changes what ServiceTitan answers, later.
func (p *planner) becomes(later time.Duration, status int, path, answer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now, p.status, p.answer[path] = p.now.Add(later), status, answer
}

// asked is how many calls came since the last look.
func (p *planner) asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.calls
	p.calls = 0
	return n
}

func weekdays(from, until int) domain.BusinessHours {
	h := domain.BusinessHours{}
	for day := time.Monday; day <= time.Friday; day++ {
		h[day] = []domain.OpenHours{{From: time.Duration(from) * time.Hour, Until: time.Duration(until) * time.Hour}}
	}
	return h
}

func TestBusinessHours_areRememberedAndOutliveOutages(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	want := func(about string, want domain.BusinessHours, calls bool) {
		t.Helper()
		got, err := p.BusinessHours(t.Context(), tenant)
		if err != nil {
			t.Fatalf("%s: %v", about, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", about, diff)
		}
		if n := p.asked(); n > 0 != calls {
			t.Errorf("%s: %d calls", about, n)
		}
	}
	p.becomes(0, http.StatusServiceUnavailable, "business-hours", "")
	want("never known", weekdays(8, 17), true)
	want("asked a moment ago", weekdays(8, 17), false)
	p.becomes(2*time.Minute, http.StatusOK, "business-hours", `{"weekdays":[{"fromHour":7,"toHour":19}],"saturday":[],"sunday":[{"fromHour":9,"toHour":9}]}`)
	want("told at last", weekdays(7, 19), true)
	p.becomes(9*time.Minute, http.StatusOK, "business-hours", `{"weekdays":[{"fromHour":6,"toHour":18}],"saturday":[],"sunday":[]}`)
	want("remembered", weekdays(7, 19), false)
	p.becomes(2*time.Minute, http.StatusServiceUnavailable, "business-hours", "")
	want("away again", weekdays(7, 19), true)
	p.becomes(2*time.Minute, http.StatusOK, "business-hours", `{"weekdays":[{"fromHour":6,"toHour":18}],"saturday":[],"sunday":[]}`)
	want("changed", weekdays(6, 18), true)
}

func TestUpstreamCapacity_isServiceTitansOwn(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	week := domain.TimeWindow{Start: anchor(), End: anchor().AddDate(0, 0, 7)}
	p.becomes(0, http.StatusOK, "capacity", `{"timeStamp":"2026-03-11T00:00:00Z","availabilities":[
		{"start":"2026-03-12T08:00:00","businessUnitIds":[4],"totalAvailability":5.5,"openAvailability":2},
		{"start":"2026-03-12T13:00:00","businessUnitIds":[4],"totalAvailability":4,"openAvailability":0.25},
		{"start":"2026-03-12T08:00:00","businessUnitIds":[4,5],"totalAvailability":90,"openAvailability":90},
		{"start":"soon","businessUnitIds":[4],"totalAvailability":90,"openAvailability":90}]}`)
	got, err := p.UpstreamCapacity(t.Context(), tenant, week, []int64{4})
	if err != nil {
		t.Fatal(err)
	}
	day := domain.UnitDay{BusinessUnit: 4, Date: time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)}
	if diff := cmp.Diff(map[domain.UnitDay]domain.UpstreamCapacity{day: {TotalHours: 9.5, OpenHours: 2.25}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p.asked()
	long := domain.TimeWindow{Start: anchor(), End: anchor().AddDate(0, 0, 15)}
	if _, err := p.UpstreamCapacity(t.Context(), tenant, long, []int64{4}); !errors.Is(err, domain.ErrInvalid) || p.asked() > 0 {
		t.Errorf("more than ServiceTitan tells: %v", err)
	}
	p.becomes(0, http.StatusForbidden, "capacity", `{"title":"Scope validation failed"}`)
	if _, err := p.UpstreamCapacity(t.Context(), tenant, week, []int64{4}); !errors.Is(err, domain.ErrUnauthorized) {
		t.Errorf("without the scope: %v", err)
	}
	p.becomes(0, http.StatusServiceUnavailable, "capacity", "")
	if _, err := p.UpstreamCapacity(t.Context(), tenant, week, []int64{4}); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("while ServiceTitan is away: %v", err)
	}
}
