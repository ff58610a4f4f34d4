// Package gqlerr is the one place where errors become answers: which code, which words, and what stays in the log.
// It imports domain only.
package gqlerr

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lazilabs.com/lazi/internal/domain"
)

// Code is the `extensions.code` of an error: what programs read.
type Code string

// The codes that clients may meet, besides PERSISTED_QUERY_NOT_FOUND.
const (
	ParseFailed           Code = errcode.ParseFailed
	ValidationFailed      Code = errcode.ValidationFailed
	LimitExceeded         Code = "LIMIT_EXCEEDED"
	IntrospectionDisabled Code = "INTROSPECTION_DISABLED"
	BadUserInput          Code = "BAD_USER_INPUT"
	BadRequest            Code = "BAD_REQUEST"
	Unauthenticated       Code = "UNAUTHENTICATED"
	Forbidden             Code = "FORBIDDEN"
	NotFound              Code = "NOT_FOUND"
	UpstreamUnauthorized  Code = "UPSTREAM_UNAUTHORIZED"
	RateLimited           Code = "RATE_LIMITED"
	Unavailable           Code = "UNAVAILABLE"
	Timeout               Code = "TIMEOUT"
	NotTrusted            Code = "DOCUMENT_NOT_TRUSTED"
	Unsupported           Code = "UNSUPPORTED_BY_PROVIDER"
	SlowConsumer          Code = "SLOW_CONSUMER"
	ResumeExpired         Code = "RESUME_EXPIRED"
	Internal              Code = "INTERNAL"
)

// table maps causes to codes and to words that are fit for clients. The first that matches counts.
var table = []struct {
	cause   error
	code    Code
	message string
}{
	{domain.ErrNotFound, NotFound, "not found"},
	{domain.ErrForbidden, Forbidden, "your role does not allow this"},
	{domain.ErrUnauthorized, UpstreamUnauthorized, "ServiceTitan does not accept this tenant's credentials, or they lack the scope for this resource"},
	{domain.ErrRateLimited, RateLimited, "ServiceTitan's call budget of this tenant is spent: try again later"},
	{domain.ErrUnsupported, Unsupported, "the source of truth of this area cannot do this"},
	{domain.ErrSlowConsumer, SlowConsumer, "changes come faster than you read them: subscribe again with your last resumeToken"},
	{domain.ErrResumeExpired, ResumeExpired, "changes since this token are no longer known in full: read anew and subscribe without since"},
	{context.DeadlineExceeded, Timeout, "the operation took too long"},
	{domain.ErrUnavailable, Unavailable, "the data is not available now: try again later"},
}

// CodeOf returns the code that an error of a resolver is shown under.
func CodeOf(err error) Code {
	if _, ok := errors.AsType[*domain.InvalidError](err); ok {
		return BadUserInput
	}
	for _, row := range table {
		if errors.Is(err, row.cause) {
			return row.code
		}
	}
	return Internal
}

// Presenter turns errors of resolvers into answers. What is not in the table is logged under an id and told to the
// client by that id alone.
func Presenter(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		out := graphql.DefaultErrorPresenter(ctx, err)
		if invalid, ok := errors.AsType[*domain.InvalidError](err); ok {
			return with(out, BadUserInput, invalid.Error(), map[string]any{"field": invalid.Field})
		}
		if errors.Is(err, context.Canceled) && ctx.Err() != nil {
			return with(out, Timeout, "the request was abandoned", nil) // the caller has gone: nobody reads this
		}
		for _, row := range table {
			if errors.Is(err, row.cause) {
				log.WarnContext(ctx, "field failed", "code", row.code, "path", out.Path.String(), "cause", err)
				return with(out, row.code, row.message, nil)
			}
		}
		if out.Rule != "" || out.Extensions["code"] != nil {
			return shortened(out) // gqlparser's own words about the document
		}
		id := rand.Text()[:12]
		log.ErrorContext(ctx, "field failed", "error_id", id, "path", out.Path.String(), "cause", err)
		return with(out, Internal, "internal error "+id, map[string]any{"id": id})
	}
}

// Recover turns a panic into an error that the presenter hides and the log shows.
func Recover(log *slog.Logger) graphql.RecoverFunc {
	return func(ctx context.Context, cause any) error {
		log.ErrorContext(ctx, "panic in a resolver", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
		return fmt.Errorf("panic: %v", cause)
	}
}

// maxBytes bounds the words of others, which quote what the client has sent.
const maxBytes = 300

// shortened cuts what is too long to be told.
func shortened(e *gqlerror.Error) *gqlerror.Error {
	e.Message = shorter(e.Message)
	for i, element := range e.Path {
		if name, ok := element.(ast.PathName); ok {
			e.Path[i] = ast.PathName(shorter(string(name)))
		}
	}
	return e
}

func shorter(s string) string {
	if len(s) <= maxBytes {
		return s
	}
	return strings.ToValidUTF8(s[:maxBytes], "") + "…"
}

func with(e *gqlerror.Error, code Code, message string, more map[string]any) *gqlerror.Error {
	e.Message = message
	e.Err = nil
	e.Extensions = map[string]any{"code": code}
	maps.Copy(e.Extensions, more)
	return e
}
