package stclient_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/stclient"
)

func TestToken_request(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, record)
		if err := getErr(t.Context(), open(c)); err != nil {
			t.Fatal(err)
		}
		r := u.auths[0]
		want := map[string][]string{"grant_type": {"client_credentials"}, "client_id": {"cid.sample"}, "client_secret": {testSecret}}
		if diff := cmp.Diff(want, map[string][]string(r.PostForm)); diff != "" {
			t.Errorf("form (-want +got):\n%s", diff)
		}
		if r.Method != http.MethodPost || r.Header.Get("Authorization") != "" || r.URL.RawQuery != "" {
			t.Errorf("token asked for with %s %s, Authorization %q", r.Method, r.URL, r.Header.Get("Authorization"))
		}
		got := u.calls[0].Header
		for name, want := range map[string]string{
			"Authorization": "Bearer token-1", "St-App-Key": testAppKey, "Accept": "application/json", "User-Agent": "lazi",
		} {
			if got.Get(name) != want {
				t.Errorf("header %s is %q, want %q", name, got.Get(name), want)
			}
		}
	})
}

func TestToken_sharedByConcurrentCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, record, func(cfg *stclient.Config) { cfg.RequestsPerSecond = 60 })
		tenant := open(c)
		errs := inParallel(100, func() error { return getErr(t.Context(), tenant) })
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if u.authCount() != 1 || len(u.requests()) != 100 {
			t.Errorf("%d token requests and %d calls, want 1 and 100", u.authCount(), len(u.requests()))
		}
	})
}

func TestToken_renewedFiveMinutesEarly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		life    int
		after   time.Duration
		renewed bool
	}{
		{"900 s, young", 900, 10*time.Minute - time.Second, false},
		{"900 s, at 10 minutes", 900, 10 * time.Minute, true},
		{"60 s, before half its life", 60, 29 * time.Second, false},
		{"60 s, at half its life", 60, 30 * time.Second, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, c := setup(t, record)
				u.token = func(w http.ResponseWriter, _ *http.Request) { grant(w, "token", tt.life) }
				tenant := open(c)
				for range 2 {
					if err := getErr(t.Context(), tenant); err != nil {
						t.Fatal(err)
					}
					<-time.After(tt.after)
				}
				if got := u.authCount() == 2; got != tt.renewed {
					t.Errorf("%d token requests, renewed should be %v", u.authCount(), tt.renewed)
				}
			})
		})
	}
}

func TestToken_renewedOnceOn401(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, func(w http.ResponseWriter, r *http.Request, n int) {
			if r.Header.Get("Authorization") == "Bearer token-1" {
				gateway(w, http.StatusUnauthorized, "Unauthorized")
				return
			}
			record(w, r, n)
		}, func(cfg *stclient.Config) { cfg.RequestsPerSecond = 60 })
		tenant := open(c)
		errs := inParallel(20, func() error { return getErr(t.Context(), tenant) })
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if u.authCount() != 2 {
			t.Errorf("%d token requests, want 2: twenty callers share one renewal", u.authCount())
		}
	})
}

func TestToken_second401IsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
			gateway(w, http.StatusUnauthorized, "Unauthorized")
		})
		err := getErr(t.Context(), open(c))
		wantCode(t, err, stclient.CodeTenantNotAuthorised)
		if !strings.Contains(err.Error(), "tenant 4711") {
			t.Errorf("error does not name the tenant: %v", err)
		}
		if u.authCount() != 2 || len(u.requests()) != 2 {
			t.Errorf("%d token requests and %d calls, want 2 and 2", u.authCount(), len(u.requests()))
		}
	})
}

