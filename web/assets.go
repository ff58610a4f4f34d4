package web

import (
	"io/fs"
	"net/http"
	"path"
)

// contentSecurityPolicy allows what GraphiQL needs and nothing from elsewhere:
// its editor, Monaco, sets inline styles, draws icons from data: addresses and starts workers;
// GraphiQL's style sheet carries its fonts as data: addresses.
const contentSecurityPolicy = "default-src 'none'; base-uri 'none'; connect-src 'self'; " +
	"font-src 'self' data:; form-action 'none'; frame-ancestors 'none'; img-src 'self' data:; " +
	"script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:"

// assets serves the bundle's files. Their names hold a hash of their content, so browsers keep them for good.
// Only names in the bundle are served: there are no folder listings, and no path is ever joined from a request.
func assets(files fs.FS) http.Handler {
	known := assetTypes(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		contentType, ok := known[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("ETag", `"`+name+`"`)
		http.ServeFileFS(w, r, files, "assets/"+name)
	})
}

// assetTypes maps the name of each asset to its content type. It is empty when the bundle is not built.
func assetTypes(files fs.FS) map[string]string {
	known := make(map[string]string)
	entries, err := fs.ReadDir(files, "assets")
	if err != nil {
		return known
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			known[entry.Name()] = contentType(entry.Name())
		}
	}
	return known
}

// contentType knows the kinds of file that Vite writes. It does not ask package mime,
// whose answers depend on the machine: browsers refuse a module script with the wrong type.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".ttf":
		return "font/ttf"
	case ".woff2":
		return "font/woff2"
	default:
		return "application/octet-stream"
	}
}

// secured sets the security headers on every answer of next, errors and redirects included.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", contentSecurityPolicy)
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Referrer-Policy", "no-referrer") // Shared links carry operations in the query string.
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		next.ServeHTTP(w, r)
	})
}
