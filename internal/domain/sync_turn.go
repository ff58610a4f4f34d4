package domain

import (
	"errors"
	"time"
)

// ErrLost means that a worker no longer holds the run it works on: it was cancelled, or another worker has it.
var ErrLost = errors.New("the run is in other hands")

// SyncTurn is a worker's hold on a run, from taking it to giving it back or losing it.
type SyncTurn struct {
	Run SyncRun
	// Turn is the fence: nothing is stored for a turn that is not the run's current one.
	Turn int64
	// Place is where the reading goes on; nil when it has not begun.
	Place *SyncPlace
	// Setbacks is how many turns have failed since the last page.
	Setbacks int
}

// SyncPlace is a place in the reading of a kind, as it is kept between two turns.
type SyncPlace struct {
	// Feed reads the export feed, otherwise the list is read.
	Feed bool `json:"feed,omitempty"`
	// From is the feed's token or date.
	From string `json:"from,omitempty"`
	// Page is the list's next page, from 1, and Size how many records a page holds: it must not change on the way.
	Page int `json:"page,omitempty"`
	Size int `json:"size,omitempty"`
	// Since narrows the list to what changed from then on.
	Since *time.Time `json:"since,omitempty"`
	// Total is how many records the list had when its last page was read; nil before the first.
	Total *int64 `json:"total,omitempty"`
	// Again is true when everything is read for the second time: see Engine.again.
	Again bool `json:"again,omitempty"`
	// Sweep is true once everything is read and vanished records are looked for, those up to Swept being done.
	Sweep bool  `json:"sweep,omitempty"`
	Swept int64 `json:"swept,omitempty"`
	// Unseen is how many records the sweep found unseen when it began.
	Unseen int64 `json:"unseen,omitempty"`
}

// Whole tells whether the reading that stands here covers every record.
func (p SyncPlace) Whole() bool { return !p.Feed && p.Since == nil }

// SyncPage is what a page of a list or feed brought.
type SyncPage struct {
	Documents []Document
	// Rejected are records that have no id, or none that can be read.
	Rejected []Rejected
	// Next is the place behind the page.
	Next SyncPlace
	// More is false on the last page.
	More bool
}

// SyncEnd says how a turn ended.
type SyncEnd struct {
	// Status is SyncQueued when the run is to go on, else how the run has ended.
	Status SyncStatus
	// Problem says in words why; "" when all is well.
	Problem string
	// Wait is how long the run rests before it goes on.
	Wait time.Duration
	// Setback counts the turn as failed.
	Setback bool
	// Cursor is where the next run's feed goes on; "" keeps what is known.
	Cursor string
	// Whole is true when every record was read.
	Whole bool
	// Aside is true when the run began at a moment of a user's choice, with changes before it that nobody has read perhaps:
	// the next run goes on where the one before has left.
	Aside bool
}

// SyncHistory is what earlier runs of a kind have left.
type SyncHistory struct {
	// Complete is true when every record was read once.
	Complete bool
	// LastSyncAt is when the last successful run began.
	LastSyncAt *time.Time
	// NewestAt is the latest time of change among the mirrored records; nil when there is none.
	NewestAt *time.Time
	// Cursor is where the feed goes on; "" where there is none yet.
	Cursor string
}

// UpstreamError is why ServiceTitan did not give what a run asked for.
type UpstreamError struct {
	// Problem says it in words for users.
	Problem string
	// Passing is true when the same question may be answered later.
	Passing bool
	// RetryAfter is how long ServiceTitan asks to wait; 0 when it does not say.
	RetryAfter time.Duration
	// Cause is for the log.
	Cause error
}

// Error tells problem and cause.
func (e *UpstreamError) Error() string { return e.Problem + ": " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *UpstreamError) Unwrap() error { return e.Cause }
