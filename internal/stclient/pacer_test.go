package stclient_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lazilabs.com/lazi/internal/stclient"
)

// memoryPacer is a Pacer on the test's clock. It fails while fail is set, and hangs where that is errHangs.
type memoryPacer struct {
	mu    sync.Mutex
	next  map[string]time.Time
	asked int
	fail  error
}

var errHangs = errors.New("hangs")

func (p *memoryPacer) ReserveCall(ctx context.Context, _ int64, scope string, every time.Duration, burst int, atMost time.Duration) (time.Duration, error) {
	if err := p.ask(ctx); err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	next := p.next[scope]
	wait := max(next.Add(-every*time.Duration(burst-1)).Sub(now), 0)
	if wait > atMost {
		return wait, nil
	}
	if next.Before(now) {
		next = now
	}
	p.next[scope] = next.Add(every)
	return wait, nil
}

func (p *memoryPacer) DelayCalls(ctx context.Context, _ int64, scope string, by time.Duration) error {
	if err := p.ask(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(by); until.After(p.next[scope]) {
		p.next[scope] = until
	}
	return nil
}

func (p *memoryPacer) ask(ctx context.Context) error {
	p.mu.Lock()
	p.asked++
	err := p.fail
	p.mu.Unlock()
	if errors.Is(err, errHangs) {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

// breaks lets the Pacer fail from now on, heal ends that.
func (p *memoryPacer) breaks(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = err
}

func (p *memoryPacer) heal() { p.breaks(nil) }

// paced starts two processes that share a Pacer and an upstream, each with a session of the same tenant.
func paced(t *testing.T, api func(http.ResponseWriter, *http.Request, int), tune ...func(*stclient.Config)) (*upstream, *memoryPacer, [2]*stclient.Tenant) {
	t.Helper()
	p := &memoryPacer{next: map[string]time.Time{}}
	var shared stclient.Config
	u, c := setup(t, api, append(tune, func(cfg *stclient.Config) {
		cfg.Pacer = p
		shared = *cfg
	})...)
	other, err := stclient.New(shared)
	if err != nil {
		t.Fatal(err)
	}
	return u, p, [2]*stclient.Tenant{open(c), open(other)}
}

func TestPacer_processesSpendOneBudget(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		rps  float64
		of   func(i int) stclient.Resource
		n    int
		want time.Duration
	}{
		{"a module", 4, func(int) stclient.Resource { return customers }, 44, 10 * time.Second},
		{"two modules", 4, func(i int) stclient.Resource { return []stclient.Resource{customers, jobs}[i/2%2] }, 88, 10 * time.Second},
		{"the whole tenant", 60, func(i int) stclient.Resource { return []stclient.Resource{customers, jobs}[i/2%2] }, 240, 4 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, _, process := paced(t, record, func(cfg *stclient.Config) { cfg.RequestsPerSecond = tt.rps })
				var wg sync.WaitGroup
				for i := range tt.n {
					wg.Go(func() {
						if _, err := process[i%2].Get(t.Context(), tt.of(i), 1); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				at := u.times()
				slices.Sort(at)
				if got := at[len(at)-1].Round(time.Second); len(at) != tt.n || got != tt.want {
					t.Errorf("%d calls within %v, want %d within %v", len(at), got, tt.n, tt.want)
				}
				for i := range at {
					if i >= 60 && at[i]-at[i-60] < time.Second {
						t.Fatalf("61 calls between %v and %v", at[i-60], at[i])
					}
				}
			})
		})
	}
}

func TestPacer_aPauseHoldsOtherProcessesAndThoseThatWaitAlready(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tooMany := func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "20")
			w.WriteHeader(http.StatusTooManyRequests)
		}
		u, _, process := paced(t, failing(1, tooMany), func(cfg *stclient.Config) { cfg.RequestsPerSecond, cfg.MaxAttempts = 1, 1 })
		wantCode(t, getErr(t.Context(), process[0]), stclient.CodeRateLimited)
		if err := errors.Join(inParallel(5, func() error { return getErr(t.Context(), process[1]) })...); err != nil {
			t.Fatal(err)
		}
		at := u.times()[1:]
		slices.Sort(at)
		if at[0] < 20*time.Second || at[4]-at[0] < 3*time.Second {
			t.Errorf("calls of the other process came at %v, want all after the pause of 20s and paced", at)
		}
	})
}

