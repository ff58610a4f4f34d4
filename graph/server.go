// Package graph serves the GraphQL schema over HTTP. It knows providers and domain; the database and ServiceTitan are
// behind them.
package graph

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lazilabs.com/lazi/graph/generated"
	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/graph/reads"
	"lazilabs.com/lazi/graph/resolvers"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// Limits of one request. More of them come with the public edge.
const (
	maxTokens        = 15_000
	queryCacheSize   = 1000
	persistedQueries = 1000
)

// Config is what the graph needs from outside.
type Config struct {
	// Sources give loaders and plans their rows.
	Sources Sources
	// ResolversOnly leaves queries to the resolvers, which compiled reads are measured against.
	ResolversOnly bool
	// OnRead, where set, is told of each query whether a plan has answered it (nil), or why resolvers did.
	OnRead func(err error)
	// Timeout bounds one operation; 30 s when zero.
	Timeout time.Duration
	// Now is the clock.
	Now func() time.Time
	// Logger takes what clients must not see.
	Logger *slog.Logger
}

// Sources is where loaders and plans get rows from.
type Sources interface {
	loaders.Sources
	reads.Sources
}

// NewHandler serves POST and GET requests whose context carries an auth.Identity.
func NewHandler(cfg Config) http.Handler {
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	x := executable{
		ExecutableSchema: generated.NewExecutableSchema(generated.Config{Resolvers: &resolvers.Resolver{Viewer: viewer}}), cfg: cfg,
	}
	if !cfg.ResolversOnly {
		x.engine = reads.New(x.Schema(), cfg.Sources, cfg.Logger)
	}
	s := handler.New(x)
	s.AddTransport(newPost())
	s.AddTransport(transport.Options{})
	s.AddTransport(transport.GET{UseGrapQLResponseJsonByDefault: true})
	s.SetQueryCache(lru.New[*ast.QueryDocument](queryCacheSize))
	s.SetParserTokenLimit(maxTokens)
	s.SetErrorPresenter(present(gqlerr.Presenter(cfg.Logger)))
	s.SetRecoverFunc(gqlerr.Recover(cfg.Logger))
	s.Use(extension.Introspection{})
	s.Use(extension.AutomaticPersistedQuery{Cache: smallTexts{lru.New[string](persistedQueries)}})
	return s
}

// present tells federation's own errors about representations for what they are: bad input.
func present(next graphql.ErrorPresenterFunc) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		if errors.Is(err, generated.ErrUnknownType) || errors.Is(err, generated.ErrTypeNotFound) {
			err = domain.Invalid("representations", "each must have the __typename of a type of this graph, and one of its keys")
		}
		return next(ctx, err)
	}
}

// maxPersistedBytes bounds a persisted document, so that the cache of them stays below 32 MB.
const maxPersistedBytes = 32 << 10

// smallTexts is a cache that does not take large texts: a persisted query is stored before it is parsed.
type smallTexts struct{ *lru.LRU[string] }

// Add keeps a text if it is small.
func (c smallTexts) Add(ctx context.Context, key, text string) {
	if len(text) <= maxPersistedBytes {
		c.LRU.Add(ctx, key, text)
	}
}

// viewer tells who asks, from the verified token.
func viewer(ctx context.Context) (*model.Viewer, error) {
	id, _ := auth.FromContext(ctx) // withLoaders has refused operations without one
	t, err := loaders.Tenant(ctx)
	if err != nil {
		return nil, err
	}
	return &model.Viewer{
		Subject: id.Subject, Role: string(id.Role), TenantID: domain.BigInt(id.Tenant),
		TenantName: t.Name, TimeZone: t.TimeZone, Currency: t.Currency,
	}, nil
}
