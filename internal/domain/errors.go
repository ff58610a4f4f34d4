package domain

import (
	"errors"
	"fmt"
)

// Sentinels that every layer's errors wrap; the GraphQL edge maps them to codes.
var (
	// ErrNotFound means that the record does not exist for this tenant.
	ErrNotFound = errors.New("not found")
	// ErrInvalid means that the caller's input is wrong; see InvalidError for the field.
	ErrInvalid = errors.New("invalid input")
	// ErrForbidden means that the caller's role does not allow it.
	ErrForbidden = errors.New("not allowed")
	// ErrUnauthorized means that ServiceTitan refuses the tenant's credentials or their scope.
	ErrUnauthorized = errors.New("not authorised upstream")
	// ErrRateLimited means that ServiceTitan's or our own call budget is spent.
	ErrRateLimited = errors.New("rate limited")
	// ErrUnavailable means that ServiceTitan or the database does not answer now.
	ErrUnavailable = errors.New("unavailable")
	// ErrUnsupported means that the domain's source of truth cannot do this.
	ErrUnsupported = errors.New("unsupported by provider")
	// ErrSlowConsumer means that a subscriber reads more slowly than changes come.
	ErrSlowConsumer = errors.New("slow consumer")
	// ErrResumeExpired means that the log of changes no longer holds all that followed a place.
	ErrResumeExpired = errors.New("resume token expired")
)

// InvalidError says which input is wrong and why. It is ErrInvalid.
type InvalidError struct {
	// Field is the path of the input: "first", "filter.tagIds".
	Field string
	// Reason is a sentence for the caller.
	Reason string
}

// Invalid makes an InvalidError.
func Invalid(field, format string, args ...any) error {
	return &InvalidError{Field: field, Reason: fmt.Sprintf(format, args...)}
}

// Error names the field and the reason.
func (e *InvalidError) Error() string { return e.Field + ": " + e.Reason }

// Unwrap makes the error ErrInvalid.
func (e *InvalidError) Unwrap() error { return ErrInvalid }