func TestPacer_aPauseIsLearnedWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, p, process := paced(t, record, func(cfg *stclient.Config) { cfg.RequestsPerSecond = 0.1 })
		if err := getErr(t.Context(), process[0]); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(5*time.Second, func() { // another process meets a 429 while this one waits for its turn at 10 s
			if err := p.DelayCalls(t.Context(), testTenant, "*", time.Minute); err != nil {
				t.Error(err)
			}
		})
		if err := getErr(t.Context(), process[1]); err != nil {
			t.Fatal(err)
		}
		if at := u.times(); at[1] < 65*time.Second {
			t.Errorf("the call came at %v, in the pause until 65s", at[1])
		}
	})
}

func TestPacer_aPauseLongerThanAllowedFailsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, p, process := paced(t, record)
		if err := p.DelayCalls(t.Context(), testTenant, "*", 10*time.Minute); err != nil {
			t.Fatal(err)
		}
		err := getErr(t.Context(), process[0])
		wantCode(t, err, stclient.CodeRateLimited)
		if time.Since(u.start) != 0 || len(u.requests()) != 0 {
			t.Errorf("%d requests in %v, want none at once", len(u.requests()), time.Since(u.start))
		}
	})
}

func TestPacer_aTurnPastTheDeadlineIsNotTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, _, process := paced(t, record, func(cfg *stclient.Config) { cfg.RequestsPerSecond = 0.1 })
		if err := getErr(t.Context(), process[0]); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		for range 3 {
			err := getErr(ctx, process[1])
			var e *stclient.Error
			if !errors.As(err, &e) || e.Code != stclient.CodeRateLimited || e.RetryAfter != 10*time.Second {
				t.Errorf("want our own budget's error with 10s to wait, got %v", err)
			}
		}
		if len(u.requests()) != 1 || time.Since(u.start) != 0 {
			t.Errorf("%d requests in %v, want 1 at once", len(u.requests()), time.Since(u.start))
		}
		if err := getErr(t.Context(), process[1]); err != nil || time.Since(u.start) != 10*time.Second {
			t.Errorf("the turn at 10s was used at %v: %v", time.Since(u.start), err)
		}
	})
}

func TestPacer_whileItIsAwayEachProcessPacesAlone(t *testing.T) {
	t.Parallel()
	for _, fail := range []error{errors.New("away"), errHangs} {
		t.Run(fail.Error(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				u, p, process := paced(t, record, func(cfg *stclient.Config) {
					cfg.RequestsPerSecond, cfg.Logger = 1, slog.New(slog.NewTextHandler(&log, nil))
				})
				p.breaks(fail)
				for range 4 { // at 0, 1, 2 and 3 s, and a second later where nothing answers
					if err := getErr(t.Context(), process[0]); err != nil {
						t.Fatal(err)
					}
				}
				if took := time.Since(u.start).Round(time.Second); took != 3*time.Second && took != 4*time.Second {
					t.Errorf("4 calls took %v, want the process's own pace", took)
				}
				if p.asked != 1 || strings.Count(log.String(), "paces alone") != 1 {
					t.Errorf("the Pacer was asked %d times, want once a rest; log:\n%s", p.asked, &log)
				}
				<-time.After(10 * time.Second)
				p.heal()
				<-time.After(time.Second)
				if err := getErr(t.Context(), process[0]); err != nil || p.asked != 3 {
					t.Errorf("when it is back, it was asked %d times (module and tenant), %v", p.asked-1, err)
				}
			})
		})
	}
}
