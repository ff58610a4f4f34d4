package auth

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Errors of a caller who is not known. ErrExpired is an ErrToken, too.
var (
	// ErrNoToken means that the request brings no token.
	ErrNoToken = errors.New("no bearer token")
	// ErrToken means that the token is not one of ours: its form, algorithm, signature, issuer, audience or claims.
	ErrToken = errors.New("invalid token")
	// ErrExpired means that the token was ours and its time is over.
	ErrExpired = fmt.Errorf("%w: expired", ErrToken)
)

// Signer mints tokens with the shared secret.
type Signer struct{ cfg Config }

// NewSigner returns a Signer for the configuration's secret. It refuses an empty one.
func NewSigner(cfg Config) (*Signer, error) {
	if cfg.Secret == "" {
		return nil, errNoSecret
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Signer{cfg: cfg}, nil
}

// Mint returns a token that says what the grant says, for ttl from now; the grant's own ExpiresAt does not count.
func (s *Signer) Mint(g Grant, ttl time.Duration) (string, error) {
	if ttl < time.Second {
		return "", fmt.Errorf("auth: mint: a token must live for a second at least, not %v", ttl)
	}
	now := s.cfg.Now()
	g.ExpiresAt = now.Add(ttl)
	c := g.claims()
	if _, err := c.grant(); err != nil {
		return "", fmt.Errorf("auth: mint: %w", err)
	}
	c.Issuer, c.Audience, c.IssuedAt = s.cfg.Issuer, jwt.ClaimStrings{s.cfg.Audience}, jwt.NewNumericDate(now)
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString([]byte(s.cfg.Secret))
	if err != nil {
		return "", fmt.Errorf("auth: mint: %w", err)
	}
	return token, nil
}
