// Package graph serves the GraphQL schema over HTTP. It knows providers and domain; the database and ServiceTitan are
// behind them.
package graph

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lazilabs.com/lazi/graph/access"
	"lazilabs.com/lazi/graph/generated"
	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/graph/limits"
	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/manifest"
	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/graph/quota"
	"lazilabs.com/lazi/graph/reads"
	"lazilabs.com/lazi/graph/resolvers"
	"lazilabs.com/lazi/graph/socket"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/scheduling"
)

// persistedQueries is how many documents are remembered by their hash.
const persistedQueries = 1000

// travelSpeed is how fast technicians come along as the crow flies, in kilometres an hour: a car in a town.
const travelSpeed = 40

// Config is what the graph needs from outside.
type Config struct {
	// Sources give loaders and plans their rows.
	Sources loaders.Sources
	// Syncs reads and steers the copying of a tenant's records.
	Syncs resolvers.Syncs
	// Audit tells what callers have done.
	Audit resolvers.Audit
	// Tenants keeps the companies of the deployment.
	Tenants resolvers.Tenants
	// Writes makes changes and tells of them.
	Writes resolvers.Writes
	// Plans tells what the plan of technicians' days takes beside rows.
	Plans resolvers.Plans
	// Travel tells how long technicians are on their way; as the crow flies at 40 km/h when nil.
	Travel scheduling.Travel
	// Changes tells what changes in the mirror.
	Changes resolvers.Changes
	// OnAudit, where set, is told of each write, and of each refusal of a caller who is known.
	OnAudit func(ctx context.Context, id auth.Identity, entries []domain.AuditEntry)
	// ResolversOnly leaves queries to the resolvers, which compiled reads are measured against.
	ResolversOnly bool
	// OnRead, where set, is told of each query whether a plan has answered it (nil), or why resolvers did.
	OnRead func(err error)
	// Watch, where set, is told that a query, mutation or subscription begins, and returns the context that it runs in, and what
	// to call with the codes of its errors when it has been answered. Events of a subscription tell their codes one by one.
	Watch func(ctx context.Context, operation ast.Operation) (inside context.Context, answered func(codes []string))
	// OnRefusal, where set, is told of operations that were not begun.
	OnRefusal func(ctx context.Context, codes []string)
	// Timeout bounds one operation; 30 s when zero.
	Timeout time.Duration
	// Limits bound one request; those of limits.Default when nil.
	Limits *limits.Limits
	// Introspect tells who may ask about the schema, and is told names close to a wrong one; everybody when nil.
	Introspect func(auth.Identity) bool
	// Authenticate returns a context that carries the caller of a websocket, whose credentials come with its first message.
	// Without it no websockets are served.
	Authenticate func(ctx context.Context, c auth.Credentials) (context.Context, error)
	// Origins are the origins of other pages that may open websockets.
	Origins []string
	// Sockets bound websockets; their defaults hold for what is zero.
	Sockets socket.Config
	// PingInterval is how often an idle stream of events shows that it lives; 15 s when zero.
	PingInterval time.Duration
	// Quota says what callers may ask for over time and at once; whatever they like when it is zero.
	Quota quota.Config
	// Trusted are the only documents that may be executed, by their ids; any may when nil.
	Trusted manifest.Documents
	// Now is the clock.
	Now func() time.Time
	// Logger takes what clients must not see.
	Logger *slog.Logger
}

// Handler serves GraphQL over HTTP, as server-sent events and by websockets.
type Handler struct {
	cfg     Config
	exec    *gate
	post    post
	sockets *socket.Server
	streams *streams
}

