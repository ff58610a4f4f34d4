package quota_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lazilabs.com/lazi/graph/quota"
	"lazilabs.com/lazi/internal/domain"
)

// ledger keeps budgets that do not fill.
type ledger struct {
	mu    sync.Mutex
	spent map[string]int64
	asked int
	away  bool
}

func newLedger() *ledger { return &ledger{spent: map[string]int64{}} }

func (l *ledger) TakeCost(_ context.Context, tenant domain.TenantID, subject []byte, perMinute, least, most int64) (int64, time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	if l.away {
		return 0, 0, domain.ErrUnavailable
	}
	key := fmt.Sprint(tenant, "|") + string(subject)
	room := perMinute - l.spent[key]
	if room < least {
		return 0, 30 * time.Second, nil
	}
	granted := min(room, most)
	l.spent[key] += granted
	return granted, 0, nil
}

var caller = quota.Caller{Tenant: 1, Subject: "tester"}

// spendAll spends until it is refused, and returns how much that was and the refusal.
func spendAll(t *testing.T, q *quota.Quota, c quota.Caller, each int64) (total int64, refused *quota.RefusedError) {
	t.Helper()
	for total < 1e9 {
		if err := q.Spend(t.Context(), c, each); err != nil {
			if !errors.As(err, &refused) {
				t.Fatal(err)
			}
			return total, refused
		}
		total += each
	}
	t.Fatal("there is no end")
	return 0, nil
}

func TestSpend_processesShareOneBudget(t *testing.T) {
	t.Parallel()
	l := newLedger()
	one, two := quota.New(quota.Config{SubjectCost: 10_000, Ledger: l}), quota.New(quota.Config{SubjectCost: 10_000, Ledger: l})
	if err := two.Spend(t.Context(), caller, 10); err != nil {
		t.Fatal(err)
	}
	got, refused := spendAll(t, one, caller, 10)
	if got < 9_800 || got > 9_990 { // the other holds a lease of a hundredth
		t.Errorf("one spends %d besides", got)
	}
	if refused.Max != 10_000 || refused.Wait <= 29*time.Second || refused.Wait > 30*time.Second {
		t.Errorf("refused by %+v", refused)
	}
	asked := l.asked
	if asked > 110 {
		t.Errorf("the ledger was asked %d times", asked)
	}
	if spendAll(t, one, caller, 10); l.asked != asked {
		t.Error("the ledger is asked again before there can be more")
	}
	if rest, _ := spendAll(t, two, caller, 10); got+rest+10 != 10_000 {
		t.Errorf("both spent %d", got+rest+10)
	}
	if err := one.Spend(t.Context(), quota.Caller{Tenant: 2, Subject: "tester"}, 10); err != nil {
		t.Errorf("another tenant's caller: %v", err)
	}
}

func TestSpend_whatTheTenantLacksIsGivenBack(t *testing.T) {
	t.Parallel()
	q := quota.New(quota.Config{SubjectCost: 1000, TenantCost: 100, Ledger: newLedger()})
	if got, refused := spendAll(t, q, caller, 50); got != 100 || refused.Limit != "cost of a tenant in a minute" {
		t.Errorf("spent %d, then %v", got, refused)
	}
	if got, refused := spendAll(t, q, quota.Caller{Tenant: 1, Subject: "other"}, 50); got != 0 {
		t.Errorf("another caller spends %d, then %v", got, refused)
	}
}

func TestGiveBack_undoesSpending(t *testing.T) {
	t.Parallel()
	q := quota.New(quota.Config{SubjectCost: 100, TenantCost: 100, Ledger: newLedger()})
	for i := range 3 {
		if err := q.Spend(t.Context(), caller, 100); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		q.GiveBack(caller, 100)
	}
}

func TestSpend_leaseEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		q := quota.New(quota.Config{SubjectCost: 10_000, Ledger: l})
		for range 3 {
			if err := q.Spend(t.Context(), caller, 1); err != nil {
				t.Fatal(err)
			}
		}
		if l.asked != 1 {
			t.Errorf("asked %d times within a lease", l.asked)
		}
		<-time.After(11 * time.Second)
		if err := q.Spend(t.Context(), caller, 1); err != nil || l.asked != 2 {
			t.Errorf("asked %d times after its end, %v", l.asked, err)
		}
	})
}

