package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"time"
)

// basePath is where the playground lives. The page's own addresses are relative to it.
const basePath = "/playground/"

// defaultEndpoint is the GraphQL path used when Config names none.
const defaultEndpoint = "/graphql"

// Config is what the page learns about the server it belongs to.
// Whoever may open the playground can read all of it.
type Config struct {
	// Endpoint is the path of the GraphQL endpoint on the same origin. Empty means /graphql.
	Endpoint string
	// Headers fill the headers editor, and so go with every request that the user sends.
	// A token belongs here in development only.
	Headers map[string]string
	// Examples are listed in this order. The first one is open on a user's first visit.
	Examples []Example
}

// Example is one operation that the playground offers.
type Example struct {
	// Name identifies the example and must differ from those of the others.
	Name string `json:"name"`
	// Title says in a few words what the operation shows.
	Title string `json:"title"`
	// Query is the GraphQL document, with its comments and line breaks.
	Query string `json:"query"`
	// Variables is a JSON object; nil means none.
	Variables json.RawMessage `json:"variables,omitempty"`
}

// Playground returns a handler for /playground/ and everything below it.
// It sends /playground and / there too, keeping the query string, wherever it is mounted for them.
// Without a built bundle the page says how to build it, with status 503.
func Playground(cfg Config) http.Handler {
	return newPlayground(bundle(), cfg)
}

// newPlayground is Playground over the bundle in files, whose root holds index.html.
func newPlayground(files fs.FS, cfg Config) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", toPlayground(http.StatusFound))
	mux.Handle("GET /playground", toPlayground(http.StatusMovedPermanently))
	mux.Handle("GET "+basePath+"{$}", indexPage(files))
	mux.Handle("GET "+basePath+"config.json", configDocument(cfg))
	mux.Handle("GET "+basePath+"assets/{name}", assets(files))
	return secured(mux)
}

// toPlayground redirects to the page and keeps the query string, which may carry an operation.
func toPlayground(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		target := basePath
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, target, status)
	}
}

// notBuiltPage is shown in place of the page while dist is empty.
//
//go:embed notbuilt.html
var notBuiltPage string

// indexPage serves index.html, which names the hashed assets and so is revalidated at each load.
func indexPage(files fs.FS) http.Handler {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, notBuiltPage) // Fails only when the client has gone.
		})
	}
	return document(index, "text/html; charset=utf-8", "no-cache")
}

// configDocument serves cfg as JSON. It may hold a token, so no cache keeps it.
func configDocument(cfg Config) http.Handler {
	if cfg.Endpoint == "" {
		cfg.Endpoint = defaultEndpoint
	}
	if cfg.Headers == nil {
		cfg.Headers = map[string]string{}
	}
	if cfg.Examples == nil {
		cfg.Examples = []Example{}
	}
	body, err := json.Marshal(struct {
		Endpoint string            `json:"endpoint"`
		Headers  map[string]string `json:"headers"`
		Examples []Example         `json:"examples"`
	}(cfg))
	if err != nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "the variables of an example are not valid JSON", http.StatusInternalServerError)
		})
	}
	return document(body, "application/json", "no-store")
}

// document serves a body that stays the same for the life of the process.
func document(body []byte, contentType, cacheControl string) http.Handler {
	sum := sha256.Sum256(body)
	etag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", cacheControl)
		w.Header().Set("ETag", etag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}
