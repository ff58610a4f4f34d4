package resolvers_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// fakeSyncs holds the runs and the quarantine of tenant 1, the newest first, and notes what it is asked.
type fakeSyncs struct {
	runs       []*domain.SyncRun
	quarantine []*domain.Quarantined
	paused     map[string]bool
	err        error
	asked      []string
}

// newFakeSyncs holds five runs, of which the newest two are unfinished, and three records.
func newFakeSyncs() *fakeSyncs {
	f := &fakeSyncs{paused: map[string]bool{}}
	for i, status := range []domain.SyncStatus{
		domain.SyncRunning, domain.SyncQueued, domain.SyncSucceeded, domain.SyncPartial, domain.SyncFailed,
	} {
		f.runs = append(f.runs, &domain.SyncRun{
			ID: int64(5 - i), Tenant: 1, Kind: domain.Kinds()[i].Name, Mode: domain.SyncFull, Trigger: domain.TriggerSchedule,
			Status: status, QueuedAt: now.Add(-time.Hour), Rows: 10, Total: new(int64(40)),
		})
	}
	for i := range 3 { // the last two were met at the same moment
		at := now.Add(-time.Duration(min(i, 1)) * time.Minute).Add(123456 * time.Microsecond)
		f.quarantine = append(f.quarantine, &domain.Quarantined{
			Number: int64(9 - i), Kind: domain.Customers.Name, STID: int64(i), Reason: "no name", FirstSeenAt: at, LastSeenAt: at, Times: 1,
		})
	}
	return f
}

func (f *fakeSyncs) note(format string, args ...any) {
	f.asked = append(f.asked, fmt.Sprintf(format, args...))
}

func names(kinds []*domain.Kind) (names []string) {
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	return names
}

func (f *fakeSyncs) Start(_ context.Context, tenant domain.TenantID, wishes []domain.NewRun) ([]*domain.SyncRun, error) {
	var runs []*domain.SyncRun
	for i, w := range wishes {
		since := ""
		if w.Since != nil {
			since = " since " + w.Since.Format(time.RFC3339)
		}
		f.note("start %d %s %s %s%s %t", tenant, w.Kind.Name, w.Mode, w.Trigger, since, w.AcceptDrop)
		runs = append(runs, &domain.SyncRun{ID: int64(6 + i), Kind: w.Kind.Name, Mode: w.Mode, Trigger: w.Trigger, Status: domain.SyncQueued})
	}
	return runs, f.err
}

func (f *fakeSyncs) Cancel(_ context.Context, tenant domain.TenantID, run int64) (*domain.SyncRun, error) {
	f.note("cancel %d %d", tenant, run)
	if f.err != nil {
		return nil, f.err
	}
	for _, r := range f.runs {
		if r.ID == run {
			if !r.Status.Finished() {
				r.Status = domain.SyncCancelled
			}
			return r, nil
		}
	}
	return nil, fmt.Errorf("cancel: %w", domain.ErrNotFound)
}

func (f *fakeSyncs) SetPaused(_ context.Context, tenant domain.TenantID, kinds []*domain.Kind, paused bool) error {
	f.note("paused %d %v %t", tenant, names(kinds), paused)
	for _, k := range kinds {
		f.paused[k.Name] = paused
	}
	return f.err
}

func (f *fakeSyncs) States(_ context.Context, tenant domain.TenantID) ([]*domain.SyncState, error) {
	f.note("states %d", tenant)
	var states []*domain.SyncState
	for _, k := range domain.Kinds() {
		states = append(states, &domain.SyncState{Kind: k.Name, Records: 3, Scheduled: true, Paused: f.paused[k.Name]})
	}
	states[0].Run = f.runs[0]
	return states, f.err
}

func (f *fakeSyncs) Runs(_ context.Context, tenant domain.TenantID, q domain.RunFilter) ([]*domain.SyncRun, error) {
	f.note("runs %d %v %v before %d limit %d", tenant, q.Kinds, q.Statuses, q.Before, q.Limit)
	rows := slices.DeleteFunc(slices.Clone(f.runs), func(r *domain.SyncRun) bool { return q.Before > 0 && r.ID >= q.Before })
	return rows[:min(len(rows), q.Limit)], f.err
}

func (f *fakeSyncs) Quarantine(_ context.Context, tenant domain.TenantID, q domain.QuarantineFilter) ([]*domain.Quarantined, error) {
	f.note("quarantine %d %v limit %d", tenant, q.Kinds, q.Limit)
	rows := slices.DeleteFunc(slices.Clone(f.quarantine), func(r *domain.Quarantined) bool {
		return q.Before != nil && (r.LastSeenAt.After(q.Before.LastSeenAt) ||
			r.LastSeenAt.Equal(q.Before.LastSeenAt) && r.Number >= q.Before.Number)
	})
	return rows[:min(len(rows), q.Limit)], f.err
}

func (f *fakeSyncs) Progress(_ context.Context, tenant domain.TenantID, kinds []*domain.Kind) (<-chan *domain.SyncRun, error) {
	f.note("progress %d %v", tenant, names(kinds))
	events := make(chan *domain.SyncRun, len(f.runs))
	defer close(events)
	for _, r := range f.runs[:2] {
		events <- r
	}
	return events, f.err
}
