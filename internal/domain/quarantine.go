package domain

import "time"

// Quarantined is a record that could not be read as its kind, kept until it is stored.
type Quarantined struct {
	// Number orders the records of the quarantine.
	Number int64
	// Kind is the kind's name.
	Kind string
	// STID is ServiceTitan's id, 0 when the record has none.
	STID int64
	// Reason says in words what is wrong, without the record's values.
	Reason string
	// FirstSeenAt and LastSeenAt are when it was first and last met like that, Times how often.
	FirstSeenAt, LastSeenAt time.Time
	Times                   int
	// Run is the sync run that met it last; 0 when a read did.
	Run int64
}

// QuarantineFilter says which records of the quarantine to list.
type QuarantineFilter struct {
	// Kinds are names of kinds, all when empty.
	Kinds []string
	// Before is the place to go on behind; nil begins with the latest.
	Before *QuarantinePlace
	// Limit is how many to return.
	Limit int
}

// QuarantinePlace is a record's place in the list of the quarantine.
type QuarantinePlace struct {
	LastSeenAt time.Time
	Number     int64
}

// Entity is the kind under the name that the API's callers use.
func (q *Quarantined) Entity() SyncEntity { return EntityOf(q.Kind) }

// ExternalID is ServiceTitan's id; nil when the record has none.
func (q *Quarantined) ExternalID() *BigInt { return bigInt(q.STID) }

// RunID is the number of the run; nil when a read met the record.
func (q *Quarantined) RunID() *BigInt { return bigInt(q.Run) }

func bigInt(n int64) *BigInt {
	if n == 0 {
		return nil
	}
	return new(BigInt(n))
}
