package auth

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/MicahParks/jwkset"
	"golang.org/x/sync/singleflight"
)

const (
	// keysFor is how long a key set is believed before it is read again: how long a key that was withdrawn still counts.
	keysFor = time.Minute
	// keysUntil is how long one is believed while it cannot be read again. After that no token of the provider counts.
	keysUntil = time.Hour
	// askEvery is the least time between two questions, whatever tokens name: forged key ids make no storm, and a new key
	// that a forged one went before is known this much later at most.
	askEvery = 10 * time.Second
	// askTimeout bounds a question, and with it how long the first request after a rotation waits.
	askTimeout = 5 * time.Second
	// maxKeySetBytes bounds the answer. Real ones have a few kilobytes.
	maxKeySetBytes = 512 << 10
)

// ErrKeys means that the identity provider's keys cannot be had now, so that nobody knows whether a token is good.
var ErrKeys = errors.New("the identity provider does not answer")

// keyName is how a token names its key. The algorithm is part of it, so that no key is used with another than its own.
type keyName struct{ id, algorithm string }

// keySet holds the public keys of an identity provider. It asks in the course of requests, all of which share one
// question, so that it needs no goroutine of its own. (keyfunc's client would refuse the good tokens that come while it
// asks, lose the whole set over one bad key, and read answers of any size.)
type keySet struct {
	url    string
	client *http.Client
	now    func() time.Time
	log    *slog.Logger
	gone   func() // told that a key was withdrawn
	flight singleflight.Group

	mu      sync.Mutex
	keys    map[keyName]publicKey
	askedAt time.Time // of the last question
	readAt  time.Time // of the last question that was answered
}

func newKeySet(cfg Config, gone func()) *keySet {
	client := cfg.Client
	if client == nil {
		client = &http.Client{
			Timeout:       askTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // it could leave https
		}
	}
	return &keySet{url: cfg.JWKSURL, client: client, now: cfg.Now, log: cfg.Logger, gone: gone}
}

// find returns a key, and asks the provider when it is unknown or the set is old. The error is ErrKeys when that fails.
func (s *keySet) find(ctx context.Context, name keyName) (crypto.PublicKey, error) {
	key, readAt, _ := s.look(name)
	if key == nil || s.now().Sub(readAt) >= keysFor {
		asked := s.flight.DoChan("", func() (any, error) { s.ask(context.WithoutCancel(ctx)); return struct{}{}, nil })
		select {
		case <-asked:
		case <-ctx.Done():
			return nil, ErrKeys
		}
	}
	key, readAt, answered := s.look(name)
	switch {
	case s.now().Sub(readAt) >= keysUntil, key == nil && !answered:
		return nil, ErrKeys
	case key == nil:
		return nil, errUnknown
	}
	return key, nil
}

// look returns what is known: the key, when the set was read, and whether the last question was answered.
func (s *keySet) look(name keyName) (key publicKey, readAt time.Time, answered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[name], s.readAt, s.readAt.Equal(s.askedAt)
}

// ask reads the set again, unless that was just done. Keys that were known stay when it fails.
func (s *keySet) ask(ctx context.Context) {
	now := s.now()
	s.mu.Lock()
	soon := !s.askedAt.IsZero() && now.Sub(s.askedAt) < askEvery
	if !soon {
		s.askedAt = now
	}
	s.mu.Unlock()
	if soon {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	keys, err := s.fetch(ctx)
	if err != nil {
		s.log.WarnContext(ctx, "identity provider's keys not read", "cause", err)
		return
	}
	s.mu.Lock()
	old := s.keys
	s.keys, s.readAt = keys, now
	s.mu.Unlock()
	if withdrawn(old, keys) {
		s.log.InfoContext(ctx, "identity provider has withdrawn a key", "keys", len(keys))
		s.gone()
	}
}

// fetch reads the keys that tokens may be signed with. A set without any is an error: it is a mishap rather than meant.
func (s *keySet) fetch(ctx context.Context) (map[keyName]publicKey, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/jwk-set+json, application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	var set jwkset.JWKSMarshal
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxKeySetBytes)).Decode(&set); err != nil {
		return nil, errors.New("the answer is no key set") // the decoder's error may quote it
	}
	keys := map[keyName]publicKey{}
	for _, k := range set.Keys {
		if name, key, ok := parseKey(k); ok {
			keys[name] = key
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("none of %d keys is of use", len(set.Keys))
	}
	return keys, nil
}

func withdrawn(old, keys map[keyName]publicKey) bool {
	for name, key := range old {
		if now := keys[name]; now == nil || !key.Equal(now) {
			return true
		}
	}
	return false
}
