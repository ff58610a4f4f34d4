// Package stclient calls the ServiceTitan V2 API.
//
// One Client holds what all tenants share: hosts, transport, policy. Client.Tenant opens a tenant's session, which owns
// the access token, the rate budgets and the circuit breaker; keep it for as long as the credentials live. A session
// gets single records (Get), streams lists (List, ByIDs) and export feeds (Export). Records stay raw JSON, so unknown
// fields and enum values survive.
//
// Every failure is an *Error. The session waits for its budget, renews its token, repeats what may succeed later and never
// repeats earlier than the API told. Writes (Write) are repeated only where ServiceTitan surely has not done them; where
// nobody knows, the error says so.
package stclient

import (
	"log/slog"
	"math"
	"net/http"
	"sync/atomic"

	"golang.org/x/time/rate"
)

// userAgent names us in ServiceTitan's logs.
const userAgent = "lazi"

// Client is what the sessions of all tenants share. It is safe for concurrent use.
type Client struct {
	cfg  Config
	http *http.Client
}

// New checks the configuration and makes a client. It calls nobody.
func New(cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Client{cfg: cfg, http: &http.Client{
		Transport: cfg.Transport,
		// A redirect would carry the app key to another host; no JSON operation redirects.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Tenant is one tenant's session. It is safe for concurrent use. Printing or logging it shows the tenant id only.
type Tenant struct {
	client  *Client
	creds   Credentials
	log     *slog.Logger
	tokens  *tokens
	budget  *budget
	breaker *breaker
	// proven is set once ServiceTitan has served this tenant; a gateway refusal then concerns one operation, not all.
	proven atomic.Bool
}

// Tenant opens a session. Open one per tenant and keep it: a second session would share neither token nor
// breaker, and the budget only by way of Config.Pacer. It calls nobody, so wrong credentials show at the first call.
func (c *Client) Tenant(creds Credentials) *Tenant {
	log := c.cfg.Logger.With(slog.Int64("tenant", creds.TenantID))
	return &Tenant{
		client: c,
		creds:  creds,
		log:    log,
		tokens: newTokens(c, creds, log),
		budget: &budget{
			now:     c.cfg.Now,
			maxWait: c.cfg.MaxWait,
			limit:   rate.Limit(c.cfg.RequestsPerSecond),
			burst:   int(math.Ceil(c.cfg.RequestsPerSecond)),
			shared:  &sharedPace{pacer: c.cfg.Pacer, tenant: creds.TenantID, log: log, now: c.cfg.Now},
			total:   rate.NewLimiter(MaxRequestsPerSecond, 1),
			modules: map[string]*rate.Limiter{},
		},
		breaker: &breaker{now: c.cfg.Now, threshold: c.cfg.BreakerFailures, cooldown: c.cfg.BreakerCooldown},
	}
}

// ID is the tenant's id at ServiceTitan.
func (t *Tenant) ID() int64 { return t.creds.TenantID }
