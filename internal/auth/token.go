package auth

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Errors of Verify. ErrExpired is an ErrToken, too.
var (
	// ErrNoToken means that the request brings no token.
	ErrNoToken = errors.New("no bearer token")
	// ErrToken means that the token is not one of ours: its form, algorithm, signature, issuer, audience or claims.
	ErrToken = errors.New("invalid token")
	// ErrExpired means that the token was ours and its time is over.
	ErrExpired = fmt.Errorf("%w: expired", ErrToken)
)

const (
	// issuer and audience tie a token to LAZI, where another program signs with the same secret.
	issuer   = "lazi"
	audience = "lazi"
	// maxTokenBytes is far above what Mint makes (about 300) and keeps hostile input away from the parser.
	maxTokenBytes = 8 << 10
)

// claims is the body of a token. The tenant is text, because JavaScript cannot hold every 64-bit number.
type claims struct {
	jwt.RegisteredClaims
	Tenant int64 `json:"tenant,string"`
	Role   Role  `json:"role"`
}

// Signer mints tokens.
type Signer struct {
	secret []byte
	now    func() time.Time
}

// NewSigner returns a Signer for the HS256 secret. It refuses an empty one; config judges how strong it is.
func NewSigner(secret string, now func() time.Time) (*Signer, error) {
	if secret == "" {
		return nil, errors.New("auth: the signing secret is empty")
	}
	return &Signer{secret: []byte(secret), now: now}, nil
}

// Mint returns a token that names the identity for ttl from now.
func (s *Signer) Mint(id Identity, ttl time.Duration) (string, error) {
	if err := id.valid(); err != nil {
		return "", fmt.Errorf("auth: mint: %w", err)
	}
	if ttl < time.Second {
		return "", fmt.Errorf("auth: mint: a token must live for a second at least, not %v", ttl)
	}
	now := s.now()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Subject: id.Subject, Issuer: issuer, Audience: jwt.ClaimStrings{audience},
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(ttl)),
		},
		Tenant: id.Tenant,
		Role:   id.Role,
	}).SignedString(s.secret)
	if err != nil {
		return "", fmt.Errorf("auth: mint: %w", err)
	}
	return token, nil
}

// Verifier checks tokens. It is safe for concurrent use.
type Verifier struct {
	secret   []byte
	parser   *jwt.Parser
	verified *verified
}

// NewVerifier returns a Verifier for the HS256 secret. It refuses an empty one.
func NewVerifier(secret string, now func() time.Time) (*Verifier, error) {
	if secret == "" {
		return nil, errors.New("auth: the signing secret is empty")
	}
	return &Verifier{secret: []byte(secret), verified: newVerified(now), parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithExpirationRequired(),
		jwt.WithStrictDecoding(), jwt.WithTimeFunc(now),
	)}, nil
}

// Verify returns the identity that a token names. The error is ErrNoToken, ErrExpired or another ErrToken, and
// never quotes the token.
func (v *Verifier) Verify(token string) (Identity, error) {
	if token == "" {
		return Identity{}, ErrNoToken
	}
	if len(token) > maxTokenBytes {
		return Identity{}, fmt.Errorf("%w: too long", ErrToken)
	}
	if id, ok := v.verified.identity(token); ok {
		return id, nil
	}
	var c claims
	if _, err := v.parser.ParseWithClaims(token, &c, v.key); err != nil {
		return Identity{}, refusal(err)
	}
	id := Identity{Subject: c.Subject, Tenant: c.Tenant, Role: c.Role}
	if err := id.valid(); err != nil {
		return Identity{}, err
	}
	v.verified.note(token, id, c.ExpiresAt.Time)
	return id, nil
}

// key returns the secret, unless the header demands an extension (RFC 7515, 4.1.11): we understand none.
func (v *Verifier) key(t *jwt.Token) (any, error) {
	if _, ok := t.Header["crit"]; ok {
		return nil, errors.New("unknown critical header")
	}
	return v.secret, nil
}

// refusal keeps of the parser's error only what a caller may know. Expiry is told when it is all that is wrong: the
// parser looks at claims only after the signature.
func refusal(err error) error {
	foreign := errors.Is(err, jwt.ErrTokenInvalidIssuer) || errors.Is(err, jwt.ErrTokenInvalidAudience)
	if errors.Is(err, jwt.ErrTokenExpired) && !foreign {
		return ErrExpired
	}
	return ErrToken
}
