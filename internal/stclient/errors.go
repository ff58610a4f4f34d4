package stclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Code is the kind of a failure. Switch on CodeOf(err).
type Code string

// The kinds of failure.
const (
	// CodeUnauthorized: the token endpoint refuses client id or secret, or the gateway refuses the app key.
	CodeUnauthorized Code = "credentials refused"
	// CodeTenantNotAuthorised: ServiceTitan serves this app nothing for this tenant. Nothing else will work either.
	CodeTenantNotAuthorised Code = "tenant not authorised"
	// CodeForbidden: the app lacks the scope of this resource. Others may work.
	CodeForbidden Code = "forbidden"
	// CodeNotFound: the record does not exist.
	CodeNotFound Code = "not found"
	// CodeNoSuchOperation: the gateway knows no such operation for this app, or the Resource has no such path.
	CodeNoSuchOperation Code = "no such operation"
	// CodeInvalid: the request is wrong; Fields may say where.
	CodeInvalid Code = "invalid request"
	// CodeConflict: the record's state does not allow it.
	CodeConflict Code = "conflict"
	// CodeRateLimited: ServiceTitan's budget or ours is spent; RetryAfter says for how long.
	CodeRateLimited Code = "rate limited"
	// CodeUnavailable: ServiceTitan does not answer, answers 5xx, takes too long, or the breaker is open.
	CodeUnavailable Code = "unavailable"
	// CodeBadResponse: the answer is cut off, not JSON, too large or lacks what every answer has.
	CodeBadResponse Code = "bad response"
	// CodeCanceled: the caller gave up.
	CodeCanceled Code = "canceled"
)

// Error is what every failed call returns. Its text holds no token, secret, body or query value. Title and Fields quote
// the API and may hold personal data: show them to the caller who sent the request, do not log them.
type Error struct {
	// Op is what was tried: "list Customer page 3".
	Op string
	// Code is the kind of failure.
	Code Code
	// Status is the HTTP status, 0 when there was no answer.
	Status int
	// Title is the API's own short text, "" when it gave none.
	Title string
	// TraceID is for ServiceTitan's support, "" when the gateway answered.
	TraceID string
	// RetryAfter is how long the API, our budget or the breaker asks to wait, 0 when unknown.
	RetryAfter time.Duration
	// Fields are the API's messages by field of the request, nil when it gave none.
	Fields map[string][]string
	// Hint says in our words what happened or what to do, naming the tenant where it matters.
	Hint string

	// Unknown says that a write may have been done, or not: it was sent, and what became of it was not told.
	Unknown bool

	cause error
	retry bool
}

// Error tells operation, kind, status, hint, field names, wait and trace id.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "stclient: %s: %s", e.Op, e.Code)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (status %d)", e.Status)
	}
	if e.Hint != "" {
		b.WriteString(": " + e.Hint)
	}
	if names := e.fieldNames(); len(names) > 0 {
		b.WriteString(", fields " + strings.Join(names, " "))
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, ", try again in %s", e.RetryAfter.Round(time.Millisecond))
	}
	if e.TraceID != "" {
		b.WriteString(", trace " + e.TraceID)
	}
	return b.String()
}

// Format prints Error for every verb, so that none dumps Title and Fields.
func (e *Error) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Error()) }

// MarshalText encodes Error, so that encoders do not dump Title and Fields.
func (e *Error) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// Unwrap gives the context's or the network's error, nil when the API answered.
func (e *Error) Unwrap() error { return e.cause }

// fieldNames are sorted, and only those that look like names.
func (e *Error) fieldNames() []string {
	var names []string
	for name := range e.Fields {
		if n := identifier(name); n != "" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

// CodeOf is the kind of failure behind err, "" when err is not from this package.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// during returns a copy of a failure that several callers share, told from one caller's view.
func (e *Error) during(op string) *Error {
	mine := *e
	mine.Op = op + ": " + e.Op
	return &mine
}

// ended tells why a context ended: the caller gave up, or ServiceTitan did not answer in the caller's time.
func ended(ctx context.Context, op string) *Error {
	err := ctx.Err()
	if errors.Is(err, context.DeadlineExceeded) {
		return &Error{Op: op, Code: CodeUnavailable, Hint: "no answer before the deadline", cause: err}
	}
	return &Error{Op: op, Code: CodeCanceled, cause: err}
}

// identifier returns s when it is short and made of the characters of names and trace ids, else "".
func identifier(s string) string {
	const chars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:|$[]-"
	if len(s) > 128 || strings.Trim(s, chars) != "" {
		return ""
	}
	return s
}
