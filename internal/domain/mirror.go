package domain

import "time"

// Document is one record as ServiceTitan sent it.
type Document struct {
	// ID is the record's id.
	ID int64
	// JSON is the whole document, as received.
	JSON []byte
	// Deleted marks a tombstone of an export feed.
	Deleted bool
	// Partial marks a row of an export feed, which may lack members that lists have: it is laid over what is stored.
	Partial bool
}

// Written counts what became of documents that were to be stored.
type Written struct {
	// Inserted are records that came or came back, Updated those whose content changed, Deleted those that went.
	Inserted, Updated, Deleted int
	// Unchanged are the others: their content stays, or they are older than what is stored, or nobody could see them before
	// or after.
	Unchanged int
	// Rejected are documents that could not be read as their kind.
	Rejected []Rejected
}

// Rejected is a document that was not stored, and why.
type Rejected struct {
	// ID is the record's id, 0 when it has none.
	ID int64
	// Reason says in words what is wrong, without the document's values.
	Reason string
	// JSON is the document, as received.
	JSON []byte
}

// Add adds another count.
func (w *Written) Add(o Written) {
	w.Inserted += o.Inserted
	w.Updated += o.Updated
	w.Deleted += o.Deleted
	w.Unchanged += o.Unchanged
	w.Rejected = append(w.Rejected, o.Rejected...)
}

// Records is how many documents were looked at.
func (w *Written) Records() int {
	return w.Inserted + w.Updated + w.Deleted + w.Unchanged + len(w.Rejected)
}

// CopyState tells how well a kind is mirrored for a tenant.
type CopyState struct {
	// CompleteAt is when the last complete copy began; zero when there was none yet.
	CompleteAt time.Time
	// Records is how many records that copy saw.
	Records int64
}

// Complete tells whether the mirror is the truth for the kind: what it lacks does not exist.
func (s CopyState) Complete() bool { return !s.CompleteAt.IsZero() }
