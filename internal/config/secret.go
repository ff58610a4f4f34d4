package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that no log, dump or error can show. It is a pointer inside, so that even a formatter that walks
// over private fields by reflection prints an address.
type Secret struct{ value *string }

// NewSecret hides a text. The empty text is the zero Secret.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{&s}
}

// Reveal returns the text itself. Call it only where the text is used.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero tells whether there is no text.
func (s Secret) IsZero() bool { return s.value == nil }

// Equal tells whether both hide the same text. It is for tests, and takes a different time for different texts.
func (s Secret) Equal(other Secret) bool { return s.Reveal() == other.Reveal() }

// String is empty when there is no text, and the same mark for every text.
func (s Secret) String() string {
	if s.value == nil {
		return ""
	}
	return "[redacted]"
}

// GoString is what %#v prints.
func (s Secret) GoString() string { return "config.Secret(" + s.String() + ")" }

// Format covers the verbs that String and GoString do not, such as %x and %d.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText is what JSON, YAML and TOML encoders write.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON is MarshalText as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// LogValue is what slog writes.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
