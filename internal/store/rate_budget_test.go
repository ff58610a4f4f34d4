package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

// slowly is a budget a minute that hardly fills while a test runs.
const slowly = int64(100)

func take(t *testing.T, s *store.Store, of domain.TenantID, subject string, least, most int64) (int64, time.Duration) {
	t.Helper()
	granted, wait, err := s.TakeCost(t.Context(), of, []byte(subject), slowly, least, most)
	if err != nil {
		t.Fatal(err)
	}
	return granted, wait
}

func TestTakeCost_givesWhatThereIs(t *testing.T) {
	t.Parallel()
	one, two, _ := openTwo(t)
	if got, _ := take(t, one, tenant, "a", 10, 60); got != 60 {
		t.Errorf("of a full bucket: %d, want 60", got)
	}
	got, _ := take(t, two, tenant, "a", 10, 60)
	if got < 40 || got > 50 { // as much as is left, and what has come since
		t.Errorf("of the rest, by another process: %d, want 40", got)
	}
	got, wait := take(t, one, tenant, "a", 50, 60)
	if got != 0 || wait < 20*time.Second || wait > 30*time.Second {
		t.Errorf("of an empty bucket: %d, wait %v; want half a minute for the half of it", got, wait)
	}
	for _, other := range []struct {
		tenant  domain.TenantID
		subject string
	}{{otherTenant, "a"}, {tenant, "b"}, {tenant, ""}} {
		if got, _ := take(t, one, other.tenant, other.subject, 100, 100); got != 100 {
			t.Errorf("another caller %v has %d left", other, got)
		}
	}
}

func TestTakeCost_atOnceGivesNoMoreThanThereIs(t *testing.T) {
	t.Parallel()
	one, two, _ := openTwo(t)
	var wg sync.WaitGroup
	var sum atomic.Int64
	for range 20 {
		for _, s := range []*store.Store{one, two} {
			wg.Go(func() {
				granted, _, err := s.TakeCost(t.Context(), tenant, nil, slowly, 1, 7)
				if err != nil {
					t.Error(err)
				}
				sum.Add(granted)
			})
		}
	}
	wg.Wait()
	if got := sum.Load(); got < 100 || got > 110 {
		t.Errorf("given %d of 100", got)
	}
}

func TestForgetRates_keepsWhatIsInUse(t *testing.T) {
	t.Parallel()
	s, _, dsn := openTwo(t)
	take(t, s, tenant, "spent", 100, 100)
	take(t, s, tenant, "long ago", 100, 100)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "UPDATE lazi.rate_budget SET full_at = full_at - interval '3 minutes' WHERE subject = 'long ago'"); err != nil {
		t.Fatal(err)
	}
	if err := s.ForgetRates(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), "SELECT convert_from(subject, 'UTF8') FROM lazi.rate_budget ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"spent"}, got); diff != "" {
		t.Errorf("callers (-want +got):\n%s", diff)
	}
}
