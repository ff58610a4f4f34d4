package auth

import (
	"crypto/sha256"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// maxVerified is how many tokens are remembered, of some 200 bytes each.
	maxVerified = 10_000
	// verifiedFor is how long a token is believed without looking at its signature again.
	verifiedFor = time.Minute
)

// verified remembers tokens that were just found good: callers send the same one with each request, and to check it costs
// as much as a small query. A token is remembered by its hash, so that memory holds none. When a key is withdrawn all is
// forgotten; what is noted while that happens counts for its minute.
type verified struct {
	known *lru.Cache[[sha256.Size]byte, verifiedToken]
	now   func() time.Time
}

type verifiedToken struct {
	grant       Grant
	from, until time.Time
}

func newVerified(now func() time.Time) *verified {
	known, _ := lru.New[[sha256.Size]byte, verifiedToken](maxVerified) // fails only for a size below one
	return &verified{known: known, now: now}
}

// grant returns what a token says that was found good a moment ago.
func (v *verified) grant(token string) (Grant, bool) {
	t, ok := v.known.Get(sha256.Sum256([]byte(token)))
	if !ok {
		return Grant{}, false
	}
	now := v.now()
	return t.grant, !now.Before(t.from) && now.Before(t.until)
}

// note remembers a good token, never beyond its end.
func (v *verified) note(token string, g Grant) {
	now := v.now()
	until := now.Add(verifiedFor)
	if g.ExpiresAt.Before(until) {
		until = g.ExpiresAt
	}
	v.known.Add(sha256.Sum256([]byte(token)), verifiedToken{grant: g, from: now, until: until})
}

// forget makes every token be verified again.
func (v *verified) forget() { v.known.Purge() }