// NewHandler serves requests whose context carries an auth.Identity, and websockets that bring one. The error says which
// fields of the schema have no rule, or which trusted document does not fit it.
func NewHandler(cfg Config) (*Handler, error) {
	cfg = cfg.withDefaults()
	r := &resolvers.Resolver{
		Viewer: viewer, Syncs: cfg.Syncs, Audit: cfg.Audit, Tenants: cfg.Tenants, Writes: cfg.Writes, Plans: cfg.Plans, Travel: cfg.Travel, Changes: cfg.Changes,
	}
	x := &executable{ExecutableSchema: generated.NewExecutableSchema(generated.Config{Resolvers: r})}
	rules, err := access.New(x.Schema())
	if err != nil {
		return nil, err
	}
	cfg.Sources = guard(cfg.Sources, rules)
	x.cfg = cfg
	if !cfg.ResolversOnly {
		x.engine = reads.New(x.Schema(), r.Makers(), cfg.Sources, cfg.Logger)
	}
	docs := newDocuments(x.Schema(), *cfg.Limits, rules)
	trusted, err := docs.trust(cfg.Trusted)
	if err != nil {
		return nil, err
	}
	e := executor.New(x)
	e.SetQueryCache(found{})
	e.SetErrorPresenter(present(gqlerr.Presenter(cfg.Logger)))
	e.SetRecoverFunc(gqlerr.Recover(cfg.Logger))
	e.Use(extension.Introspection{}) // the gate says for whom
	e.AroundResponses(fewErrors)
	return &Handler{
		cfg: cfg, post: newPost(), sockets: socket.New(cfg.Sockets), streams: newStreams(),
		exec: &gate{
			Executor: e, exec: x, documents: docs, introspect: cfg.Introspect, trusted: trusted, quota: quota.New(cfg.Quota),
			watch: cfg.Watch, onRefusal: cfg.OnRefusal, onAudit: cfg.OnAudit,
			persisted: extension.AutomaticPersistedQuery{Cache: smallTexts{lru.New[string](persistedQueries)}},
		},
	}, nil
}

func (cfg Config) withDefaults() Config {
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.PingInterval == 0 {
		cfg.PingInterval = 15 * time.Second
	}
	if cfg.Travel == nil {
		cfg.Travel = scheduling.GreatCircle{KMPerHour: travelSpeed}
	}
	if cfg.Limits == nil {
		l := limits.Default()
		cfg.Limits = &l
	}
	affordable := *cfg.Limits
	if most := cfg.Quota.MostCost(); most > 0 { // more than a minute brings is never granted
		affordable.Cost = min(affordable.Cost, most)
	}
	cfg.Limits = &affordable
	cfg.Quota.Now, cfg.Quota.Logger = cfg.Now, cfg.Logger
	if cfg.Introspect == nil {
		cfg.Introspect = func(auth.Identity) bool { return true }
	}
	if cfg.Watch == nil {
		cfg.Watch = func(ctx context.Context, _ ast.Operation) (context.Context, func([]string)) {
			return ctx, func([]string) {}
		}
	}
	if cfg.OnAudit == nil {
		cfg.OnAudit = func(context.Context, auth.Identity, []domain.AuditEntry) {}
	}
	if cfg.OnRefusal == nil {
		cfg.OnRefusal = func(context.Context, []string) {}
	}
	cfg.Sockets.Authenticate, cfg.Sockets.Now, cfg.Sockets.Logger = cfg.Authenticate, cfg.Now, cfg.Logger
	return cfg
}

// IsSocket tells whether a request opens a websocket, whose caller may name himself later.
func IsSocket(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()["Cache-Control"] = noStore
	ctx := graphql.StartOperationTrace(r.Context())
	switch {
	case IsSocket(r) && h.cfg.Authenticate != nil:
		h.serveSocket(ctx, w, r)
	case r.Method == http.MethodPost:
		if params, ok := h.post.read(w, r); ok {
			h.answer(ctx, w, r, params)
		}
	case r.Method == http.MethodGet:
		if params, ok := readGet(w, r); ok {
			h.answer(ctx, w, r, params)
		}
	case r.Method == http.MethodOptions:
		w.Header().Set("Allow", allowed)
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", allowed)
		refuse(w, http.StatusMethodNotAllowed, gqlerr.BadRequest, "GraphQL is served by GET and POST")
	}
}

const allowed = "OPTIONS, GET, POST"

var noStore = []string{"no-store"}

func (h *Handler) answer(ctx context.Context, w http.ResponseWriter, r *http.Request, params *graphql.RawParams) {
	if wantsEvents(r) {
		h.serveEvents(ctx, w, r, params)
		return
	}
	h.post.answer(ctx, w, r, h.exec, params)
}

func (h *Handler) serveSocket(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	if !fromHere(r, h.cfg.Origins) {
		refuse(w, http.StatusForbidden, gqlerr.Forbidden, "pages of this origin may not open websockets here")
		return
	}
	ctx, done, ok := h.streams.open(ctx)
	if !ok {
		refuse(w, http.StatusServiceUnavailable, gqlerr.Unavailable, "the server is stopping: try again")
		return
	}
	defer done()
	h.sockets.Serve(w, r.WithContext(ctx), h.exec)
}

// Close ends websockets and streams, which would keep a server from stopping, and waits for them. There are no new ones
// from then on; other requests are served.
func (h *Handler) Close() { h.streams.close() }

// Streams is how many websockets and streams of events are open.
func (h *Handler) Streams() int { return h.streams.count() }

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
