package app

import (
	"context"
	"net/http"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/obs"
	"lazilabs.com/lazi/internal/providers"
	"lazilabs.com/lazi/internal/store"
)

// routes puts the HTTP surface together. What it starts ends with the context.
func (a *App) routes(ctx context.Context, opts Options) (http.Handler, error) {
	verifier, err := newVerifier(a.cfg, a.log, opts.Now)
	if err != nil {
		return nil, err
	}
	trusted, err := trustedDocuments(a.cfg)
	if err != nil {
		return nil, err
	}
	factory := a.factory()
	a.api, err = graph.NewHandler(graph.Config{
		Quota: a.quotas(), Trusted: trusted, Writes: behind{factory, a.store}, Plans: behind{factory, a.store},
		Sources: sources{factory, a.tenants}, Syncs: a.syncs, Now: opts.Now, Logger: a.log,
		ResolversOnly: !a.cfg.CompiledReads, OnRead: a.onRead(opts), Watch: a.watch, OnRefusal: a.onRefusal,
		Changes: a.changes, Audit: a.store, OnAudit: a.onAudit, Tenants: desk{a.store, a.accounts.vault, len(a.cfg.CredentialsKeys) > 0},
		Authenticate: verifier.Authenticate, Origins: a.cfg.CORSOrigins, Introspect: mayIntrospect(a.cfg.Environment),
	})
	if err != nil {
		return nil, err
	}
	pack, err := newPacker()
	if err != nil {
		return nil, err
	}
	graphql, err := endpoint(verifier, a.cfg.CORSOrigins, a.api, pack)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", graphql)
	mux.HandleFunc("GET /healthz", obs.Alive)
	mux.Handle("GET /readyz", a.ready)
	pages, err := a.store.JobsUI(ctx, jobsPath, a.log)
	if err != nil {
		return nil, err
	}
	mux.Handle(jobsPath+"/", jobsUI(verifier, pages))
	if opts.Playground != nil {
		mux.Handle("/playground", opts.Playground)
		mux.Handle("/playground/", pack(opts.Playground))
		if a.cfg.Environment == config.Development {
			mux.Handle("GET /{$}", http.RedirectHandler("/playground/", http.StatusFound))
		}
	}
	h := secured(a.cfg.Environment, crossOrigin(a.cfg.CORSOrigins, mux))
	return obs.RequestID(a.tracing.Requests(obs.AccessLog(a.log, opts.Now)(obs.Recover(a.log)(h)))), nil
}

// factory registers the providers. Until provider modes can be set, every area is served from the mirror.
func (a *App) factory() *providers.Factory {
	everywhere := func(context.Context, domain.TenantID, domain.Area) (providers.Mode, error) {
		return providers.ModeServiceTitan, nil
	}
	return providers.NewFactory(everywhere, map[providers.Mode]providers.Reader{
		providers.ModeServiceTitan: &observed{a.provider, a.metrics, a.tracing},
	})
}

// sources are where the graph's loaders get rows from.
type sources struct {
	*providers.Factory
	*tenants
}

// behind is what mutations and plans go to.
type behind struct {
	*providers.Factory
	*store.Store
}
