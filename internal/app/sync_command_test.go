package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
)

// scripted is a Syncer whose runs move with the clock.
type scripted struct {
	begun time.Time
	// at returns the runs as they stand some time after they were asked for.
	at func(after time.Duration) []*domain.SyncRun
	// away is when the database does not answer.
	away   func(after time.Duration) bool
	wishes []domain.NewRun
}

func (s *scripted) Start(_ context.Context, tenant domain.TenantID, wishes []domain.NewRun) ([]*domain.SyncRun, error) {
	if tenant != 1001 {
		return nil, fmt.Errorf("tenant %d: %w", tenant, domain.ErrNotFound)
	}
	s.begun, s.wishes = time.Now(), wishes
	return s.at(0), nil
}

// Runs answers the newest first, as many as are asked for.
func (s *scripted) Runs(_ context.Context, _ domain.TenantID, f domain.RunFilter) ([]*domain.SyncRun, error) {
	after := time.Since(s.begun)
	if s.away != nil && s.away(after) {
		return nil, fmt.Errorf("runs: %w", domain.ErrUnavailable)
	}
	runs := slices.DeleteFunc(s.at(after), func(r *domain.SyncRun) bool {
		return r.ID >= f.Before || !slices.Contains(f.Kinds, r.Kind)
	})
	slices.SortFunc(runs, func(a, b *domain.SyncRun) int { return int(b.ID - a.ID) })
	return runs[:min(len(runs), f.Limit)], nil
}

// counting is a run that starts a second after it was asked for and reads a thousand of its records each second.
func counting(id int64, kind string, total int64, end domain.SyncStatus) func(begun time.Time, after time.Duration) *domain.SyncRun {
	return func(begun time.Time, after time.Duration) *domain.SyncRun {
		r := &domain.SyncRun{
			ID: id, Tenant: 1001, Kind: kind, Mode: domain.SyncFull, Trigger: domain.TriggerCommand, Status: domain.SyncQueued,
		}
		if after < time.Second {
			return r
		}
		seconds := int64(after/time.Second) - 1
		r.Status, r.StartedAt, r.Total = domain.SyncRunning, new(begun.Add(time.Second)), new(total)
		r.Rows = min(total, 1000*seconds)
		r.Pages, r.Inserted = r.Rows/1000, r.Rows
		if r.Pages > 0 {
			r.PageAt = new(r.StartedAt.Add(time.Duration(r.Rows) * time.Millisecond))
		}
		if r.Rows == total {
			r.Status, r.FinishedAt = end, new(r.PageAt.Add(100*time.Millisecond))
		}
		return r
	}
}

func script(runs ...func(begun time.Time, after time.Duration) *domain.SyncRun) *scripted {
	s := &scripted{}
	s.at = func(after time.Duration) (out []*domain.SyncRun) {
		for _, run := range runs {
			out = append(out, run(s.begun, after))
		}
		return out
	}
	return s
}

func command(s *scripted, view syncView) *syncCommand {
	return &syncCommand{syncs: s, tenant: 1001, view: view, now: time.Now, work: func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}}
}

// full are wishes for so many full runs.
func full(n int) []domain.NewRun { return slices.Repeat([]domain.NewRun{{Mode: domain.SyncFull}}, n) }

func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

func TestSync_linesUntilTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := script(counting(7, "Customer", 12_000, domain.SyncSucceeded), counting(8, "CustomerContact", 2000, domain.SyncSucceeded))
		s.away = func(after time.Duration) bool { return after > 6*time.Second && after < 8*time.Second }
		if err := command(s, newLinesView(&out)).run(t.Context(), full(2)); err != nil {
			t.Error(err)
		}
		want := []string{
			"customers: starts: run 7, full",
			"customer contacts: starts: run 8, full",
			"customer contacts: succeeded after 2.1s: 2,000 records, 2,000 new, 0 changed, 0 unchanged, 0 deleted, 0 in quarantine",
			"customers: 5,000 of 12,000 records, 42 %, 1,000/s, 7s left",
			"customers: 10,000 of 12,000 records, 83 %, 1,000/s, 2s left",
			"customers: succeeded after 12.1s: 12,000 records, 12,000 new, 0 changed, 0 unchanged, 0 deleted, 0 in quarantine",
		}
		if diff := cmp.Diff(want, lines(out.String())); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
	})
}

func TestSync_exitCodes(t *testing.T) {
	t.Parallel()
	for want, ends := range map[string][]domain.SyncStatus{
		"": {domain.SyncSucceeded, domain.SyncSucceeded},
		"2: 1 of 2 runs did not succeed: customers partial":              {domain.SyncPartial, domain.SyncSucceeded},
		"1: 1 of 2 runs did not succeed: jobs cancelled":                 {domain.SyncSucceeded, domain.SyncCancelled},
		"1: 2 of 2 runs did not succeed: customers failed, jobs partial": {domain.SyncFailed, domain.SyncPartial},
		"1: 2 of 2 runs did not succeed: customers partial, jobs failed": {domain.SyncPartial, domain.SyncFailed},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := script(counting(7, "Customer", 1000, ends[0]), counting(8, "Job", 1000, ends[1]))
			err := command(s, newLinesView(&bytes.Buffer{})).run(t.Context(), full(2))
			got := ""
			if exit, ok := errors.AsType[*ExitError](err); ok {
				got = fmt.Sprintf("%d: %s", exit.Code, exit.Reason)
			} else if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("ends %v give %q, want %q", ends, got, want)
			}
		})
	}
}

func TestSync_aSignalLeavesTheRunsToOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		ctx, signal := context.WithCancel(t.Context())
		time.AfterFunc(3200*time.Millisecond, signal)
		s := script(counting(7, "Customer", 12_000, domain.SyncSucceeded), counting(8, "Job", 1000, domain.SyncSucceeded))
		err := command(s, newLinesView(&out)).run(ctx, full(2))
		exit, ok := errors.AsType[*ExitError](err)
		if !ok || exit.Code != 1 || exit.Reason != "interrupted: 1 runs are unfinished" {
			t.Errorf("error %v", err)
		}
		want := []string{
			"These runs are not stopped: servers go on with them, or the next `lazi sync`.",
			"  run 7: customers, 2,000 of 12,000 records, 17 %, 1,000/s, 10s left",
			"To stop one, send",
			`  mutation { cancelSync(input: {runId: "7"}) { userErrors { message } } }`,
		}
		if got := lines(out.String()); len(got) < 4 || cmp.Diff(want, got[len(got)-4:]) != "" {
			t.Errorf("output:\n%s", out.String())
		}
	})
}

func TestSync_withoutAnAccountServersWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		c := command(script(counting(7, "Job", 1000, domain.SyncSucceeded)), newLinesView(&out))
		c.work, c.lacks = nil, 1002
		if err := c.run(t.Context(), full(2)); err != nil {
			t.Error(err)
		}
		if got := lines(out.String())[0]; got != "the account of tenant 1002 is not configured here: servers do the work" {
			t.Errorf("first line %q", got)
		}
	})
}

func TestSync_aWorkerThatFailsEndsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := command(script(counting(7, "Job", 50_000, domain.SyncSucceeded)), newLinesView(&bytes.Buffer{}))
		broken := errors.New("the queue is gone")
		c.work = func(context.Context) error { return broken }
		if err := c.run(t.Context(), full(2)); !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
	})
}

// Whoever asks for a reconcile must learn that another run is read instead.
func TestSync_aRunUnderWayIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		scheduled := counting(8, "Job", 1000, domain.SyncSucceeded)
		s := script(counting(7, "Customer", 1000, domain.SyncSucceeded), func(begun time.Time, after time.Duration) *domain.SyncRun {
			r := scheduled(begun, after)
			r.Trigger = domain.TriggerSchedule
			return r
		})
		wishes := []domain.NewRun{{Mode: domain.SyncReconcile}, {Mode: domain.SyncFull}}
		if err := command(s, newLinesView(&out)).run(t.Context(), wishes); err != nil {
			t.Error(err)
		}
		want := []string{
			"customers: no new run, since there is an unfinished one: run 7, full",
			"jobs: no new run, since there is an unfinished one: run 8, full",
		}
		if diff := cmp.Diff(want, lines(out.String())[:2]); diff != "" {
			t.Errorf("first lines (-want +got):\n%s", diff)
		}
	})
}

// A run that was under way may stand far down in the list of runs.
func TestSync_findsRunsInALongList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := script(counting(7, "Customer", 1000, domain.SyncSucceeded), counting(5000, "Job", 1000, domain.SyncSucceeded))
		both := s.at
		s.at = func(after time.Duration) []*domain.SyncRun {
			runs := both(after)
			if after == 0 {
				return runs
			}
			for id := int64(8); id < 1500; id++ { // they have ended
				runs = append(runs, &domain.SyncRun{ID: id, Kind: "Job", Status: domain.SyncFailed})
			}
			return runs
		}
		if err := command(s, newLinesView(&bytes.Buffer{})).run(t.Context(), full(2)); err != nil {
			t.Error(err)
		}
	})
}

func TestSyncOptions_wishes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name    string
		options SyncOptions
		want    []domain.NewRun
	}{
		{
			"names in any spelling, each once",
			SyncOptions{Entities: []string{"customer-contacts", "JOBS", "Customer_Contacts", "jobs"}, Mode: "incremental", Since: &now},
			[]domain.NewRun{
				{Kind: domain.CustomerContacts.Kind, Mode: domain.SyncIncremental, Trigger: domain.TriggerCommand, Since: &now},
				{Kind: domain.Jobs.Kind, Mode: domain.SyncIncremental, Trigger: domain.TriggerCommand, Since: &now},
			},
		},
		{
			"a reconcile that accepts a drop",
			SyncOptions{Entities: []string{"Teams"}, Mode: "reconcile", AcceptDrop: true},
			[]domain.NewRun{{Kind: domain.Teams.Kind, Mode: domain.SyncReconcile, Trigger: domain.TriggerCommand, AcceptDrop: true}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.options.wishes(now)
			sameKind := cmp.Comparer(func(a, b *domain.Kind) bool { return a == b })
			if diff := cmp.Diff(tt.want, got, sameKind); diff != "" || err != nil {
				t.Errorf("wishes (-want +got):\n%s%v", diff, err)
			}
		})
	}
	all, err := SyncOptions{Mode: "full"}.wishes(now)
	if len(all) != len(domain.Kinds()) || err != nil || all[0].Kind != domain.Kinds()[0] {
		t.Errorf("without names there are %d wishes, %v", len(all), err)
	}
}

func TestSyncOptions_refusals(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)
	for want, o := range map[string]SyncOptions{
		"since: it goes with the mode INCREMENTAL, not with FULL":                 {Mode: "full", Since: &now},
		"since: it lies in the future":                                            {Mode: "incremental", Since: new(now.Add(1))},
		"acceptDrop: it goes with the mode RECONCILE, not with INCREMENTAL":       {Mode: "incremental", AcceptDrop: true},
		`"customer" is no entity: there are ` + strings.Join(entityNames(), ", "): {Mode: "full", Entities: []string{"jobs", "customer"}},
	} {
		if _, err := o.wishes(now); err == nil || err.Error() != want {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	for _, name := range entityNames() { // what the refusal lists is understood
		if kinds, err := kindsNamed([]string{name}); err != nil || len(kinds) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
