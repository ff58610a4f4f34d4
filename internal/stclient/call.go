package stclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// slowAnswer is the time within which a healthy ServiceTitan answers. A caller who gave less and got nothing has not
// learned anything about its health.
const slowAnswer = 5 * time.Second

// do makes a call and decodes its answer. It owns breaker, budget, token, repeats, body cap and the reading of
// refusals. It repeats what may succeed later until attempts, MaxWait or the context's time are used up. decode is run
// once per answer and must start afresh each time.
func (t *Tenant) do(ctx context.Context, c call, decode func(*json.Decoder) error) error {
	for attempt := 1; ; attempt++ {
		failure := t.try(ctx, c, decode)
		if failure == nil {
			return nil
		}
		if !failure.retry || failure.Unknown || attempt >= t.client.cfg.MaxAttempts {
			return failure
		}
		wait := t.client.backoff(attempt, failure.RetryAfter)
		if failure.RetryAfter > t.client.cfg.MaxWait || !fits(ctx, wait) {
			return failure
		}
		t.log.LogAttrs(ctx, slog.LevelWarn, "servicetitan call is repeated",
			slog.String("op", c.op), slog.String("reason", string(failure.Code)), slog.Int("status", failure.Status),
			slog.Int("attempt", attempt), slog.Duration("wait", wait))
		if sleep(ctx, wait) != nil {
			return ended(ctx, c.op)
		}
	}
}

// try makes one attempt: it waits for its turn, then exchanges.
func (t *Tenant) try(ctx context.Context, c call, decode func(*json.Decoder) error) *Error {
	if wait := t.breaker.openFor(); wait > 0 {
		return t.refused(c, wait)
	}
	if failure := t.budget.take(ctx, c.module, c.op); failure != nil {
		return failure
	}
	if wait := t.breaker.enter(); wait > 0 { // it opened while we waited
		return t.refused(c, wait)
	}
	began := t.client.cfg.Now()
	failure := t.exchange(ctx, c, decode)
	t.breaker.leave(health(failure, t.client.cfg.Now().Sub(began)))
	return failure
}

func (t *Tenant) refused(c call, wait time.Duration) *Error {
	return &Error{
		Op: c.op, Code: CodeUnavailable, RetryAfter: wait,
		Hint: "ServiceTitan failed repeatedly for " + t.String() + ", calls are stopped for a while",
	}
}

// health reads a failure for the breaker. A caller's deadline counts as a failure of ServiceTitan when it left time for
// an answer.
func health(failure *Error, took time.Duration) outcome {
	if failure == nil {
		return answered
	}
	switch failure.Code {
	case CodeUnavailable, CodeBadResponse:
		if errors.Is(failure.cause, context.DeadlineExceeded) && took < slowAnswer {
			return abandoned
		}
		return failed
	case CodeCanceled:
		return abandoned
	case CodeUnauthorized, CodeTenantNotAuthorised, CodeForbidden, CodeNotFound, CodeNoSuchOperation, CodeInvalid,
		CodeConflict, CodeRateLimited:
	}
	return answered
}

// exchange sends a call with a valid token, and once more with a new one when the API refuses the first.
func (t *Tenant) exchange(ctx context.Context, c call, decode func(*json.Decoder) error) *Error {
	token, failure := t.tokens.get(ctx, "")
	if failure != nil {
		return failure.during(c.op)
	}
	failure = t.send(ctx, c, token, decode)
	if failure == nil || failure.Status != http.StatusUnauthorized {
		return failure
	}
	token, failure = t.tokens.get(ctx, token)
	if failure != nil {
		return failure.during(c.op)
	}
	if failure = t.budget.take(ctx, c.module, c.op); failure != nil {
		return failure
	}
	return t.send(ctx, c, token, decode)
}

// send makes one HTTP exchange.
func (t *Tenant) send(ctx context.Context, c call, token string, decode func(*json.Decoder) error) *Error {
	within, cancel := context.WithTimeout(ctx, t.client.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(within, c.method, c.url, bytes.NewReader(c.body))
	if err != nil {
		return &Error{Op: c.op, Code: CodeInvalid, Hint: "the URL cannot be built"} // err quotes the URL
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("ST-App-Key", string(t.creds.AppKey))
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	if c.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := t.client.http.Do(req)
	if err != nil {
		return c.unsure(broken(ctx, c.op, err), !neverSent(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		failure := t.refusal(ctx, c.op, resp, token)
		return c.unsure(failure, failure.Status/100 != 4 || failure.Status == http.StatusRequestTimeout)
	}
	body := &cappedBody{from: resp.Body, left: t.client.cfg.MaxBodyBytes}
	if err := decodeWhole(body, decode); err != nil {
		return c.unsure(unreadable(ctx, c.op, resp.StatusCode, body, err), true)
	}
	t.proven.Store(true)
	return nil
}

// decodeWhole decodes a body that holds one value and nothing after it. Reading to the end lets the connection be used
// again.
func decodeWhole(body io.Reader, decode func(*json.Decoder) error) error {
	dec := json.NewDecoder(body)
	if err := decode(dec); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.Join(errShape, err)
	}
	return nil
}

// cappedBody reads up to a limit and remembers how reading failed, so that a broken connection can be told from broken
// JSON.
type cappedBody struct {
	from io.Reader
	left int64
	err  error
}

// Read fails with errTooLarge where the limit is passed.
func (b *cappedBody) Read(p []byte) (int, error) {
	// One byte more than allowed shows whether there is more.
	n, err := b.from.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		b.err = errTooLarge
		return 0, b.err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}
