package stclient_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"lazilabs.com/lazi/internal/stclient"
)

func TestBudget_pacesAModule(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rps  float64
		n    int
		want time.Duration
	}{
		{0, 12, 2 * time.Second},   // the default: four at once, then a quarter of a second each
		{0.5, 3, 4 * time.Second},  // one at once, then two seconds each
		{60, 180, 3 * time.Second}, // the API's own limit for all modules together: never a second's worth at once
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.rps), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, c := setup(t, record, func(cfg *stclient.Config) { cfg.RequestsPerSecond = tt.rps })
				tenant := open(c)
				if err := errors.Join(inParallel(tt.n, func() error { return getErr(t.Context(), tenant) })...); err != nil {
					t.Fatal(err)
				}
				at := u.times()
				if got := slices.Max(at).Round(time.Second); len(at) != tt.n || got != tt.want {
					t.Errorf("%d calls within %v, want %d within %v", len(at), got, tt.n, tt.want)
				}
			})
		})
	}
}

func TestBudget_modulesAndTenantsAreApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, record, func(cfg *stclient.Config) { cfg.RequestsPerSecond = 1 })
		one, two := open(c), open(c)
		for _, call := range []struct {
			tenant   *stclient.Tenant
			resource stclient.Resource
		}{{one, customers}, {one, jobs}, {two, customers}, {two, jobs}} {
			if _, err := call.tenant.Get(t.Context(), call.resource, 1); err != nil {
				t.Fatal(err)
			}
		}
		if got := time.Since(u.start); got > 100*time.Millisecond {
			t.Errorf("four budgets of one call took %v", got)
		}
	})
}

func TestBudget_allModulesTogetherStayBelowTheLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, record, func(cfg *stclient.Config) { cfg.RequestsPerSecond = 60 })
		tenant := open(c)
		if err := errors.Join(inParallel(90, func() error {
			_, a := tenant.Get(t.Context(), customers, 1)
			_, b := tenant.Get(t.Context(), jobs, 1)
			return errors.Join(a, b)
		})...); err != nil {
			t.Fatal(err)
		}
		at := u.times()
		slices.Sort(at)
		for i := range at {
			if i >= 61 && at[i]-at[i-61] < time.Second {
				t.Fatalf("62 calls between %v and %v", at[i-61], at[i])
			}
		}
	})
}

func TestBudget_failsFastWhenTheTurnIsPastTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, record, func(cfg *stclient.Config) { cfg.RequestsPerSecond = 0.1 })
		tenant := open(c)
		if err := getErr(t.Context(), tenant); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		for range 3 { // refused calls give their turn back
			err := getErr(ctx, tenant)
			wantCode(t, err, stclient.CodeRateLimited)
			var e *stclient.Error
			if !errors.As(err, &e) || e.Status != 0 || e.RetryAfter != 10*time.Second {
				t.Errorf("want our own budget's error with 10s to wait, got %v", err)
			}
		}
		if len(u.requests()) != 1 || time.Since(u.start) != 0 {
			t.Errorf("%d requests in %v, want 1 at once", len(u.requests()), time.Since(u.start))
		}
	})
}

func TestBudget_cancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, record, func(cfg *stclient.Config) { cfg.RequestsPerSecond = 0.1 })
		tenant := open(c)
		if err := getErr(t.Context(), tenant); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2*time.Second, cancel)
		err := getErr(ctx, tenant)
		wantCode(t, err, stclient.CodeCanceled)
		if !errors.Is(err, context.Canceled) || time.Since(u.start) != 2*time.Second || len(u.requests()) != 1 {
			t.Errorf("%d requests in %v: %v", len(u.requests()), time.Since(u.start), err)
		}
	})
}
