// Package app wires LAZI's parts together, one file per concern. It may import everything; only server.go and tests
// import it.
package app

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/internal/changes"
	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/obs"
	"lazilabs.com/lazi/internal/providers/servicetitan"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/syncer"
)

// App is a LAZI server with its parts.
type App struct {
	cfg      config.Config
	log      *slog.Logger
	store    *store.Store
	provider *servicetitan.Provider
	accounts *accounts
	tenants  *tenants
	handler  http.Handler
	api      *graph.Handler

	ready   *obs.Readiness
	metrics *obs.Metrics
	tracing obs.Tracing

	end    func()         // of what serves requests from behind
	behind sync.WaitGroup // until it has ended

	changes    *changes.Hub
	syncs      *syncer.Engine
	working    atomic.Bool // on sync runs
	firstReads firstReads

	// ballast is never touched, so that it takes no memory. It counts as live, though: a heap of 4 MB, which is all that serving takes,
	// is then collected after 8 MB of garbage instead of 4.
	ballast []byte
}

// ballastBytes are little beside what the process takes anyway.
const ballastBytes = 4 << 20

// Options are what a caller may add to the configuration.
type Options struct {
	// DSN is the database's address.
	DSN string
	// Accounts are the ServiceTitan accounts of the tenants that this process serves.
	Accounts []Account
	// Playground, where set, is served at /playground and, in development, at /.
	Playground http.Handler
	// Observe, where set, is told each SQL statement. Tests count statements with it.
	Observe func(sql string)
	// Rewrite, where set, changes statements that read for tenants; see store.Options.
	Rewrite func(sql string) string
	// OnRead, where set, is told of each query whether a compiled read has answered it (nil), or why resolvers did.
	OnRead func(err error)
	// TuneSync, where set, changes how sync runs are worked on. Tests are less patient.
	TuneSync func(*syncer.Config)
	// TuneProvider, where set, changes how ServiceTitan is asked. Tests are less patient.
	TuneProvider func(*servicetitan.Config)
	// Tracing makes spans; none when zero. Whoever made it closes it.
	Tracing obs.Tracing
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Logger takes the log.
	Logger *slog.Logger
}

// New opens the database, whose migrations must be applied, and puts the parts together. It does not listen yet.
func New(ctx context.Context, cfg config.Config, opts Options) (*App, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	st, err := store.Open(ctx, opts.DSN, store.Options{
		TransactionPooler: cfg.Database.Pooler == config.PoolerTransaction, Observe: opts.Observe, Rewrite: opts.Rewrite,
		Traces: opts.Tracing.Provider(),
	})
	if err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, log: opts.Logger, store: st, tenants: newTenants(st, opts.Now), metrics: obs.NewMetrics(), tracing: opts.Tracing}
	a.ballast = make([]byte, ballastBytes)
	a.metrics.Register(newState(a))
	a.ready = readiness(st, opts.Logger)
	background, end := context.WithCancel(context.WithoutCancel(ctx))
	a.end = end
	if a.accounts, err = newAccounts(cfg, opts.Accounts, st, a.watchUpstream(opts.Now), opts.Logger, opts.Now); err != nil {
		st.Close()
		return nil, err
	}
	tuned := servicetitan.Config{PageSize: cfg.ServiceTitan.PageSize, Now: opts.Now, Logger: opts.Logger, OnCold: a.onColdRead}
	if opts.TuneProvider != nil {
		opts.TuneProvider(&tuned)
	}
	a.provider = servicetitan.New(st, a.accounts.open, tuned)
	a.syncs = a.newSyncer(opts)
	a.changes = changes.New(changes.Config{Log: st, Mirror: st, Logger: opts.Logger})
	a.behind.Go(func() { a.changes.Run(background) })
	a.behind.Go(func() { a.recoverChanges(background) })
	if a.handler, err = a.routes(background, opts); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// Handler answers HTTP requests.
func (a *App) Handler() http.Handler { return a.handler }

// endStreams ends websockets and streams of events, which would go on for ever.
func (a *App) endStreams() {
	if a.api != nil { // not before the routes stand
		a.api.Close()
	}
}

// Close waits for work in the background and closes the database.
func (a *App) Close() {
	a.endStreams()
	a.end()
	a.behind.Wait()
	a.provider.Close()
	a.store.Close()
}

// PutTenant adds a company or changes its settings.
func (a *App) PutTenant(ctx context.Context, t domain.Tenant) error { return a.store.PutTenant(ctx, t) }
