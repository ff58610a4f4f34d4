package stclient_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lazilabs.com/lazi/internal/stclient"
)

// weather is a switchable upstream behaviour.
type weather struct{ now atomic.Int64 }

func (s *weather) set(status int) { s.now.Store(int64(status)) }

func (s *weather) api(w http.ResponseWriter, r *http.Request, n int) {
	switch code := int(s.now.Load()); code {
	case 0:
		record(w, r, n)
	case -1:
		<-r.Context().Done()
	default:
		w.WriteHeader(code)
	}
}

// withBreaker opens after three failures for a minute, and tries every call once.
func withBreaker(cfg *stclient.Config) {
	cfg.BreakerFailures, cfg.BreakerCooldown, cfg.MaxAttempts, cfg.RequestsPerSecond = 3, time.Minute, 1, 60
}

func TestBreaker_opensProbesAndCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s weather
		u, c := setup(t, s.api, withBreaker)
		tenant, other := open(c), open(c)
		s.set(http.StatusBadGateway)
		for range 10 {
			wantCode(t, getErr(t.Context(), tenant), stclient.CodeUnavailable)
		}
		if n := len(u.requests()); n != 3 {
			t.Fatalf("%d requests reached the failing upstream, want 3", n)
		}
		var e *stclient.Error
		if err := getErr(t.Context(), tenant); !errors.As(err, &e) || e.Status != 0 || e.RetryAfter <= 0 || e.RetryAfter > time.Minute {
			t.Errorf("the open breaker's error tells no wait: %v", err)
		}
		s.set(0)
		if err := getErr(t.Context(), other); err != nil {
			t.Errorf("another tenant's breaker opened too: %v", err)
		}
		wantCode(t, getErr(t.Context(), tenant), stclient.CodeUnavailable)

		<-time.After(time.Minute)
		s.set(http.StatusBadGateway)
		for range 5 { // one probe, which fails
			wantCode(t, getErr(t.Context(), tenant), stclient.CodeUnavailable)
		}
		if n := len(u.requests()); n != 5 {
			t.Errorf("%d requests, want 5: three, another tenant's, one probe", n)
		}
		<-time.After(time.Minute)
		s.set(0)
		for range 5 {
			if err := getErr(t.Context(), tenant); err != nil {
				t.Errorf("after a good probe: %v", err)
			}
		}
	})
}

func TestBreaker_oneProbeAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s weather
		u, c := setup(t, s.api, withBreaker)
		tenant := open(c)
		s.set(http.StatusBadGateway)
		for range 3 {
			wantCode(t, getErr(t.Context(), tenant), stclient.CodeUnavailable)
		}
		<-time.After(time.Minute)
		s.set(-1)
		ctx, cancel := context.WithCancel(t.Context())
		probe := make(chan error, 1)
		go func() { probe <- getErr(ctx, tenant) }()
		synctest.Wait()
		wantCode(t, getErr(t.Context(), tenant), stclient.CodeUnavailable)
		if n := len(u.requests()); n != 4 {
			t.Errorf("%d requests, want 4: three and the probe", n)
		}
		// An abandoned probe tells nothing and frees the place for the next.
		cancel()
		wantCode(t, <-probe, stclient.CodeCanceled)
		s.set(0)
		if err := getErr(t.Context(), tenant); err != nil {
			t.Errorf("the next probe: %v", err)
		}
	})
}

func TestBreaker_properAnswersDoNotCount(t *testing.T) {
	t.Parallel()
	for _, code := range []int{http.StatusTooManyRequests, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict} {
		t.Run(http.StatusText(code), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var s weather
				u, c := setup(t, s.api, withBreaker)
				tenant := open(c)
				s.set(code)
				for range 10 {
					if getErr(t.Context(), tenant) == nil {
						t.Fatal("the failing upstream gave no error")
					}
				}
				if n := len(u.requests()); n != 10 {
					t.Errorf("%d requests, want 10", n)
				}
			})
		})
	}
}

func TestBreaker_opensDuringTheRepeatsOfACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s weather
		u, c := setup(t, s.api, withBreaker, func(cfg *stclient.Config) { cfg.MaxAttempts = 9 })
		s.set(http.StatusInternalServerError)
		wantCode(t, getErr(t.Context(), open(c)), stclient.CodeUnavailable)
		if n := len(u.requests()); n != 3 {
			t.Errorf("%d requests, want 3", n)
		}
	})
}

func TestBreaker_hangingUpstreamOpensIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s weather
		u, c := setup(t, s.api, withBreaker)
		tenant := open(c)
		s.set(-1)
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			wantCode(t, getErr(ctx, tenant), stclient.CodeUnavailable)
			cancel()
		}
		if got := time.Since(u.start).Round(time.Second); got != 30*time.Second {
			t.Errorf("five impatient callers waited %v, want 30s: the last two fail at once", got)
		}
	})
}

func TestBreaker_callersInAHurryDoNotOpenIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s weather
		u, c := setup(t, s.api, withBreaker)
		tenant := open(c)
		s.set(-1)
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			wantCode(t, getErr(ctx, tenant), stclient.CodeUnavailable)
			cancel()
		}
		if n := len(u.requests()); n != 5 {
			t.Errorf("%d requests, want 5", n)
		}
	})
}
