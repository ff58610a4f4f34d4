package app

import (
	"log/slog"
	"time"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
)

// Token returns a token signed with the configured secret, or with the machine's own in development. Its holder chooses
// among the tenant and the others by the header X-Tenant-ID.
func Token(cfg config.Config, subject string, tenant int64, role string, ttl time.Duration, others ...int64) (string, error) {
	r, err := auth.ParseRole(role)
	if err != nil {
		return "", err
	}
	if cfg, err = withLocalSecret(cfg); err != nil {
		return "", err
	}
	signer, err := auth.NewSigner(tokens(cfg, nil, time.Now))
	if err != nil {
		return "", err
	}
	return signer.Mint(auth.Grant{Subject: subject, Tenants: append([]int64{tenant}, others...), Role: r}, ttl)
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
