package auth

import (
	"crypto/sha256"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// maxVerified is how many tokens are remembered, of some 150 bytes each.
	maxVerified = 10_000
	// verifiedFor is how long a token is believed without looking at its signature again, so that a key that is taken
	// back soon counts for nothing.
	verifiedFor = time.Minute
)

// verified remembers tokens that were just found good: callers send the same one with each request, and to check it costs
// as much as a small query. A token is remembered by its hash, so that memory holds none.
type verified struct {
	known *lru.Cache[[sha256.Size]byte, verifiedToken]
	now   func() time.Time
}

type verifiedToken struct {
	identity    Identity
	from, until time.Time
}

func newVerified(now func() time.Time) *verified {
	known, _ := lru.New[[sha256.Size]byte, verifiedToken](maxVerified) // fails only for a size below one
	return &verified{known: known, now: now}
}

// identity returns whom a token names that was found good a moment ago.
func (v *verified) identity(token string) (Identity, bool) {
	t, ok := v.known.Get(sha256.Sum256([]byte(token)))
	if !ok {
		return Identity{}, false
	}
	now := v.now()
	return t.identity, !now.Before(t.from) && now.Before(t.until)
}

// note remembers a good token that expires at the given time.
func (v *verified) note(token string, id Identity, expires time.Time) {
	now := v.now()
	until := now.Add(verifiedFor)
	if expires.Before(until) {
		until = expires
	}
	v.known.Add(sha256.Sum256([]byte(token)), verifiedToken{identity: id, from: now, until: until})
}
