package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // The rule of TENANT_TIME_ZONE must not depend on the machine's zone files.

	"golang.org/x/text/currency"
)

// field is a value that a parse function fills.
type field[T any] struct {
	dst   *T
	parse func(string) (T, error)
}

// into binds a field to its parse function.
func into[T any](dst *T, parse func(string) (T, error)) value { return field[T]{dst, parse} }

// Set fills the field, unless the text breaks the rule.
func (f field[T]) Set(s string) error {
	v, err := f.parse(s)
	if err == nil {
		*f.dst = v
	}
	return err
}

// String shows the field. A Secret shows itself redacted.
func (f field[T]) String() string { return fmt.Sprint(*f.dst) }

func text(s string) (string, error) { return s, nil }

func secret(s string) (Secret, error) { return NewSecret(s), nil }

// encryptionKeys reads a comma list of base64 keys for AES-256.
func encryptionKeys(s string) ([]Secret, error) {
	var keys []Secret
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(part)
		if err != nil || len(key) != 32 {
			return nil, errors.New("must be a comma list of base64 keys of 32 bytes: openssl rand -base64 32 makes one")
		}
		keys = append(keys, NewSecret(string(key)))
	}
	return keys, nil
}

func boolean(s string) (bool, error) {
	v, err := strconv.ParseBool(s)
	if err != nil {
		return false, errors.New("must be true or false")
	}
	return v, nil
}

func number(low, high int) func(string) (int, error) {
	return func(s string) (int, error) {
		v, err := strconv.Atoi(s)
		if err != nil || v < low || v > high {
			return 0, fmt.Errorf("must be a whole number from %d to %d", low, high)
		}
		return v, nil
	}
}

func oneOf[T ~string](allowed ...T) func(string) (T, error) {
	return func(s string) (T, error) {
		if !slices.Contains(allowed, T(s)) {
			names := fmt.Sprint(slices.DeleteFunc(slices.Clone(allowed), func(a T) bool { return a == "" }))
			return "", fmt.Errorf("must be one of %s", strings.ReplaceAll(strings.Trim(names, "[]"), " ", ", "))
		}
		return T(s), nil
	}
}

func tenantID(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v < 1 {
		return 0, errors.New("must be ServiceTitan's numeric tenant id")
	}
	return v, nil
}

func logLevel(s string) (slog.Level, error) {
	var level slog.Level
	if _, err := oneOf("debug", "info", "warn", "error")(s); err != nil {
		return 0, err
	}
	err := level.UnmarshalText([]byte(s))
	return level, err
}

func interval(s string) (time.Duration, error) {
	v, err := time.ParseDuration(s)
	if err != nil || v < time.Minute || v > 24*time.Hour {
		return 0, errors.New("must be a duration from 1m to 24h, such as 15m")
	}
	return v, nil
}

// noListener is the port of a listener that is not wanted.
const noListener = -1

// optionalPort reads a port that need not be given.
func optionalPort(s string) (int, error) {
	if s == "" {
		return noListener, nil
	}
	return number(0, 65535)(s)
}

// bindAddress reads an address of this machine.
func bindAddress(s string) (string, error) {
	if net.ParseIP(s) == nil {
		return "", errors.New("must be an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them")
	}
	return s, nil
}

// between reads a duration.
func between(low, high time.Duration) func(string) (time.Duration, error) {
	return func(s string) (time.Duration, error) {
		v, err := time.ParseDuration(s)
		if err != nil || v < low || v > high {
			return 0, fmt.Errorf("must be a duration from %v to %v, such as 5s", low, high)
		}
		return v, nil
	}
}

// collectorURL reads the address of a collector, which stands in the same network: http:// will do.
func collectorURL(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return "", errors.New("must be an address such as http://collector:4318")
	}
	return strings.TrimRight(s, "/"), nil
}

func timeZone(s string) (string, error) {
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		return "", errors.New("must be an IANA time zone, such as America/Chicago")
	}
	return s, nil
}

func currencyCode(s string) (string, error) {
	unit, err := currency.ParseISO(s)
	if err != nil || unit.String() != s {
		return "", errors.New("must be an ISO 4217 currency code in capitals, such as USD")
	}
	return s, nil
}

// databaseURL checks the outline only; the driver judges the rest when it connects.
func databaseURL(s string) (Secret, error) {
	broken := errors.New("must be a postgres:// address or key=value settings with host or dbname")
	if strings.Contains(s, "://") {
		u, err := url.Parse(s)
		if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
			return Secret{}, broken
		}
		return NewSecret(s), nil
	}
	if s != "" && !strings.Contains(s, "host=") && !strings.Contains(s, "dbname=") {
		return Secret{}, broken
	}
	return NewSecret(s), nil
}

// secureURL accepts https anywhere and http on this machine alone, and returns the address without trailing slashes.
func secureURL(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("must be an address such as https://api.example.test, with no user, query or fragment")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return "", errors.New("must begin with https:// (http:// is for this machine alone)")
	}
	return strings.TrimRight(s, "/"), nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// origins reads a comma list of what browsers send as Origin: scheme, host and port, nothing else.
func origins(s string) ([]string, error) {
	var list []string
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		u, err := url.Parse(part)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || strings.Contains(u.Host, "*") ||
			part != u.Scheme+"://"+strings.ToLower(u.Host) {
			return nil, errors.New("must be a comma list of exact origins, such as https://app.example.test, with no path or wildcard")
		}
		list = append(list, part)
	}
	return list, nil
}
