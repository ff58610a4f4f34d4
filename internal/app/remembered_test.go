package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/obs"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
)

func TestRemembered_oneQuestionForAllWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		r := remembered[int]{lasts: time.Minute, now: time.Now, ask: func(ctx context.Context, _ domain.TenantID, last int) (int, error) {
			asked++
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
			return last + 1, ctx.Err()
		}}
		impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond) // asks first, and does not wait
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := r.get(impatient, 7); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the impatient: %v", err)
			}
		})
		synctest.Wait()
		for range 10 {
			wg.Go(func() {
				if got, err := r.get(t.Context(), 7); got != 1 || err != nil {
					t.Errorf("get = %d, %v", got, err)
				}
			})
		}
		wg.Wait()
		<-time.After(time.Minute - time.Millisecond) // by the clock of the bubble
		if got, err := r.get(t.Context(), 7); got != 1 || err != nil || asked != 1 {
			t.Errorf("within the minute: %d, %v, asked %d times", got, err, asked)
		}
	})
}

func TestRemembered_errorsAreNot(t *testing.T) {
	t.Parallel()
	failure := errors.New("away")
	now := time.Now()
	r := remembered[int]{lasts: time.Minute, now: func() time.Time { return now }, ask: func(_ context.Context, _ domain.TenantID, last int) (int, error) {
		return last + 1, failure
	}}
	if _, err := r.get(t.Context(), 7); !errors.Is(err, failure) {
		t.Errorf("error %v", err)
	}
	failure = nil
	if got, err := r.get(t.Context(), 7); got != 1 || err != nil {
		t.Errorf("get = %d, %v", got, err)
	}
	now = now.Add(time.Minute)
	if got, err := r.get(t.Context(), 7); got != 2 || err != nil {
		t.Errorf("a minute later: %d, %v", got, err)
	}
}

func TestAccounts_databaseAwayKeepsTheSession(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), storetest.New(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.Close)
	cfg := config.Config{CredentialsKeys: []config.Secret{config.NewSecret(strings.Repeat("k", 32))}}
	cfg.ServiceTitan = config.ServiceTitan{Environment: config.TitanProduction, APIURL: "http://127.0.0.1:1", AuthURL: "http://127.0.0.1:1", RateLimit: 4}
	now := time.Now()
	var log bytes.Buffer
	a, err := newAccounts(cfg, nil, st, upstreamWatch{obs.NewMetrics(), obs.Tracing{}, time.Now}, slog.New(slog.NewTextHandler(&log, nil)), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	if err := st.PutTenant(t.Context(), domain.Tenant{ID: 7, Name: "Sample Company", TimeZone: "UTC", Currency: "USD"}); err != nil {
		t.Fatal(err)
	}
	if err := a.vault.PutCredentials(t.Context(), 7, domain.Credentials{ClientID: "cid.sample", ClientSecret: "cs1.sample", AppKey: "ak1.sample", Environment: "production"}); err != nil {
		t.Fatal(err)
	}
	first, err := a.open(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	if again, err := a.open(t.Context(), 7); err != nil || again != first {
		t.Errorf("an unchanged row makes another session: %v", err)
	}
	st.Close()
	now = now.Add(time.Minute)
	if again, err := a.open(t.Context(), 7); err != nil || again != first {
		t.Errorf("without the database: %v", err)
	}
	if !strings.Contains(log.String(), "tenant's account not read again") {
		t.Errorf("log:\n%s", &log)
	}
	if _, err := a.open(t.Context(), 8); err == nil || errors.Is(err, domain.ErrUnauthorized) {
		t.Errorf("a tenant that was never looked at: %v", err)
	}
}
