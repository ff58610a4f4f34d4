// Package servicetitan answers reads from the mirror and asks ServiceTitan for what the mirror lacks.
//
// There is one way to read: make sure that the mirror can answer, then ask the mirror. By id, rows that are missing are
// fetched; for lists of a kind that was never copied whole, the filter is pushed down to the API as far as it can be
// and what comes back is stored. When ServiceTitan is down, slow or out of budget, what is mirrored is served and
// marked.
package servicetitan

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/stclient"
	"lazilabs.com/lazi/internal/table"
)

// Mirror is what the provider asks of the store.
type Mirror interface {
	ByIDs(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) ([]domain.Entity, error)
	List(ctx context.Context, tenant domain.TenantID, k *domain.Kind, q domain.Query) ([]domain.Entity, error)
	Count(ctx context.Context, tenant domain.TenantID, k *domain.Kind, q domain.Query) (int64, error)
	Linked(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any, q domain.Query) (map[any][]domain.Entity, error)
	CountLinked(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any, q domain.Query) (map[any]int64, error)
	SearchCustomers(ctx context.Context, tenant domain.TenantID, text string, limit int) ([]domain.CustomerMatch, error)
	Answer(ctx context.Context, tenant domain.TenantID, asks []*table.Ask) error
	Upsert(ctx context.Context, tenant domain.TenantID, k *domain.Kind, docs []domain.Document) (domain.Written, error)
	CopyStates(ctx context.Context, tenant domain.TenantID) (map[string]domain.CopyState, error)
	MarkComplete(ctx context.Context, tenant domain.TenantID, k *domain.Kind, began time.Time) error
	Ledger
}

// Accounts opens a tenant's ServiceTitan account. The error is domain.ErrUnauthorized for a tenant that is not linked.
type Accounts func(ctx context.Context, tenant domain.TenantID) (*stclient.Tenant, error)

// Config tunes a Provider.
type Config struct {
	// PageSize is how many records a page of a crawl holds, 1 to 5000; 500 when zero.
	PageSize int
	// Patience is how long a reader waits for ServiceTitan before the mirror answers as it is; 10 s when zero.
	Patience time.Duration
	// SendTimeout bounds one attempt to make a change; 60 s when zero.
	SendTimeout time.Duration
	// Absence is how long a record that ServiceTitan does not know is not asked for again; 1 min when zero.
	Absence time.Duration
	// OnCold, where set, is told of kinds that are read in part and were never copied whole.
	OnCold func(ctx context.Context, tenant domain.TenantID, k *domain.Kind)
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Logger tells of rejected documents and of answers served without ServiceTitan.
	Logger *slog.Logger
}

// Provider serves every area in mode "servicetitan". It is safe for concurrent use.
type Provider struct {
	mirror   Mirror
	accounts Accounts
	cfg      Config
	states   *states
	flights  *flights
	absent   *absences
	hours    told[domain.BusinessHours]
	reasons  told[[]domain.JobReason]
	work     sync.WaitGroup
	stopping chan struct{}
	stop     func()
}

// New makes a provider.
func New(mirror Mirror, accounts Accounts, cfg Config) *Provider {
	if cfg.PageSize == 0 {
		cfg.PageSize = 500
	}
	if cfg.Patience == 0 {
		cfg.Patience = 10 * time.Second
	}
	if cfg.SendTimeout == 0 {
		cfg.SendTimeout = time.Minute
	}
	if cfg.Absence == 0 {
		cfg.Absence = time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	stopping := make(chan struct{})
	return &Provider{
		mirror: mirror, accounts: accounts, cfg: cfg,
		states: newStates(mirror, cfg.Now), flights: newFlights(), absent: newAbsences(cfg.Absence),
		stopping: stopping, stop: sync.OnceFunc(func() { close(stopping) }),
	}
}

// Close ends fetches that outlived their readers; pages that are stored stay. Call it after the last reader is gone.
func (p *Provider) Close() {
	p.stop()
	p.work.Wait()
}

// Wait waits for fetches that outlived their readers.
func (p *Provider) Wait() { p.work.Wait() }

// SearchCustomers finds customers in the mirror. ServiceTitan's own search is by exact parts, so a tenant whose
// customers and contacts were never copied whole is copied first.
func (p *Provider) SearchCustomers(ctx context.Context, tenant domain.TenantID, text string, limit int) ([]domain.CustomerMatch, error) {
	stale, err := p.prepared(p.fillAll(ctx, tenant, domain.Customers.Kind, domain.CustomerContacts.Kind))
	if err != nil {
		return nil, err
	}
	found, err := p.mirror.SearchCustomers(ctx, tenant, text, limit)
	for _, m := range found {
		p.mark(tenant, stale, m.Customer)
	}
	return found, err
}
