package stclient

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
)

// maxRefusalBytes bounds what is read of an error's body; real ones have a few hundred bytes.
const maxRefusalBytes = 64 << 10

var (
	errTooLarge = errors.New("answer is larger than allowed")
	errShape    = errors.New("answer lacks what every answer has")
)

// refusedBody is the union of the three error shapes: the gateway's {statusCode, message}, the API's problem details
// and OAuth's {error, error_description}.
type refusedBody struct {
	Message string          `json:"message"`
	Title   string          `json:"title"`
	TraceID string          `json:"traceId"`
	Errors  json.RawMessage `json:"errors"`
	OAuth   string          `json:"error"`
}

// isProblem tells an answer of the API itself from one of the gateway before it.
func (b refusedBody) isProblem() bool { return b.TraceID != "" || b.Title != "" }

func (b refusedBody) title() string {
	for _, s := range []string{b.Title, b.Message, b.OAuth} {
		if s != "" {
			return s
		}
	}
	return ""
}

// refusal turns an answer that is not a success into an error.
func (t *Tenant) refusal(ctx context.Context, op string, resp *http.Response, token string) *Error {
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusalBytes))
	if err != nil && ctx.Err() != nil {
		return ended(ctx, op)
	}
	var body refusedBody
	_ = json.Unmarshal(raw, &body) // not JSON: the status alone speaks
	e := &Error{
		Op: op, Status: resp.StatusCode,
		Title:      t.scrub(body.title(), token),
		TraceID:    t.scrub(identifier(body.TraceID), token),
		RetryAfter: retryAfter(resp.Header, body.title(), t.client.cfg.Now()),
		Fields:     t.fields(body.Errors, token),
	}
	t.classify(e, body)
	if e.Code == CodeRateLimited {
		t.budget.refused(ctx, e.RetryAfter)
	}
	return e
}

// classify finds kind, hint and whether a repeat makes sense.
func (t *Tenant) classify(e *Error, body refusedBody) {
	switch {
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden, e.Status == http.StatusNotFound:
		t.classifyAccess(e, body)
	case e.Status == http.StatusTooManyRequests:
		e.Code, e.retry = CodeRateLimited, true
	case e.Status >= 500, e.Status == http.StatusRequestTimeout:
		e.Code, e.retry = CodeUnavailable, true
	case e.Status == http.StatusConflict:
		e.Code = CodeConflict
	case e.Status >= 400:
		e.Code = CodeInvalid
	default:
		e.Code, e.Hint = CodeBadResponse, "neither a success nor an error"
	}
	if e.Code == CodeConflict || e.Code == CodeInvalid || e.Code == CodeNotFound {
		t.proven.Store(true)
	}
}

// classifyAccess reads 401, 403 and 404. A tenant that is not linked to the app shows as any of the three, so they mean
// that as long as the tenant was never served.
func (t *Tenant) classifyAccess(e *Error, body refusedBody) {
	text := strings.ToLower(e.Title)
	switch {
	case e.Status == http.StatusNotFound && body.isProblem():
		e.Code = CodeNotFound
	case e.Status == http.StatusForbidden && strings.Contains(text, "scope"):
		e.Code = CodeForbidden
		e.Hint = t.String() + ": the app lacks the scope, or the tenant's admin has not accepted the app version that has it"
		t.proven.Store(true)
	case e.Status == http.StatusUnauthorized && (strings.Contains(text, "subscription key") || strings.Contains(text, "app key")):
		e.Code = CodeUnauthorized
		e.Hint = t.String() + ": the app key is missing or unknown"
	case e.Status == http.StatusForbidden && t.proven.Load():
		e.Code, e.Hint = CodeForbidden, t.linkHint()
	case e.Status == http.StatusNotFound && t.proven.Load():
		e.Code, e.Hint = CodeNoSuchOperation, "outside the reach of the app of "+t.String()+", or no such path"
	default:
		e.Code, e.Hint = CodeTenantNotAuthorised, t.linkHint()
	}
}

func (t *Tenant) linkHint() string {
	return t.String() + " is not linked to this app: check that its admin has connected the app and accepted the current " +
		"version, and that tenant id, client id and app key belong together and to this environment"
}

// fields reads messages by field; anything else than that is left out.
func (t *Tenant) fields(raw json.RawMessage, token string) map[string][]string {
	var told map[string][]string
	if json.Unmarshal(raw, &told) != nil || len(told) == 0 {
		return nil
	}
	fields := make(map[string][]string, len(told))
	for name, messages := range told {
		for i, m := range messages {
			messages[i] = t.scrub(m, token)
		}
		fields[t.scrub(name, token)] = messages
	}
	return fields
}

// scrub takes the session's secrets out of a text that the API wrote.
func (t *Tenant) scrub(s, token string) string {
	return scrub(s, token, string(t.creds.ClientSecret), string(t.creds.AppKey))
}

// scrub takes secrets out of a text and shortens it.
func scrub(s string, secrets ...string) string {
	for _, secret := range secrets {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, redacted)
		}
	}
	const limit = 300
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}

// broken is a failure without an answer. Of its cause only what surely holds no URL and nothing from the wire is kept:
// either may hold personal data.
func broken(ctx context.Context, op string, err error) *Error {
	if ctx.Err() != nil {
		return ended(ctx, op)
	}
	e := &Error{Op: op, Code: CodeUnavailable, Hint: "connection broken", retry: true}
	if errors.Is(err, context.DeadlineExceeded) {
		e.Hint = "no answer in time"
	} else if dns, ok := errors.AsType[*net.DNSError](err); ok {
		e.Hint, e.cause = "host "+dns.Name+" not found", dns
	} else if network, ok := errors.AsType[*net.OpError](err); ok {
		e.Hint, e.cause = network.Error(), network
	}
	return e
}

// unreadable is a success whose body cannot be used.
func unreadable(ctx context.Context, op string, status int, body *cappedBody, err error) *Error {
	e := &Error{Op: op, Code: CodeBadResponse, Status: status, retry: true}
	switch {
	case errors.Is(body.err, errTooLarge):
		e.Hint, e.retry = errTooLarge.Error(), false
	case body.err != nil && !errors.Is(body.err, io.ErrUnexpectedEOF):
		e = broken(ctx, op, body.err)
		e.Status = status
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Hint = "answer is cut off"
	case errors.Is(err, errShape):
		e.Hint = errShape.Error()
	default:
		e.Hint = "answer is not the expected JSON"
	}
	return e
}
