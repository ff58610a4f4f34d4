package stclient

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

// ServiceTitan's hosts. An app's client id, secret and tokens belong to one environment; the app key to both.
const (
	ProductionAPI   = "https://api.servicetitan.io"
	ProductionAuth  = "https://auth.servicetitan.io"
	IntegrationAPI  = "https://api-integration.servicetitan.io"
	IntegrationAuth = "https://auth-integration.servicetitan.io"
)

// MaxRequestsPerSecond is what ServiceTitan allows an app per tenant, over all modules.
const MaxRequestsPerSecond = 60

// Config tunes a Client. The zero value of every field means its default.
type Config struct {
	// APIBaseURL is the API's scheme and host; ProductionAPI by default.
	APIBaseURL string
	// AuthBaseURL is the scheme and host of the token endpoint; ProductionAuth by default.
	AuthBaseURL string

	// RequestsPerSecond is the budget of each (tenant, module), above 0 and at most 60; 4 by default.
	// A second's worth may be spent at once. All modules of a tenant together never pass 60.
	RequestsPerSecond float64
	// Pacer keeps this budget for all processes that serve a tenant. Without one, and while it does not answer, each
	// process has the budget to itself.
	Pacer Pacer
	// Timeout ends one HTTP exchange, body included; 100 s by default, which is when the API itself gives up.
	Timeout time.Duration
	// MaxBodyBytes bounds an answer after decompression; 64 MiB by default (a page of 5000 jobs has about 15).
	MaxBodyBytes int64

	// MaxAttempts is how often a call is tried in all; 5 by default.
	MaxAttempts int
	// Backoff bounds the random wait before the first repeat, and doubles with each further one; 500 ms by default.
	Backoff time.Duration
	// MaxBackoff bounds the random wait; 30 s by default.
	MaxBackoff time.Duration
	// MaxWait is the longest wait that the API may impose on a call; 2 min by default. Told to wait longer, a call
	// returns CodeRateLimited or CodeUnavailable at once, as it does when the wait would pass the context's deadline.
	MaxWait time.Duration

	// BreakerFailures is how many exchanges of a tenant must fail in a row to open its breaker; 10 by default.
	BreakerFailures int
	// BreakerCooldown is how long an open breaker refuses calls before it lets one try; 30 s by default.
	BreakerCooldown time.Duration

	// Transport makes the HTTP exchanges; a transport of our own with a pool of 32 connections a host by default.
	Transport http.RoundTripper
	// Around, where set, wraps the transport, to count and trace exchanges.
	Around func(http.RoundTripper) http.RoundTripper
	// Logger hears of repeats and token renewals; silent by default.
	Logger *slog.Logger
	// Now is the clock; time.Now by default.
	Now func() time.Time
	// Rand gives the jitter, in [0,1), from several goroutines; math/rand/v2 by default.
	Rand func() float64
}

func (c Config) withDefaults() Config {
	orDefault(&c.APIBaseURL, ProductionAPI)
	orDefault(&c.AuthBaseURL, ProductionAuth)
	orDefault(&c.RequestsPerSecond, 4)
	orDefault(&c.Timeout, 100*time.Second)
	orDefault(&c.MaxBodyBytes, 64<<20)
	orDefault(&c.MaxAttempts, 5)
	orDefault(&c.Backoff, 500*time.Millisecond)
	orDefault(&c.MaxBackoff, 30*time.Second)
	orDefault(&c.MaxWait, 2*time.Minute)
	orDefault(&c.BreakerFailures, 10)
	orDefault(&c.BreakerCooldown, 30*time.Second)
	if c.Transport == nil {
		c.Transport = newTransport()
	}
	if c.Around != nil {
		c.Transport = c.Around(c.Transport)
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Float64
	}
	return c
}

func orDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// newTransport differs from Go's default in the size of its pool: every call goes to the same host.
func newTransport() http.RoundTripper {
	def, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport // the program replaced it, on purpose
	}
	tr := def.Clone()
	tr.MaxIdleConnsPerHost = 32
	return tr
}

// check reports every mistake at once.
func (c Config) check() error {
	var errs []error
	mistake := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf("stclient: "+format, args...))
		}
	}
	mistake(!isHost(c.APIBaseURL), "API base URL must be http(s)://host without a path")
	mistake(!isHost(c.AuthBaseURL), "auth base URL must be http(s)://host without a path")
	mistake(!(c.RequestsPerSecond > 0 && c.RequestsPerSecond <= MaxRequestsPerSecond),
		"requests per second must be above 0 and at most %d", MaxRequestsPerSecond)
	mistake(c.MaxBodyBytes < 0, "body limit must be positive")
	mistake(c.MaxAttempts < 0, "attempts must be positive")
	mistake(c.BreakerFailures < 0, "breaker failures must be positive")
	mistake(min(c.Timeout, c.Backoff, c.MaxBackoff, c.MaxWait, c.BreakerCooldown) < 0, "durations must be positive")
	return errors.Join(errs...)
}

func isHost(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" &&
		(u.Path == "" || u.Path == "/") && u.RawQuery == "" && u.User == nil
}
