package domain

import (
	"strings"
	"time"
)

// SyncMode says how much of a kind a run reads.
type SyncMode string

// The modes of a run.
const (
	// SyncFull reads every record.
	SyncFull SyncMode = "FULL"
	// SyncIncremental reads what changed since the last run; of a kind that was never read whole, everything.
	SyncIncremental SyncMode = "INCREMENTAL"
	// SyncReconcile reads every record and marks those deleted that ServiceTitan no longer has.
	SyncReconcile SyncMode = "RECONCILE"
)

// SyncTrigger says who asked for a run.
type SyncTrigger string

// What starts runs.
const (
	TriggerMutation  SyncTrigger = "MUTATION"
	TriggerSchedule  SyncTrigger = "SCHEDULE"
	TriggerFirstRead SyncTrigger = "FIRST_READ"
	TriggerCommand   SyncTrigger = "COMMAND"
)

// SyncStatus is where a run stands.
type SyncStatus string

// The states of a run. The first two are those of an unfinished one.
const (
	// SyncQueued waits for a worker, or until ServiceTitan answers again.
	SyncQueued SyncStatus = "QUEUED"
	// SyncRunning is in the hands of a worker.
	SyncRunning SyncStatus = "RUNNING"
	// SyncSucceeded has read and stored everything.
	SyncSucceeded SyncStatus = "SUCCEEDED"
	// SyncPartial has read everything; some records are in quarantine, or too many had vanished to believe it.
	SyncPartial SyncStatus = "PARTIAL"
	// SyncFailed has ended early; what it had stored stays.
	SyncFailed SyncStatus = "FAILED"
	// SyncCancelled was stopped by a user.
	SyncCancelled SyncStatus = "CANCELLED"
)

// Finished tells whether nothing more will happen.
func (s SyncStatus) Finished() bool { return s != SyncQueued && s != SyncRunning }

// SyncCounts is what became of the records of a run.
type SyncCounts struct {
	Inserted, Updated, Unchanged, Deleted, Quarantined int64
}

// SyncRun is one reading of one kind of one tenant, from being asked for to its end.
type SyncRun struct {
	SyncCounts
	ID     int64
	Tenant TenantID
	// Kind is the kind's name.
	Kind    string
	Mode    SyncMode
	Trigger SyncTrigger
	Status  SyncStatus
	// Since is from when on changes are read; nil leaves that to the last run.
	Since *time.Time
	// AcceptDrop lets a reconcile mark any number of records deleted.
	AcceptDrop bool
	QueuedAt   time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
	// PageAt is when the last page was stored.
	PageAt *time.Time
	// Pages is how many pages are stored; Rows how many records they held.
	Pages, Rows int64
	// Total is how many records ServiceTitan says there are to read; nil where it does not say.
	Total *int64
	// RetryAt is when a run that waits for ServiceTitan goes on.
	RetryAt *time.Time
	// Problem says in words for users why the run waits, ended early or is partial; nil when all is well.
	Problem *string
}

// Entity is the kind under the name that the API's callers use.
func (r *SyncRun) Entity() SyncEntity { return EntityOf(r.Kind) }

// Percent is how much of the run is done, nil while nobody knows.
func (r *SyncRun) Percent() *float64 {
	switch {
	case r.Status == SyncSucceeded || r.Status == SyncPartial:
		return new(100.0)
	case r.Total == nil || *r.Total == 0:
		return nil
	}
	return new(min(100, float64(r.Rows)/float64(*r.Total)*100))
}

// RowsPerSecond is the run's speed up to its last page, nil before it.
func (r *SyncRun) RowsPerSecond() *float64 {
	if r.StartedAt == nil || r.PageAt == nil || !r.PageAt.After(*r.StartedAt) {
		return nil
	}
	return new(float64(r.Rows) / r.PageAt.Sub(*r.StartedAt).Seconds())
}

// ETA is how long the run will take at that speed, nil while nobody knows.
func (r *SyncRun) ETA() *time.Duration {
	speed := r.RowsPerSecond()
	if r.Status != SyncRunning || r.Total == nil || speed == nil || *speed == 0 {
		return nil
	}
	left := max(0, float64(*r.Total-r.Rows)) / *speed
	return new(time.Duration(left * float64(time.Second)).Round(time.Second))
}

// NewRun is a wish for a run.
type NewRun struct {
	Kind       *Kind
	Mode       SyncMode
	Trigger    SyncTrigger
	Since      *time.Time
	AcceptDrop bool
}

// RunFilter says which runs to list.
type RunFilter struct {
	// Kinds are names of kinds, all when empty; Statuses likewise.
	Kinds    []string
	Statuses []SyncStatus
	// Before is the number of the run to go on behind; 0 begins with the newest.
	Before int64
	// Limit is how many to return.
	Limit int
}

// SyncState tells how well a kind is mirrored for a tenant, and what its schedule holds.
type SyncState struct {
	// Kind is the kind's name.
	Kind string
	// LastSyncAt is when the last successful run began, LastFullSyncAt the last that read everything; nil for never.
	LastSyncAt, LastFullSyncAt *time.Time
	// Cursor is where the export feed goes on; "" where there is none yet.
	Cursor string
	// Problem says why the last run failed; nil when it did not.
	Problem *string
	// Records is how many live records the mirror holds.
	Records int64
	// Quarantined is how many records could not be read and wait in quarantine.
	Quarantined int64
	// Scheduled is false for a kind that the schedule leaves out, Paused true for one that a user holds.
	Scheduled, Paused bool
	// NextSyncAt and NextReconcileAt are when the schedule will start a run; nil when it will not.
	NextSyncAt, NextReconcileAt *time.Time
	// Run is the unfinished run, or the last one; nil before the first.
	Run *SyncRun
}

// Entity is the kind under the name that the API's callers use.
func (s *SyncState) Entity() SyncEntity { return EntityOf(s.Kind) }

// ScheduleRules say what the schedule does.
type ScheduleRules struct {
	// Kinds are those that it covers.
	Kinds []*Kind
	// Every is the time between two runs of a kind.
	Every time.Duration
}

// SyncEntity names a kind to the API's callers: its plural in capitals, CUSTOMER_CONTACTS.
type SyncEntity string

// EntityOf turns a kind's name into an entity's.
func EntityOf(kind string) SyncEntity {
	k, ok := KindByName(kind)
	if !ok {
		return SyncEntity(strings.ToUpper(kind)) // a kind of another version of LAZI
	}
	return SyncEntity(strings.ToUpper(strings.ReplaceAll(k.Plural(), " ", "_")))
}

// Kind returns the kind that the entity names.
func (e SyncEntity) Kind() (*Kind, bool) {
	k, ok := kindsByEntity[e]
	return k, ok
}

// kindsByEntity is never changed.
var kindsByEntity = func() map[SyncEntity]*Kind {
	m := map[SyncEntity]*Kind{}
	for _, k := range Kinds() {
		m[EntityOf(k.Name)] = k
	}
	return m
}()
