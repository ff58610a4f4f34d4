package app

import (
	"time"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/config"
)

// Token returns a token signed with the configured secret, or with the machine's own in development.
func Token(cfg config.Config, subject string, tenant int64, role string, ttl time.Duration) (string, error) {
	r, err := auth.ParseRole(role)
	if err != nil {
		return "", err
	}
	if cfg, err = withLocalSecret(cfg); err != nil {
		return "", err
	}
	signer, err := auth.NewSigner(cfg.JWT.Secret.Reveal(), time.Now)
	if err != nil {
		return "", err
	}
	return signer.Mint(auth.Identity{Subject: subject, Tenant: tenant, Role: r}, ttl)
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
