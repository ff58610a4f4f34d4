package app

import (
	"context"
	"net/http"
	"time"

	"github.com/rs/cors"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/obs"
	"lazilabs.com/lazi/internal/providers"
)

// readyTimeout bounds the question whether the database answers.
const readyTimeout = 2 * time.Second

// routes puts the HTTP surface together.
func (a *App) routes(opts Options) (http.Handler, error) {
	verifier, err := auth.NewVerifier(a.cfg.JWT.Secret.Reveal(), opts.Now)
	if err != nil {
		return nil, err
	}
	api := graph.NewHandler(graph.Config{
		Sources: sources{a.factory(), a.tenants}, Now: opts.Now, Logger: a.log,
		ResolversOnly: !a.cfg.CompiledReads, OnRead: opts.OnRead,
	})
	mux := http.NewServeMux()
	mux.Handle("/graphql", auth.Middleware(verifier, auth.Refuse)(api))
	mux.HandleFunc("GET /healthz", obs.Alive)
	mux.Handle("GET /readyz", obs.NewReadiness(a.log, obs.Check{Name: "database", Timeout: readyTimeout, Probe: a.store.Ping}))
	if opts.Playground != nil {
		mux.Handle("/playground", opts.Playground)
		mux.Handle("/playground/", opts.Playground)
		if a.cfg.Environment == config.Development {
			mux.Handle("GET /{$}", http.RedirectHandler("/playground/", http.StatusFound))
		}
	}
	var h http.Handler = mux
	if len(a.cfg.CORSOrigins) > 0 {
		h = cors.New(cors.Options{
			AllowedOrigins: a.cfg.CORSOrigins, AllowedMethods: []string{http.MethodGet, http.MethodPost},
			AllowedHeaders: []string{"Authorization", "Content-Type", "X-Request-ID", "X-Tenant-ID"},
		}).Handler(h)
	}
	return obs.RequestID(obs.AccessLog(a.log, opts.Now)(obs.Recover(a.log)(h))), nil
}

// factory registers the providers. Until provider modes can be set, every area is served from the mirror.
func (a *App) factory() *providers.Factory {
	everywhere := func(context.Context, domain.TenantID, domain.Area) (providers.Mode, error) {
		return providers.ModeServiceTitan, nil
	}
	return providers.NewFactory(everywhere, map[providers.Mode]providers.Reader{providers.ModeServiceTitan: a.provider})
}

// sources are where the graph's loaders get rows from.
type sources struct {
	*providers.Factory
	*tenants
}
