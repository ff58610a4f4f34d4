package web

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// builtFiles is a bundle as Vite would leave it, with one file that must never be served.
func builtFiles() fstest.MapFS {
	return fstest.MapFS{
		"index.html":            {Data: []byte("<!doctype html><title>page</title>")},
		"secret.txt":            {Data: []byte("not an asset")},
		"assets/index-abc.js":   {Data: []byte("export {}")},
		"assets/index-abc.css":  {Data: []byte("a{}")},
		"assets/icon-abc.svg":   {Data: []byte("<svg/>")},
		"assets/font-abc.ttf":   {Data: []byte{0, 1, 0, 0}},
		"assets/nested/deep.js": {Data: []byte("export {}")},
	}
}

// serve sends one request to h and returns the answer with its body.
func serve(t *testing.T, h http.Handler, r *http.Request) (*http.Response, string) {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	res := rec.Result()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("read body: %v", err)
	}
	return res, string(body)
}

// get is serve for a GET of target.
func get(t *testing.T, h http.Handler, target string) (*http.Response, string) {
	t.Helper()
	return serve(t, h, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
}

func TestPlayground_servesPageAndAssetsWithTypesAndCaching(t *testing.T) {
	t.Parallel()
	h := newPlayground(builtFiles(), Config{})
	const immutable = "public, max-age=31536000, immutable"
	for _, tt := range []struct{ target, contentType, cacheControl, body string }{
		{"/playground/", "text/html; charset=utf-8", "no-cache", "<!doctype html><title>page</title>"},
		{"/playground/?query=%7Ba%7D", "text/html; charset=utf-8", "no-cache", "<!doctype html><title>page</title>"},
		{"/playground/config.json", "application/json", "no-store", `{"endpoint":"/graphql","headers":{},"examples":[]}`},
		{"/playground/assets/index-abc.js", "text/javascript; charset=utf-8", immutable, "export {}"},
		{"/playground/assets/index-abc.css", "text/css; charset=utf-8", immutable, "a{}"},
		{"/playground/assets/icon-abc.svg", "image/svg+xml", immutable, "<svg/>"},
		{"/playground/assets/font-abc.ttf", "font/ttf", immutable, "\x00\x01\x00\x00"},
	} {
		t.Run(tt.target, func(t *testing.T) {
			t.Parallel()
			res, body := get(t, h, tt.target)
			if res.StatusCode != http.StatusOK {
				t.Fatalf("status = %d, want 200", res.StatusCode)
			}
			got := []string{res.Header.Get("Content-Type"), res.Header.Get("Cache-Control"), body}
			if diff := cmp.Diff([]string{tt.contentType, tt.cacheControl, tt.body}, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlayground_configCarriesHeadersAndExamplesInOrder(t *testing.T) {
	t.Parallel()
	want := Config{
		Endpoint: "/v1/graphql",
		Headers:  map[string]string{"Authorization": "Bearer sample"},
		Examples: []Example{
			{Name: "one", Title: "One", Query: "query One($n: Int!) { a(n: $n) }", Variables: json.RawMessage(`{"n":9007199254740993}`)},
			{Name: "two", Title: "Two", Query: "{ b }"},
		},
	}
	_, body := get(t, newPlayground(builtFiles(), want), "/playground/config.json")
	var got Config
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("decode %s: %v", body, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
}

func TestPlayground_invalidVariablesAreReportedWithoutEchoingThem(t *testing.T) {
	t.Parallel()
	h := newPlayground(builtFiles(), Config{Examples: []Example{{Name: "bad", Variables: json.RawMessage(`{oops`)}}})
	res, body := get(t, h, "/playground/config.json")
	if res.StatusCode != http.StatusInternalServerError || strings.Contains(body, "oops") {
		t.Errorf("got %d %q, want 500 without the variables", res.StatusCode, body)
	}
}

func TestPlayground_redirectsKeepTheQueryString(t *testing.T) {
	t.Parallel()
	h := newPlayground(builtFiles(), Config{})
	for _, tt := range []struct {
		target, location string
		status           int
	}{
		{"/", "/playground/", http.StatusFound},
		{"/playground", "/playground/", http.StatusMovedPermanently},
		{"/playground?query=%7Ba%7D&variables=%7B%7D", "/playground/?query=%7Ba%7D&variables=%7B%7D", http.StatusMovedPermanently},
	} {
		t.Run(tt.target, func(t *testing.T) {
			t.Parallel()
			res, _ := get(t, h, tt.target)
			if res.StatusCode != tt.status || res.Header.Get("Location") != tt.location {
				t.Errorf("got %d to %q, want %d to %q", res.StatusCode, res.Header.Get("Location"), tt.status, tt.location)
			}
		})
	}
}

func TestPlayground_revalidationAnswersNotModified(t *testing.T) {
	t.Parallel()
	h := newPlayground(builtFiles(), Config{})
	for _, target := range []string{"/playground/", "/playground/config.json", "/playground/assets/index-abc.js"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			first, _ := get(t, h, target)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
			r.Header.Set("If-None-Match", first.Header.Get("ETag"))
			if res, body := serve(t, h, r); res.StatusCode != http.StatusNotModified || body != "" {
				t.Errorf("got %d with %d bytes, want 304 and none", res.StatusCode, len(body))
			}
		})
	}
}

func TestPlayground_etagFollowsContent(t *testing.T) {
	t.Parallel()
	changed := builtFiles()
	changed["index.html"] = &fstest.MapFile{Data: []byte("other")}
	before, _ := get(t, newPlayground(builtFiles(), Config{}), "/playground/")
	after, _ := get(t, newPlayground(changed, Config{}), "/playground/")
	if before.Header.Get("ETag") == after.Header.Get("ETag") {
		t.Errorf("ETag %s for two different pages", before.Header.Get("ETag"))
	}
}

func TestPlayground_methods(t *testing.T) {
	t.Parallel()
	h := newPlayground(builtFiles(), Config{})
	for method, want := range map[string]int{
		http.MethodGet:    http.StatusOK,
		http.MethodHead:   http.StatusOK,
		http.MethodPost:   http.StatusMethodNotAllowed,
		http.MethodDelete: http.StatusMethodNotAllowed,
	} {
		for _, target := range []string{"/playground/", "/playground/config.json", "/playground/assets/index-abc.js"} {
			t.Run(method+" "+target, func(t *testing.T) {
				t.Parallel()
				res, body := serve(t, h, httptest.NewRequestWithContext(t.Context(), method, target, nil))
				if res.StatusCode != want {
					t.Errorf("status = %d, want %d", res.StatusCode, want)
				}
				if method == http.MethodHead && body != "" {
					t.Errorf("HEAD has a body: %q", body)
				}
			})
		}
	}
}

func TestPlayground_securityHeadersOnEveryAnswer(t *testing.T) {
	t.Parallel()
	h := newPlayground(builtFiles(), Config{})
	for _, target := range []string{"/playground", "/playground/", "/playground/config.json", "/playground/assets/index-abc.js", "/playground/assets/none.js"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			res, _ := get(t, h, target)
			policy := res.Header.Get("Content-Security-Policy")
			for _, directive := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self'", "frame-ancestors 'none'"} {
				if !strings.Contains(policy, directive) {
					t.Errorf("policy %q lacks %q", policy, directive)
				}
			}
			if regexp.MustCompile(`https?:|\*|unsafe-eval`).MatchString(policy) {
				t.Errorf("policy allows too much: %q", policy)
			}
			if got := res.Header.Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("X-Content-Type-Options = %q, want nosniff", got)
			}
		})
	}
}

func TestPlayground_servesNothingButAssetsByName(t *testing.T) {
	t.Parallel()
	h := newPlayground(builtFiles(), Config{})
	for _, path := range []string{
		"/playground/assets/", "/playground/assets", "/playground/secret.txt", "/playground/index.html", "/playground/.gitkeep",
		"/playground/assets/nested", "/playground/assets/nested/deep.js", "/playground/assets/..", "/playground/assets/../secret.txt",
		"/playground/assets/%2e%2e/secret.txt", "/playground/assets/..%2fsecret.txt", "/playground/assets/..%5csecret.txt",
		"/playground/assets/%2e%2e%2f%2e%2e%2fembed.go", "/playground//etc/passwd", "/playground/assets/index-abc.js%00",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			// ServeMux answers unclean paths with a redirect to the clean one: follow it to its end.
			res, body := get(t, h, path)
			for range 3 {
				if res.StatusCode < 300 || res.StatusCode >= 400 {
					break
				}
				res, body = get(t, h, res.Header.Get("Location"))
			}
			clean := body == "<!doctype html><title>page</title>" // Where "assets/.." leads.
			if !clean && res.StatusCode != http.StatusNotFound {
				t.Errorf("got %d %q, want 404", res.StatusCode, body)
			}
		})
	}
}

