package stclient

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
)

const redacted = "[redacted]"

// Secret is text that must not be printed, logged or encoded: every way of doing so shows "[redacted]". Convert it to a
// string to use it. fmt cannot see methods through an unexported field, so do not keep a Secret by value in one of a
// struct that may be printed.
type Secret string

// String hides the text.
func (Secret) String() string { return redacted }

// GoString hides the text from %#v.
func (Secret) GoString() string { return redacted }

// Format hides the text from every verb, the wrong ones too.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText hides the text from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue hides the text from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Credentials let an app act for one tenant in one environment.
type Credentials struct {
	// TenantID is the tenant's id at ServiceTitan, a part of every path.
	TenantID int64
	// ClientID (prefix "cid.") names the app for this tenant.
	ClientID string
	// ClientSecret (prefix "cs") proves it at the token endpoint.
	ClientSecret Secret
	// AppKey (prefix "ak1.") goes with every call as ST-App-Key.
	AppKey Secret
}

// String names the tenant only.
func (t *Tenant) String() string { return "tenant " + strconv.FormatInt(t.creds.TenantID, 10) }

// Format keeps a session's secrets out of every verb.
func (t *Tenant) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// LogValue keeps a session's secrets out of slog.
func (t *Tenant) LogValue() slog.Value { return slog.Int64Value(t.creds.TenantID) }

// Format names the API's host only: a transport holds requests, and they hold secrets.
func (c *Client) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "client of "+c.cfg.APIBaseURL)
}
