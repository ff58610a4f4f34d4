package app

import (
	"log/slog"
	"time"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
)

// Token returns a token signed with the configured secret, or with the machine's own in development.
func Token(cfg config.Config, g auth.Grant, ttl time.Duration) (string, error) {
	cfg, err := withLocalSecret(cfg)
	if err != nil {
		return "", err
	}
	signer, err := auth.NewSigner(tokens(cfg, nil, time.Now))
	if err != nil {
		return "", err
	}
	return signer.Mint(g, ttl)
}

// newVerifier makes the one place that knows whose tokens count.
func newVerifier(cfg config.Config, log *slog.Logger, now func() time.Time) (*auth.Verifier, error) {
	return auth.NewVerifier(tokens(cfg, log, now))
}

func tokens(cfg config.Config, log *slog.Logger, now func() time.Time) auth.Config {
	return auth.Config{
		Secret: cfg.JWT.Secret.Reveal(), JWKSURL: cfg.JWT.JWKSURL, Issuer: cfg.JWT.Issuer, Audience: cfg.JWT.Audience,
		Now: now, Logger: log,
	}
}

// withLocalSecret gives a development machine without JWT_SECRET a secret of its own.
func withLocalSecret(cfg config.Config) (config.Config, error) {
	if !cfg.JWT.Secret.IsZero() {
		return cfg, nil
	}
	secret, err := auth.LocalSecret(cfg.DataDir)
	if err != nil {
		return cfg, err
	}
	cfg.JWT.Secret = config.NewSecret(secret)
	return cfg, nil
}
