package graph_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/graph/manifest"
)

func trusting(t *testing.T) (s *server, hash string) {
	t.Helper()
	const text = "{ viewer { role } }"
	sum := sha256.Sum256([]byte(text))
	hash = hex.EncodeToString(sum[:])
	all, err := manifest.Read([]byte(`{"` + hash + `": "` + text + `", "other-id": "query Other { viewer { subject } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	return newServer(t, func(c *graph.Config) { c.Trusted = all }), hash
}

func TestTrusted_onlyKnownDocuments(t *testing.T) {
	t.Parallel()
	s, hash := trusting(t)
	const role, subject, refused = `"role":"ADMIN"`, `"subject":"tester"`, `{"errors":[{"message":"this server executes`
	for name, tt := range map[string]struct{ body, want string }{
		"by hash":                 {`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}}`, role},
		"by document id":          {`{"documentId":"` + hash + `"}`, role},
		"by document id, as hash": {`{"documentId":"sha256:` + hash + `"}`, role},
		"by an id of one's own":   {`{"documentId":"other-id"}`, subject},
		"by its text":             {`{"query":"{ viewer { role } }"}`, role},
		"with a space more":       {`{"query":"{ viewer { role  } }"}`, refused},
		"unknown text":            {`{"query":"{ viewer { tenantName } }"}`, refused},
		"introspection":           {`{"query":"{ __schema { types { name } } }"}`, refused},
		"unknown hash":            {`{"documentId":"sha256:` + strings.Repeat("0", 64) + `"}`, refused},
		"unknown text, known id":  {`{"query":"{ viewer { tenantName } }","documentId":"` + hash + `"}`, refused},
		"no document":             {`{"extensions":{}}`, refused},
		"a hash that is none":     {`{"extensions":{"persistedQuery":[1]}}`, refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, text := s.do(t, s.request(t, http.MethodPost, "", tt.body))
			if !strings.Contains(text, tt.want) || strings.Contains(text, `"code"`) != strings.Contains(text, "DOCUMENT_NOT_TRUSTED") {
				t.Errorf("answer %s", text)
			}
		})
	}
	t.Run("by GET", func(t *testing.T) {
		t.Parallel()
		if _, text := s.do(t, s.request(t, http.MethodGet, "?documentId=sha256:"+hash, "")); !strings.Contains(text, role) {
			t.Errorf("answer %s", text)
		}
	})
	t.Run("by websocket", func(t *testing.T) {
		t.Parallel()
		c := s.enter(t)
		c.send(`{"id":"1","type":"subscribe","payload":{"documentId":"` + hash + `"}}`)
		c.want(`{"id":"1","type":"next","payload":{"data":{"viewer":{"role":"ADMIN"}}}}`)
		c.want(`{"id":"1","type":"complete"}`)
		c.send(`{"id":"2","type":"subscribe","payload":{"query":"{ viewer { tenantName } }"}}`)
		c.want(`{"id":"2","type":"error","payload":[{"message":"this server executes`)
	})
}

func TestTrusted_documentsMustFitTheSchema(t *testing.T) {
	t.Parallel()
	cfg := graph.Config{Sources: sources{}, Now: time.Now, Trusted: manifest.Documents{
		"1": {ID: "1", Name: "Good", Body: "{ viewer { role } }"}, "2": {ID: "2", Name: "Bad", Body: "{ nothing }"},
	}}
	if _, err := graph.NewHandler(cfg); err == nil || !strings.Contains(err.Error(), "the trusted document Bad cannot be executed") {
		t.Errorf("error %v", err)
	}
}

// A document id names what automatic persisted queries remember where nothing says which documents are trusted.
func TestDocumentID_namesAPersistedQuery(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	_, hash := trusting(t)
	for i, tt := range []struct{ body, want string }{
		{`{"documentId":"sha256:` + hash + `"}`, "PERSISTED_QUERY_NOT_FOUND"},
		{`{"query":"{ viewer { role } }","documentId":"sha256:` + hash + `"}`, "ADMIN"},
		{`{"documentId":"sha256:` + hash + `"}`, "ADMIN"},
		{`{"documentId":5}`, "BAD_REQUEST"},
	} {
		if _, text := s.do(t, s.request(t, http.MethodPost, "", tt.body)); !strings.Contains(text, tt.want) {
			t.Errorf("%d: want %s, got %s", i, tt.want, text)
		}
	}
}
