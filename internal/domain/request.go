package domain

import "time"

// Request is a caller's wish to change something.
type Request struct {
	// Act says what is to be done, and Input with which values: the members of the mutation's input, by the graph's names, as
	// far as the caller gave them.
	Act   *Act
	Input map[string]any
	// Subject is who asks, and RequestID by which request.
	Subject, Role, RequestID string
	// Key makes repetitions one: a change with the same key of the same subject is made once. Never empty: a caller who gives
	// none gets one of his own.
	Key string
	// ExpectedVersion, when set, is the record's last change that the caller has seen: a later one is a conflict.
	ExpectedVersion *time.Time
	// DryRun only looks at what would keep the change from being made.
	DryRun bool
	// AllowConflict books technicians who are busy already, for a reason.
	AllowConflict bool
	// Note goes into the history.
	Note string
}

// Outcome is what became of a change.
type Outcome struct {
	// IDs name the records that were made, or the one that was changed. Empty when there is none to show.
	IDs []GlobalID
	// Problems say what kept the change from being made, or what is not as it was asked for. Empty when all is well.
	Problems []Problem
}

// ProblemCode says in a word what kept a change from being made.
type ProblemCode string

// The codes of problems. Where nothing else is said, nothing was changed.
const (
	// ProblemInvalid is input that cannot be meant.
	ProblemInvalid ProblemCode = "INVALID"
	// ProblemNotFound is a record that does not exist, or that the caller may not see.
	ProblemNotFound ProblemCode = "NOT_FOUND"
	// ProblemForbidden is something that the caller's role does not allow.
	ProblemForbidden ProblemCode = "FORBIDDEN"
	// ProblemConflict is a record that has changed since the caller read it.
	ProblemConflict ProblemCode = "CONFLICT"
	// ProblemTransition is a change of state that ServiceTitan cannot make from the present one.
	ProblemTransition ProblemCode = "TRANSITION_NOT_ALLOWED"
	// ProblemDoubleBooked is a technician who is busy then.
	ProblemDoubleBooked ProblemCode = "DOUBLE_BOOKED"
	// ProblemKeyReused is an idempotency key that was used for another change.
	ProblemKeyReused ProblemCode = "IDEMPOTENCY_KEY_REUSED"
	// ProblemInProgress is a change with the same key that is being made now.
	ProblemInProgress ProblemCode = "IN_PROGRESS"
	// ProblemRejected is ServiceTitan's refusal.
	ProblemRejected ProblemCode = "REJECTED_UPSTREAM"
	// ProblemUpstreamRights is ServiceTitan's refusal for want of rights: the app lacks a scope.
	ProblemUpstreamRights ProblemCode = "FORBIDDEN_UPSTREAM"
	// ProblemUnavailable is a ServiceTitan that does not answer.
	ProblemUnavailable ProblemCode = "UNAVAILABLE_UPSTREAM"
	// ProblemNotApplied is a change that ServiceTitan has accepted and not made, wholly or in one member.
	ProblemNotApplied ProblemCode = "NOT_APPLIED"
	// ProblemNotVisible is a change that ServiceTitan has made and does not show yet.
	ProblemNotVisible ProblemCode = "NOT_YET_VISIBLE"
	// ProblemUnknown is a change of which nobody knows whether ServiceTitan has made it.
	ProblemUnknown ProblemCode = "OUTCOME_UNKNOWN"
)

// Problem is an expected reason why a change was not made, or not wholly.
type Problem struct {
	Code ProblemCode
	// Field is the member of the input that it is about, "" for none.
	Field string
	// Message is for people.
	Message string
}

// Done tells whether the change was made as far as anybody knows.
func (o Outcome) Done() bool {
	for _, p := range o.Problems {
		if p.Code != ProblemNotApplied && p.Code != ProblemNotVisible {
			return false
		}
	}
	return true
}

// Claim is a change that is about to be made, as it is remembered: without its values.
type Claim struct {
	Subject, Key, Act string
	// Fingerprint tells one input from another.
	Fingerprint []byte
	// Target is the record that the change is done to; nil for none.
	Target *GlobalID
}

// ClaimState is what is known of a claim.
type ClaimState struct {
	// Finished holds the outcome of a change that was made already.
	Finished *Outcome
	// Problem is set when the change cannot be made now, under this key.
	Problem *Problem
	// Resumed is true when an earlier attempt ended without an outcome: ServiceTitan may have made the change.
	Resumed bool
	// Began is when the first attempt began.
	Began time.Time
}

// Booking is technicians' time that a change is about to take.
type Booking struct {
	// Appointment is whose time it is, 0 for one that is yet to be made.
	Appointment int64
	// Technicians are whose time is taken; those who are assigned to the appointment when nil.
	Technicians []int64
	During      TimeWindow
}

// Clash is something that a technician does at the time for which he is to be booked.
type Clash struct {
	Technician int64
	// Kind is what he does: the name of a kind, or "" for a booking that somebody else is making at this moment.
	Kind string
	// ID is its id.
	ID     int64
	During TimeWindow
}

// Stored is what a change has left behind in ServiceTitan, to be put into the mirror in one transaction with the end of its claim.
type Stored struct {
	Documents []KindDocuments
	Removed   []GlobalID
	Outcome   Outcome
	// History tells of the change; nil when nothing was changed.
	History *HistoryEntry
}

// Of are the documents of a kind.
func (s Stored) Of(k *Kind) (docs []Document) {
	for _, one := range s.Documents {
		if one.Kind == k {
			docs = append(docs, one.Documents...)
		}
	}
	return docs
}

// KindDocuments are documents of one kind.
type KindDocuments struct {
	Kind      *Kind
	Documents []Document
}

// HistoryEntry is a change that was made through LAZI.
type HistoryEntry struct {
	Number int64
	At     time.Time
	// Subject is who made it, and Role as what.
	Subject, Role string
	// Mutation made it.
	Mutation string
	// RecordID is what was changed, and Job the job that it belongs to, 0 for none.
	RecordID GlobalID
	Job      int64
	// From and To are the states before and after, nil for a change of no state.
	From, To *string
	// Fields are the members of the input that were given.
	Fields []string
	// Reason is what the caller said about it.
	Reason *string
}

// OpenClaim is a claim that ended without an outcome.
type OpenClaim struct {
	Tenant TenantID
	Began  time.Time
	Claim
}
