package domain

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Account is a company of this deployment, and how its ServiceTitan account is kept.
type Account struct {
	Tenant
	// CredentialsUpdatedAt is when the kept account was last changed; nil when none is kept.
	CredentialsUpdatedAt *time.Time
	// CredentialsUsable tells that a key opens it.
	CredentialsUsable bool
}

// Credentials are a tenant's ServiceTitan account. Printing, logging or encoding them shows nothing.
type Credentials struct {
	ClientID, ClientSecret, AppKey string
	// Environment is production or integration, which the account belongs to.
	Environment string
}

const hidden = "[redacted]"

// Format hides the credentials from every verb.
func (Credentials) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue hides them from slog.
func (Credentials) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides them from encoders.
func (Credentials) MarshalText() ([]byte, error) { return []byte(hidden), nil }