func TestSpend_ownShareWhileTheLedgerIsAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		l.away = true
		q := quota.New(quota.Config{SubjectCost: 10_000, Ledger: l})
		got, refused := spendAll(t, q, caller, 10)
		if got < 2_500 || got > 2_700 || l.asked != 1 {
			t.Errorf("spent %d of a quarter of 10,000, asked %d times", got, l.asked)
		}
		<-time.After(refused.Wait)
		if err := q.Spend(t.Context(), caller, 10); err != nil {
			t.Errorf("after the wait that was told: %v", err)
		}
		l.away = false
		<-time.After(15 * time.Second)
		if got, _ := spendAll(t, q, caller, 10); got != 10_000 {
			t.Errorf("with the ledger back: %d", got)
		}
	})
}

func TestEnter_waitsAMoment(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		cfg      quota.Config
		overload bool
	}{
		"of a caller": {quota.Config{SubjectOperations: 1}, false},
		"of all":      {quota.Config{Operations: 1}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { testEnter(t, tt.cfg, tt.overload) })
		})
	}
}

func testEnter(t *testing.T, cfg quota.Config, overload bool) {
	t.Helper()
	q := quota.New(cfg)
	enter := func() error { return q.Enter(t.Context(), caller, false) }
	if err := enter(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	refused, ok := errors.AsType[*quota.RefusedError](enter())
	if !ok || refused.Overload != overload || refused.Wait <= 0 || time.Since(start) != time.Second {
		t.Fatalf("after %v: %+v", time.Since(start), refused)
	}
	results := make(chan error, 5)
	for range cap(results) {
		go func() { results <- enter() }()
	}
	synctest.Wait()
	if err := <-results; err == nil || time.Since(start) != time.Second { // four wait, one finds the queue full
		t.Errorf("the fifth in the queue: %v", err)
	}
	q.Leave(caller, false)
	if err := <-results; err != nil {
		t.Errorf("a place is free: %v", err)
	}
	q.Leave(caller, false)
	for range 3 {
		if err := <-results; err != nil {
			t.Errorf("a place is free: %v", err)
		}
		q.Leave(caller, false)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := enter(); err != nil {
		t.Fatal(err)
	}
	if err := q.Enter(ended, caller, false); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who has gone: %v", err)
	}
	q.Leave(caller, false)
}

func TestEnter_subscriptionsHavePlacesOfTheirOwn(t *testing.T) {
	t.Parallel()
	q := quota.New(quota.Config{SubjectOperations: 1, SubjectSubscriptions: 2})
	for i, subscription := range []bool{true, true, false} {
		if err := q.Enter(t.Context(), caller, subscription); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	if err := q.Enter(t.Context(), caller, true); err == nil {
		t.Error("a third subscription is let in")
	}
	q.Leave(caller, true)
	if err := q.Enter(t.Context(), caller, true); err != nil {
		t.Errorf("a place is free: %v", err)
	}
}

// BenchmarkOperation is what an operation pays for quotas whose leases are held.
func BenchmarkOperation(b *testing.B) {
	const plenty = 1 << 50
	q := quota.New(quota.Config{SubjectCost: plenty, TenantCost: plenty, Operations: 10, SubjectOperations: 10, Ledger: newLedger()})
	b.ReportAllocs()
	for b.Loop() {
		if q.Spend(b.Context(), caller, 241) != nil || q.Enter(b.Context(), caller, false) != nil {
			b.Fatal("refused")
		}
		q.Leave(caller, false)
	}
}

func TestSpend_theLedgerDoesNotLearnWhoAsks(t *testing.T) {
	t.Parallel()
	l := newLedger()
	q := quota.New(quota.Config{SubjectCost: 100, Ledger: l})
	for tenant := range domain.TenantID(2) {
		if err := q.Spend(t.Context(), quota.Caller{Tenant: tenant, Subject: "tester"}, 1); err != nil {
			t.Fatal(err)
		}
	}
	hashes := map[string]bool{}
	for key := range l.spent {
		_, hash, _ := strings.Cut(key, "|")
		hashes[hash] = true
		if len(hash) != 32 || strings.Contains(hash, "tester") {
			t.Errorf("the ledger knows %q", hash)
		}
	}
	if len(hashes) != 2 {
		t.Errorf("%d hashes of one caller in two tenants, want 2", len(hashes))
	}
}
