package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// maxTokenBytes is far above what identity providers make and keeps hostile input away from the parser.
const maxTokenBytes = 8 << 10

var (
	errNoSecret = errors.New("auth: the signing secret is empty")
	// errUnknown keeps a keyfunc's reasons out of what callers see: they are told ErrToken.
	errUnknown = errors.New("no key for this token")
)

// Config says whose tokens count. A secret, a key set or both must be given.
type Config struct {
	// Secret is the key of HS256 tokens; empty when none are accepted. How strong it is, package config judges.
	Secret string
	// JWKSURL is where an identity provider publishes the keys of RS256, ES256 and EdDSA tokens; empty for none.
	JWKSURL string
	// Issuer and Audience are what every token must name, whoever signed it: they tie it to this deployment where
	// others are signed with the same key.
	Issuer, Audience string
	// Now is the clock.
	Now func() time.Time
	// Client asks for the key set; one of our own with a short timeout when nil.
	Client *http.Client
	// Logger hears of key sets that change or cannot be read; silent when nil.
	Logger *slog.Logger
}

func (c Config) check() error {
	if c.Issuer == "" || c.Audience == "" {
		return errors.New("auth: issuer and audience must be named")
	}
	return nil
}

// Verifier checks tokens. It is safe for concurrent use.
type Verifier struct {
	secret   []byte
	keys     *keySet // nil without an identity provider
	parser   *jwt.Parser
	verified *verified
}

// NewVerifier returns a Verifier. It asks nobody: a key set is read when the first token needs it, so that LAZI starts
// while its identity provider is down.
func NewVerifier(cfg Config) (*Verifier, error) {
	if cfg.Secret == "" && cfg.JWKSURL == "" {
		return nil, errNoSecret
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	v := &Verifier{secret: []byte(cfg.Secret), verified: newVerified(cfg.Now)}
	var algorithms []string
	if cfg.Secret != "" {
		algorithms = append(algorithms, jwt.SigningMethodHS256.Alg())
	}
	if cfg.JWKSURL != "" {
		algorithms = append(algorithms, jwt.SigningMethodRS256.Alg(), jwt.SigningMethodES256.Alg(), jwt.SigningMethodEdDSA.Alg())
		v.keys = newKeySet(cfg, v.verified.forget)
	}
	v.parser = jwt.NewParser(
		jwt.WithValidMethods(algorithms), jwt.WithIssuer(cfg.Issuer), jwt.WithAudience(cfg.Audience),
		jwt.WithExpirationRequired(), jwt.WithStrictDecoding(), jwt.WithTimeFunc(cfg.Now),
	)
	return v, nil
}

// Verify returns what a token says. The error is ErrNoToken, ErrExpired or another ErrToken, or ErrKeys when the
// identity provider must be asked and does not answer; it never quotes the token. Callers must not change the Grant.
func (v *Verifier) Verify(ctx context.Context, token string) (Grant, error) {
	if token == "" {
		return Grant{}, ErrNoToken
	}
	if len(token) > maxTokenBytes {
		return Grant{}, fmt.Errorf("%w: too long", ErrToken)
	}
	if g, ok := v.verified.grant(token); ok {
		return g, nil
	}
	var c claims
	if _, err := v.parser.ParseWithClaims(token, &c, v.key(ctx)); err != nil {
		return Grant{}, refusal(err)
	}
	g, err := c.grant()
	if err != nil {
		return Grant{}, err
	}
	v.verified.note(token, g)
	return g, nil
}

// key finds the key for a token whose algorithm is one of ours. The secret is for HS256 alone, and a key of the set only
// for the algorithm of its own type: a public key is never taken for a secret. A header that demands an extension
// (RFC 7515, 4.1.11) is refused: we understand none.
func (v *Verifier) key(ctx context.Context) jwt.Keyfunc {
	return func(t *jwt.Token) (any, error) {
		if _, ok := t.Header["crit"]; ok {
			return nil, errUnknown
		}
		algorithm := t.Method.Alg()
		if algorithm == jwt.SigningMethodHS256.Alg() {
			return v.secret, nil
		}
		id, ok := t.Header["kid"].(string)
		if !ok || id == "" {
			return nil, errUnknown // without an id every token would be tried with every key
		}
		return v.keys.find(ctx, keyName{id, algorithm})
	}
}

// refusal keeps of the parser's error only what a caller may know. Expiry is told when it is all that is wrong: the
// parser looks at claims only after the signature.
func refusal(err error) error {
	if errors.Is(err, ErrKeys) {
		return ErrKeys
	}
	foreign := errors.Is(err, jwt.ErrTokenInvalidIssuer) || errors.Is(err, jwt.ErrTokenInvalidAudience)
	if errors.Is(err, jwt.ErrTokenExpired) && !foreign {
		return ErrExpired
	}
	return ErrToken
}