func TestPlayground_notBuiltSaysHowToBuild(t *testing.T) {
	t.Parallel()
	h := newPlayground(fstest.MapFS{".gitkeep": {}}, Config{})
	res, body := get(t, h, "/playground/")
	if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "make web") {
		t.Errorf("got %d %q, want 503 naming make web", res.StatusCode, body)
	}
	if got := res.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("Content-Type = %q", got)
	}
	if res, _ := get(t, h, "/playground/assets/index-abc.js"); res.StatusCode != http.StatusNotFound {
		t.Errorf("asset status = %d, want 404", res.StatusCode)
	}
	if res, _ := get(t, h, "/playground/config.json"); res.StatusCode != http.StatusOK {
		t.Errorf("config status = %d, want 200", res.StatusCode)
	}
}

// TestPlayground_embeddedBundleIsWhole holds for a fresh clone as well as for one where `make web` has run:
// either the page says that it is not built, or all it refers to is there, on this origin.
func TestPlayground_embeddedBundleIsWhole(t *testing.T) {
	t.Parallel()
	h := Playground(Config{})
	res, body := get(t, h, "/playground/")
	if _, err := fs.Stat(bundle(), "index.html"); err != nil {
		if res.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("not built, status = %d, want 503", res.StatusCode)
		}
		return
	}
	references := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(references) == 0 {
		t.Fatalf("page refers to no asset: %s", body)
	}
	for _, reference := range references {
		target, ok := strings.CutPrefix(reference[1], "./assets/")
		if !ok {
			t.Errorf("reference %q leaves the playground", reference[1])
			continue
		}
		if res, _ := get(t, h, "/playground/assets/"+target); res.StatusCode != http.StatusOK {
			t.Errorf("%s: status = %d", target, res.StatusCode)
		}
	}
}
