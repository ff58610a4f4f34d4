package stclient_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/stclient"
)

func TestRetry_waitsAsLongAsTold(t *testing.T) {
	t.Parallel()
	const plain = "Rate limit is exceeded."
	tests := []struct {
		name   string
		header func() string
		title  string
		status int
		want   time.Duration
	}{
		{"seconds", func() string { return "7" }, plain, 429, 7 * time.Second},
		{"date", func() string { return time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat) }, plain, 429, 9 * time.Second},
		{"date in the past", func() string { return time.Now().Add(-time.Minute).UTC().Format(http.TimeFormat) }, plain, 429, 0},
		{"number in the title", nil, "Rate limit is exceeded. Try again in 50 seconds.", 429, 50 * time.Second},
		{"one second in the title", nil, "Rate limit is exceeded. Try again in 1 second.", 429, time.Second},
		{"header before title", func() string { return "3" }, "Rate limit is exceeded. Try again in 50 seconds.", 429, 3 * time.Second},
		{"unreadable header, number in the title", func() string { return "soon" }, "Try again in 5 seconds.", 429, 5 * time.Second},
		{"nothing told", nil, plain, 429, 0},
		{"negative", func() string { return "-5" }, plain, 429, 0},
		{"503 with seconds", func() string { return "4" }, "Down", 503, 4 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, c := setup(t, failing(1, func(w http.ResponseWriter) {
					if tt.header != nil {
						w.Header().Set("Retry-After", tt.header())
					}
					problem(w, tt.status, tt.title)
				}))
				if err := getErr(t.Context(), open(c)); err != nil {
					t.Fatal(err)
				}
				at := u.times()
				// Our own pacing of 60 a second turns a wait of nothing into 17 ms.
				if len(at) != 2 || at[1].Truncate(100*time.Millisecond) != tt.want {
					t.Errorf("requests at %v, want the second at %v", at, tt.want)
				}
			})
		})
	}
}

