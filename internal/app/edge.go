package app

import (
	"encoding/json"
	"maps"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/rs/cors"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
)

// minPacked is the smallest answer that is packed: a smaller one fits into one packet of the network as it is.
const minPacked = 1400

// packer makes a handler's answers smaller on their way, with gzip or zstd as the client likes.
type packer func(http.Handler) http.HandlerFunc

func newPacker() (packer, error) {
	return gzhttp.NewWrapper(gzhttp.MinSize(minPacked), gzhttp.CompressionLevel(gzip.BestSpeed))
}

// endpoint puts around the GraphQL handler what stands between it and the internet: callers need a token, and foreign
// pages cannot use their visitors' browsers. Streams are not packed, so that nothing holds them back.
func endpoint(verifier *auth.Verifier, origins []string, api *graph.Handler, pack packer) (http.Handler, error) {
	sites := http.NewCrossOriginProtection()
	for _, origin := range origins {
		if err := sites.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	sites.SetDenyHandler(http.HandlerFunc(refuseForeign))
	signedIn := sites.Handler(auth.Middleware(verifier, auth.Refuse)(api))
	packed := pack(signedIn)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case graph.IsSocket(r) && r.Header.Get("Authorization") == "":
			api.ServeHTTP(w, r) // whose caller says who he is in his first message
		case graph.IsStream(r):
			signedIn.ServeHTTP(w, r)
		default:
			packed.ServeHTTP(w, r)
		}
	}), nil
}

// refuseForeign answers a request that a page of a foreign origin makes a browser send.
func refuseForeign(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusForbidden)
	// A caller that has gone away is none of our business.
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{
		"message": "pages of this origin may not send requests here", "extensions": map[string]any{"code": gqlerr.Forbidden},
	}}})
}

// mayIntrospect says who is told the schema: everybody in development, owners and admins elsewhere.
func mayIntrospect(env config.Environment) func(auth.Identity) bool {
	return func(id auth.Identity) bool {
		return env == config.Development || id.Role == auth.Owner || id.Role == auth.Admin
	}
}

// crossOrigin lets pages of the origins read answers. Without origins none may.
func crossOrigin(origins []string, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins, AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"Authorization", "Content-Type", "X-Request-ID", "X-Tenant-ID", graph.CostHeader},
		ExposedHeaders: []string{"X-Request-ID", "Retry-After"},
		MaxAge:         600,
	}).Handler(next)
}

// Headers that tell browsers what to do with an answer, made once. Data are no page: their policy forbids everything, frames
// included.
var (
	ofPages = http.Header{"X-Content-Type-Options": {"nosniff"}, "Referrer-Policy": {"no-referrer"}, "X-Frame-Options": {"DENY"}}
	ofData  = http.Header{"X-Content-Type-Options": {"nosniff"}, "Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'"}}
)

// secured tells browsers to take answers for nothing but what they are, and in production to come by TLS from now on, once they
// have. Pages have content policies of their own.
func secured(env config.Environment, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if r.URL.Path == "/graphql" {
			maps.Copy(h, ofData)
		} else {
			maps.Copy(h, ofPages)
		}
		if env == config.Production && (r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https") {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
