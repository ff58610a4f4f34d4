package domain

import "time"

// AuditOutcome is what became of an operation that was audited.
type AuditOutcome string

// The outcomes.
const (
	AuditOK      AuditOutcome = "OK"
	AuditFailed  AuditOutcome = "FAILED"
	AuditRefused AuditOutcome = "REFUSED"
)

// AuditEntry says who has changed what, or was refused. It holds no values but ids.
type AuditEntry struct {
	Number  int64
	At      time.Time
	Subject string
	Role    string
	// Operation is a root field, "Mutation.startSync", or the field that was refused.
	Operation string
	// IDs are those that the caller named, and of what the answer is about.
	IDs     []string
	Outcome AuditOutcome
	// Codes are those of errors, user errors among them.
	Codes []string
	// RequestID is also in the log; nil for commands.
	RequestID *string
}

// AuditFilter says which entries are wanted. What is empty does not narrow.
type AuditFilter struct {
	Subject, Operation string
	Outcomes           []AuditOutcome
	Since, Until       *time.Time
	// Before is the number of the entry to go on behind, 0 for the first page; Limit is how many.
	Before int64
	Limit  int
}