func TestRetry_jitter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		rand  float64
		told  string
		waits []time.Duration
	}{
		{"doubles its bound up to the limit", 0.5, "", []time.Duration{500 * time.Millisecond, time.Second, 1500 * time.Millisecond, 1500 * time.Millisecond}},
		{"may be nothing", 0, "", []time.Duration{0, 0, 0, 0}},
		{"comes on top of what was told", 0.5, "10", []time.Duration{10500 * time.Millisecond, 11 * time.Second, 11500 * time.Millisecond, 11500 * time.Millisecond}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, c := setup(t, failing(4, func(w http.ResponseWriter) {
					if tt.told != "" {
						w.Header().Set("Retry-After", tt.told)
					}
					w.WriteHeader(http.StatusServiceUnavailable)
				}), func(cfg *stclient.Config) {
					cfg.Rand = func() float64 { return tt.rand }
					cfg.Backoff, cfg.MaxBackoff = time.Second, 3*time.Second
					cfg.RequestsPerSecond = 60
				})
				if err := getErr(t.Context(), open(c)); err != nil {
					t.Fatal(err)
				}
				at := u.times()
				var waits []time.Duration
				for i := range at[1:] {
					// Our own pacing of 60 a second turns a wait of nothing into 17 ms.
					waits = append(waits, (at[i+1] - at[i]).Truncate(100*time.Millisecond))
				}
				if diff := cmp.Diff(tt.waits, waits); diff != "" {
					t.Errorf("waits (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestRetry_whatIsRepeated(t *testing.T) {
	t.Parallel()
	const once, five = 1, 5
	text := func(body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { _, _ = w.Write([]byte(body)) }
	}
	tests := []struct {
		name     string
		fail     func(http.ResponseWriter)
		want     stclient.Code
		requests int
	}{
		{"400", status(400), stclient.CodeInvalid, once},
		{"403", status(403), stclient.CodeTenantNotAuthorised, once},
		{"404", status(404), stclient.CodeTenantNotAuthorised, once},
		{"409", status(409), stclient.CodeConflict, once},
		{"422", status(422), stclient.CodeInvalid, once},
		{"redirect", func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://other.example.test/")
			w.WriteHeader(http.StatusFound)
		}, stclient.CodeBadResponse, once},
		{"429", status(429), stclient.CodeRateLimited, five},
		{"500", status(500), stclient.CodeUnavailable, five},
		{"502", status(502), stclient.CodeUnavailable, five},
		{"503", status(503), stclient.CodeUnavailable, five},
		{"504", status(504), stclient.CodeUnavailable, five},
		{"dropped connection", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, stclient.CodeUnavailable, five},
		{"HTML", text("<html><body>Maintenance</body></html>"), stclient.CodeBadResponse, five},
		{"truncated JSON", text(`{"id": 1, "name": "Sam`), stclient.CodeBadResponse, five},
		{"connection dropped in the body", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"id": 1,`))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, stclient.CodeBadResponse, five},
		{"empty body", status(200), stclient.CodeBadResponse, five},
		{"not an object", text(`null`), stclient.CodeBadResponse, five},
		{"two values", text(`{"id":1} {"id":2}`), stclient.CodeBadResponse, five},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, c := setup(t, failing(99, tt.fail))
				wantCode(t, getErr(t.Context(), open(c)), tt.want)
				if got := len(u.requests()); got != tt.requests {
					t.Errorf("%d requests, want %d", got, tt.requests)
				}
			})
			synctest.Test(t, func(t *testing.T) {
				if tt.requests == once {
					return
				}
				_, c := setup(t, failing(4, tt.fail))
				if err := getErr(t.Context(), open(c)); err != nil {
					t.Errorf("the fifth attempt was answered: %v", err)
				}
			})
		})
	}
}

func TestRetry_givesUpWhenTheWaitIsTooLong(t *testing.T) {
	t.Parallel()
	told := func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", "60")
		problem(w, http.StatusTooManyRequests, "Rate limit is exceeded.")
	}
	tests := []struct {
		name    string
		patient time.Duration
		maxWait time.Duration
	}{
		{"past the deadline", 30 * time.Second, 0},
		{"past MaxWait", time.Hour, 59 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, c := setup(t, failing(99, told), func(cfg *stclient.Config) { cfg.MaxWait = tt.maxWait })
				tenant := open(c)
				ctx, cancel := context.WithTimeout(t.Context(), tt.patient)
				defer cancel()
				for range 2 { // the second call knows of the pause and asks nobody
					err := getErr(ctx, tenant)
					wantCode(t, err, stclient.CodeRateLimited)
					var e *stclient.Error
					if !errors.As(err, &e) || e.RetryAfter != time.Minute {
						t.Errorf("error does not carry the wait of a minute: %v", err)
					}
				}
				if n := len(u.requests()); n != 1 || time.Since(u.start) != 0 {
					t.Errorf("%d requests in %v, want 1 at once", n, time.Since(u.start))
				}
			})
		})
	}
}

func TestRetry_429PausesTheTenantsOtherCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, failing(1, func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "20")
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		tenant := open(c)
		first := make(chan error, 1)
		go func() { first <- getErr(t.Context(), tenant) }()
		synctest.Wait()
		<-time.After(time.Second)
		if _, err := tenant.Get(t.Context(), jobs, 1); err != nil {
			t.Fatal(err)
		}
		if err := <-first; err != nil {
			t.Fatal(err)
		}
		for i, at := range u.times()[1:] {
			if at < 20*time.Second {
				t.Errorf("request %d came at %v, in the pause of 20 s", i+2, at)
			}
		}
	})
}

func TestRetry_cancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, failing(99, func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		err := getErr(ctx, open(c))
		wantCode(t, err, stclient.CodeCanceled)
		if !errors.Is(err, context.Canceled) || time.Since(u.start) != 5*time.Second {
			t.Errorf("after %v: %v, want context.Canceled after 5s", time.Since(u.start), err)
		}
	})
}

func TestRetry_slowAnswerEndsAtTheTimeoutAndIsRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				<-r.Context().Done()
				return
			}
			record(w, r, n)
		}, func(cfg *stclient.Config) { cfg.Timeout = 10 * time.Second })
		if err := getErr(t.Context(), open(c)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]time.Duration{0, 10 * time.Second}, u.times()); diff != "" {
			t.Errorf("times of requests (-want +got):\n%s", diff)
		}
	})
}

func TestRetry_slowAnswerEndsAtTheCallersDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() })
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		err := getErr(ctx, open(c))
		wantCode(t, err, stclient.CodeUnavailable)
		if !errors.Is(err, context.DeadlineExceeded) || len(u.requests()) != 1 {
			t.Errorf("%d requests, error %v; want 1 and a deadline error", len(u.requests()), err)
		}
	})
}

func TestRetry_usesAFreshToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, failing(1, func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "601")
			w.WriteHeader(http.StatusServiceUnavailable)
		}), func(cfg *stclient.Config) { cfg.MaxWait = time.Hour })
		if err := getErr(t.Context(), open(c)); err != nil {
			t.Fatal(err)
		}
		if got := u.requests()[1].Header.Get("Authorization"); got != "Bearer token-2" {
			t.Errorf("the repeat came with %q, want the second token", got)
		}
	})
}