func TestToken_endpointFailures(t *testing.T) {
	t.Parallel()
	oauthError := func(status int) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { write(w, status, map[string]any{"error": "invalid_client"}) }
	}
	throttle := func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	tests := []struct {
		name     string
		fail     func(http.ResponseWriter)
		times    int
		want     stclient.Code
		requests int
		elapsed  time.Duration
	}{
		{"down once", status(http.StatusServiceUnavailable), 1, "", 2, 0},
		{"throttled once", throttle, 1, "", 2, 7 * time.Second},
		{"down for long", status(http.StatusBadGateway), 99, stclient.CodeUnavailable, 3, 0},
		{"throttled for long", throttle, 99, stclient.CodeRateLimited, 3, 14 * time.Second},
		{"refused with 400", oauthError(http.StatusBadRequest), 99, stclient.CodeUnauthorized, 1, 0},
		{"refused with 401", oauthError(http.StatusUnauthorized), 99, stclient.CodeUnauthorized, 1, 0},
		{"no token in the answer", status(http.StatusOK), 99, stclient.CodeBadResponse, 3, 0},
		{"dropped connection", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, 1, "", 2, 0},
		{"redirect", func(w http.ResponseWriter) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusFound)
		}, 99, stclient.CodeBadResponse, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, c := setup(t, record)
				left := tt.times
				u.token = func(w http.ResponseWriter, _ *http.Request) {
					if left--; left >= 0 {
						tt.fail(w)
						return
					}
					grant(w, "token", 900)
				}
				wantCode(t, getErr(t.Context(), open(c)), tt.want)
				if u.authCount() != tt.requests {
					t.Errorf("%d token requests, want %d", u.authCount(), tt.requests)
				}
				if got := time.Since(u.start); got != tt.elapsed {
					t.Errorf("took %v, want %v", got, tt.elapsed)
				}
			})
		})
	}
}

func TestToken_refusedCredentialsAreNotAStorm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, record)
		u.token = func(w http.ResponseWriter, _ *http.Request) {
			write(w, http.StatusBadRequest, map[string]any{"error": "invalid_client"})
		}
		tenant := open(c)
		for range 50 {
			err := getErr(t.Context(), tenant)
			wantCode(t, err, stclient.CodeUnauthorized)
			for _, part := range []string{"get Customer 1", "client secret of tenant 4711 refused", "invalid_client"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error lacks %q: %v", part, err)
				}
			}
		}
		if u.authCount() != 1 || len(u.requests()) != 0 {
			t.Errorf("%d token requests and %d calls, want 1 and 0", u.authCount(), len(u.requests()))
		}
		<-time.After(time.Minute)
		u.token = nil
		if err := getErr(t.Context(), tenant); err != nil {
			t.Errorf("after the pause: %v", err)
		}
	})
}

func TestToken_failedEarlyRenewalKeepsTheOldToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, record)
		tenant := open(c)
		if err := getErr(t.Context(), tenant); err != nil {
			t.Fatal(err)
		}
		u.token = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
		<-time.After(11 * time.Minute)
		if err := getErr(t.Context(), tenant); err != nil {
			t.Errorf("with four minutes left: %v", err)
		}
		<-time.After(4 * time.Minute)
		wantCode(t, getErr(t.Context(), tenant), stclient.CodeUnavailable)
	})
}

func TestToken_callerWhoLeavesDoesNotStopTheRenewal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, record)
		u.token = func(w http.ResponseWriter, _ *http.Request) {
			<-time.After(5 * time.Second)
			grant(w, "token", 900)
		}
		tenant := open(c)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		impatient := make(chan error, 1)
		go func() { impatient <- getErr(ctx, tenant) }()
		synctest.Wait()
		if err := getErr(t.Context(), tenant); err != nil {
			t.Errorf("patient caller: %v", err)
		}
		if err := <-impatient; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("impatient caller: %v, want a deadline error", err)
		}
		if u.authCount() != 1 {
			t.Errorf("%d token requests, want 1", u.authCount())
		}
	})
}

// inParallel runs f n times at once and returns the errors.
func inParallel(n int, f func() error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = f() })
	}
	wg.Wait()
	return errs
}
