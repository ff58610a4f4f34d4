package stclient

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/sync/singleflight"
)

const (
	// renewBefore is how long before its end a token is renewed; ServiceTitan's live 900 s.
	renewBefore = 5 * time.Minute
	// defaultLife is a token's life when the answer does not say.
	defaultLife = 900 * time.Second
	// tokenAttempts and tokenTimeout bound one renewal in all: the endpoint has a throttle of its own.
	tokenAttempts = 3
	tokenTimeout  = 30 * time.Second
	// refusedFor is how long refused credentials are not tried again, so that a wrong secret does not become a storm.
	refusedFor = 30 * time.Second
)

// tokens holds a tenant's access token. Callers share one renewal, which outlives each of them but not tokenTimeout.
type tokens struct {
	client *Client
	oauth  clientcredentials.Config
	tenant int64
	log    *slog.Logger
	flight singleflight.Group

	mu       sync.Mutex
	value    string
	renewAt  time.Time
	expires  time.Time
	failure  *Error // of the last renewal, repeated to callers until failedTo
	failedTo time.Time
}

func newTokens(c *Client, creds Credentials, log *slog.Logger) *tokens {
	return &tokens{client: c, tenant: creds.TenantID, log: log, oauth: clientcredentials.Config{
		ClientID:     creds.ClientID,
		ClientSecret: string(creds.ClientSecret),
		TokenURL:     strings.TrimSuffix(c.cfg.AuthBaseURL, "/") + "/connect/token",
		AuthStyle:    oauth2.AuthStyleInParams,
	}}
}

type tokenResult struct {
	value   string
	failure *Error
}

// get returns a token that will live a while. A token that the API refused is given back as refused and replaced.
func (s *tokens) get(ctx context.Context, refused string) (string, *Error) {
	if known, ok := s.known(refused); ok {
		return known.value, known.failure
	}
	flight := s.flight.DoChan("", func() (any, error) {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), tokenTimeout)
		defer cancel()
		return s.renew(within, refused), nil
	})
	select {
	case r := <-flight:
		if got, ok := r.Val.(tokenResult); ok {
			return got.value, got.failure
		}
		return "", &Error{Op: "token", Code: CodeUnavailable, cause: r.Err}
	case <-ctx.Done():
		return "", ended(ctx, "token")
	}
}

// known answers without a request, if that is possible.
func (s *tokens) known(refused string) (tokenResult, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.client.cfg.Now()
	if s.value != "" && s.value != refused && now.Before(s.renewAt) {
		return tokenResult{value: s.value}, true
	}
	if s.failure != nil && now.Before(s.failedTo) {
		again := *s.failure
		again.RetryAfter = s.failedTo.Sub(now)
		return tokenResult{failure: &again}, true
	}
	return tokenResult{}, false
}

// renew fetches a token, keeps it and returns it. A renewal before the time that finds no one keeps the old token.
func (s *tokens) renew(ctx context.Context, refused string) tokenResult {
	if known, ok := s.known(refused); ok {
		return known // another flight landed just before this one began
	}
	asked := s.client.cfg.Now()
	tok, failure := s.fetch(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if failure == nil {
		s.keep(tok, asked)
		s.log.LogAttrs(ctx, slog.LevelDebug, "servicetitan token renewed", slog.Time("expires", s.expires))
		return tokenResult{value: s.value}
	}
	now := s.client.cfg.Now()
	if s.value != "" && s.value != refused && now.Before(s.expires) && failure.Code != CodeUnauthorized {
		s.renewAt = now.Add(refusedFor)
		s.log.LogAttrs(ctx, slog.LevelWarn, "servicetitan token not renewed yet", slog.String("reason", string(failure.Code)))
		return tokenResult{value: s.value}
	}
	if failure.Code == CodeUnauthorized {
		failure.RetryAfter = refusedFor
	}
	s.value, s.failure, s.failedTo = "", failure, now.Add(failure.RetryAfter)
	return tokenResult{failure: failure}
}

// keep stores a token. Its life is counted from when it was asked for, by our clock; one that lives short is renewed at
// half its life.
func (s *tokens) keep(tok *oauth2.Token, asked time.Time) {
	life := defaultLife
	if !tok.Expiry.IsZero() {
		life = time.Until(tok.Expiry) // oauth2 reckons with the system's clock
	}
	s.value, s.failure = tok.AccessToken, nil
	s.expires = asked.Add(life)
	s.renewAt = s.expires.Add(-min(renewBefore, life/2))
}

// fetch asks the token endpoint, again when it is down or throttles and there is time.
func (s *tokens) fetch(ctx context.Context) (*oauth2.Token, *Error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, s.client.http)
	for attempt := 1; ; attempt++ {
		tok, err := s.oauth.Token(ctx)
		if err == nil {
			return tok, nil
		}
		failure := s.failed(ctx, err)
		wait := s.client.backoff(attempt, failure.RetryAfter)
		if !failure.retry || attempt == tokenAttempts || !fits(ctx, wait) || sleep(ctx, wait) != nil {
			failure.retry = false // a call does not repeat on top of this
			return nil, failure
		}
	}
}

// failed turns oauth2's error into ours. Nothing of it is kept: its text quotes the body.
func (s *tokens) failed(ctx context.Context, err error) *Error {
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		if _, ok := errors.AsType[*url.Error](err); ok {
			return broken(ctx, "token", err)
		}
		return &Error{Op: "token", Code: CodeBadResponse, Hint: "the token endpoint's answer is not a token", retry: true}
	}
	e := &Error{Op: "token", Status: answer.Response.StatusCode, Title: scrub(identifier(answer.ErrorCode), s.oauth.ClientSecret)}
	e.RetryAfter = retryAfter(answer.Response.Header, string(answer.Body), s.client.cfg.Now())
	switch {
	case e.Status == http.StatusTooManyRequests:
		e.Code, e.retry = CodeRateLimited, true
	case e.Status >= 500:
		e.Code, e.retry = CodeUnavailable, true
	case e.Status/100 == 3:
		e.Code, e.Hint = CodeBadResponse, "the token endpoint redirects"
	default:
		e.Code = CodeUnauthorized
		e.Hint = "client id or client secret of tenant " + strconv.FormatInt(s.tenant, 10) + " refused (" +
			cmp.Or(e.Title, "no reason given") + "); they belong to one tenant and one environment"
	}
	return e
}
