package simulator

import (
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"lazilabs.com/lazi/internal/stspec"
)

// tokenTTL is how long a token lives (behaviour.md, section 1).
const tokenTTL = 900 * time.Second

// tokens are the tokens in force.
type tokens struct {
	mu   sync.Mutex
	live map[string]grant
}

// grant is what a token is good for.
type grant struct {
	tenant  int64
	expires time.Time
}

func newTokens() *tokens { return &tokens{live: map[string]grant{}} }

func (t *tokens) issue(tenant int64, now time.Time, life time.Duration) string {
	// Opaque, in the looks of a JWT.
	text := "eyJzaW11bGF0ZWQiOnRydWV9." + rand.Text() + "." + rand.Text()
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.live, func(_ string, g grant) bool { return !now.Before(g.expires) })
	t.live[text] = grant{tenant, now.Add(life)}
	return text
}

func (t *tokens) find(text string, now time.Time) (grant, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g, ok := t.live[text]
	return g, ok && now.Before(g.expires)
}

// RevokeTokens makes every token given so far worthless.
func (s *Simulator) RevokeTokens() {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	clear(s.tokens.live)
}

// token is POST /connect/token: client credentials in a form, nothing else.
func (s *Simulator) token(w http.ResponseWriter, r *http.Request) {
	if s.faults.takeToken() {
		s.tooMany(w, 1)
		return
	}
	refuse := func(code string) { writeJSON(w, http.StatusBadRequest, map[string]string{"error": code}) }
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") || r.ParseForm() != nil {
		refuse("invalid_request")
		return
	}
	if r.PostForm.Get("grant_type") != "client_credentials" {
		refuse("unsupported_grant_type")
		return
	}
	for _, c := range s.companies {
		if c.ClientID == r.PostForm.Get("client_id") && c.ClientSecret == r.PostForm.Get("client_secret") {
			writeJSON(w, http.StatusOK, map[string]any{
				"access_token": s.tokens.issue(c.ID, s.clock.Now(), s.faults.tokenLife()), "expires_in": int(tokenTTL.Seconds()), "token_type": "Bearer", "scope": s.scope(),
			})
			return
		}
	}
	refuse("invalid_client")
}

// scope lists what a token opens: reading each entity whose scope is not lost.
func (s *Simulator) scope() string {
	lost, scopes := s.faults.Get().LostScopes, []string{}
	for _, e := range stspec.Entities() {
		if !slices.Contains(lost, e.Name) {
			scopes = append(scopes, "tn."+e.Module+"."+strings.ToLower(e.Name)+":r")
		}
	}
	return strings.Join(scopes, " ")
}

// authorize finds the caller's company, or answers why not.
func (s *Simulator) authorize(w http.ResponseWriter, r *http.Request, tenant int64) (*company, bool) {
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	g, ok := s.tokens.find(bearer, s.clock.Now())
	if !ok {
		gateway(w, http.StatusUnauthorized, "Unauthorized. Access token is missing or invalid.")
		return nil, false
	}
	key := r.Header.Get("ST-App-Key")
	if key == "" {
		key = r.URL.Query().Get("servicetitanapplicationkey")
	}
	c := s.companies[g.tenant]
	if key != c.AppKey {
		gateway(w, http.StatusUnauthorized, "Access denied due to missing or invalid subscription key.")
		return nil, false
	}
	if tenant != g.tenant {
		s.notLinked(w)
		return nil, false
	}
	return c, true
}

// notLinked answers for a tenant that the app does not serve. No source tells how the API does it, so it is a switch.
func (s *Simulator) notLinked(w http.ResponseWriter) {
	switch s.faults.Get().NotLinkedStatus {
	case http.StatusNotFound:
		noOperation(w)
	case http.StatusUnauthorized:
		gateway(w, http.StatusUnauthorized, "Unauthorized.")
	default:
		problem(w, http.StatusForbidden, "Forbidden", nil)
	}
}
