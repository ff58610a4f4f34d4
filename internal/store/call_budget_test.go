package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
)

// someone is a tenant as package stclient names it, and anyLength a patience that no wait of these tests passes.
const (
	someone   = int64(tenant)
	anyLength = time.Hour
)

// openTwo returns two stores on one database, as two processes have them, and its address.
func openTwo(t *testing.T) (one, two *store.Store, dsn string) {
	t.Helper()
	dsn = storetest.New(t)
	all := make([]*store.Store, 2)
	for i := range all {
		s, err := store.Open(t.Context(), dsn, store.Options{MaxConns: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		all[i] = s
	}
	return all[0], all[1], dsn
}

// wait reserves a turn and returns its wait in whole minutes, which is what no load on the machine changes.
func wait(t *testing.T, s *store.Store, scope string, burst int, atMost time.Duration) time.Duration {
	t.Helper()
	d, err := s.ReserveCall(t.Context(), someone, scope, time.Minute, burst, atMost)
	if err != nil {
		t.Error(err)
	}
	return d.Round(time.Minute)
}

func TestReserveCall_processesShareTurnsAndBurst(t *testing.T) {
	t.Parallel()
	one, two, _ := openTwo(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var got []time.Duration
	for range 6 {
		for _, s := range []*store.Store{one, two} {
			wg.Go(func() {
				d := wait(t, s, "crm", 3, anyLength)
				mu.Lock()
				defer mu.Unlock()
				got = append(got, d)
			})
		}
	}
	wg.Wait()
	slices.Sort(got)
	want := []time.Duration{0, 0, 0}
	for i := range 9 {
		want = append(want, time.Duration(i+1)*time.Minute)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
}

func TestReserveCall_tenantsAndScopesAreApart(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, tenant := range []int64{someone, int64(otherTenant)} {
		for _, scope := range []string{"crm", "jpm", "*"} {
			if d, err := s.ReserveCall(t.Context(), tenant, scope, time.Minute, 1, anyLength); d != 0 || err != nil {
				t.Errorf("tenant %d, %s: the first turn is in %v, %v", tenant, scope, d, err)
			}
		}
	}
}

func TestReserveCall_aTurnThatIsTooLateIsNotTaken(t *testing.T) {
	t.Parallel()
	s := open(t)
	var got []time.Duration
	for _, atMost := range []time.Duration{0, 0, 10 * time.Second, 0, 2 * time.Minute, 90 * time.Second, anyLength} {
		got = append(got, wait(t, s, "crm", 1, atMost))
	}
	want := []time.Duration{0, time.Minute, time.Minute, time.Minute, time.Minute, 2 * time.Minute, 2 * time.Minute}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
}

func TestReserveCall_isNeverFasterThanAsked(t *testing.T) {
	t.Parallel()
	s := open(t)
	const n, every = 60, time.Minute/60 + time.Nanosecond // not a whole number of microseconds, which are Postgres's finest
	if err := s.DelayCalls(t.Context(), someone, "*", 30*time.Minute); err != nil {
		t.Fatal(err)
	}
	turn := func() time.Time { // at the latest
		d, err := s.ReserveCall(t.Context(), someone, "*", every, 1, anyLength)
		if err != nil {
			t.Fatal(err)
		}
		return time.Now().Add(d)
	}
	began := time.Now()
	first, err := s.ReserveCall(t.Context(), someone, "*", every, 1, anyLength)
	if err != nil {
		t.Fatal(err)
	}
	var last time.Time
	for range n {
		last = turn()
	}
	if got := last.Sub(began.Add(first)); got < n*every {
		t.Errorf("%d turns within %v, want at least %v", n, got, n*every)
	}
}

func TestDelayCalls(t *testing.T) {
	t.Parallel()
	one, two, _ := openTwo(t)
	delay := func(scope string, by time.Duration) {
		t.Helper()
		if err := one.DelayCalls(t.Context(), someone, scope, by); err != nil {
			t.Fatal(err)
		}
	}
	delay("*", 10*time.Minute)
	delay("*", 2*time.Minute) // a shorter one ends none that is longer
	got := []time.Duration{
		wait(t, two, "*", 1, time.Minute), wait(t, two, "*", 1, anyLength), wait(t, two, "*", 1, anyLength), wait(t, two, "crm", 1, anyLength),
	}
	if diff := cmp.Diff([]time.Duration{10 * time.Minute, 10 * time.Minute, 11 * time.Minute, 0}, got); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
	delay("*", 30*time.Minute)
	if d := wait(t, two, "*", 1, 0); d != 30*time.Minute {
		t.Errorf("after a longer delay the next turn is in %v", d)
	}
}

func TestCallBudget_mayBeLost(t *testing.T) {
	t.Parallel()
	one, _, dsn := openTwo(t)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var persistence string
	if err := conn.QueryRow(t.Context(), "SELECT relpersistence::text FROM pg_class WHERE oid = 'lazi.call_budget'::regclass").Scan(&persistence); err != nil {
		t.Fatal(err)
	}
	if persistence != "u" {
		t.Errorf("persistence %q, want unlogged", persistence)
	}
	if err := one.DelayCalls(t.Context(), someone, "crm", anyLength); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "TRUNCATE lazi.call_budget"); err != nil { // what a crash of the server does
		t.Fatal(err)
	}
	if d := wait(t, one, "crm", 1, 0); d != 0 {
		t.Errorf("in an empty table the first turn is in %v", d)
	}
}

func TestCallBudget_errorsAreCleanAndEndWithTheContext(t *testing.T) {
	t.Parallel()
	one, two, _ := openTwo(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := one.ReserveCall(ended, someone, "crm", time.Minute, 1, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("reserve with an ended context: %v", err)
	}
	two.Close()
	_, err := two.ReserveCall(t.Context(), someone, "crm", time.Minute, 1, 0)
	for _, err := range []error{err, two.DelayCalls(t.Context(), someone, "*", time.Minute)} {
		if err == nil || !strings.HasPrefix(err.Error(), "store: ") {
			t.Errorf("closed pool: %v", err)
		}
	}
}

// BenchmarkReserveCall measures a reservation as a process makes it: alone, and four at once on the same row.
func BenchmarkReserveCall(b *testing.B) {
	s, err := store.Open(b.Context(), storetest.New(b), store.Options{MaxConns: 4})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for name, goroutines := range map[string]int{"one": 1, "four": 4} {
		b.Run(name, func(b *testing.B) {
			var wg sync.WaitGroup
			for g := range goroutines {
				wg.Go(func() {
					for i := g; i < b.N; i += goroutines {
						if _, err := s.ReserveCall(b.Context(), someone, "crm", time.Microsecond, 1, anyLength); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
		})
	}
}
