package config

import "strings"

// check applies the rules that one variable alone cannot break.
func (c *Config) check(problems *Error) {
	c.checkCredentials(problems)
	if c.Database.Pooler == PoolerTransaction && c.Database.URL.IsZero() && !problems.has("DATABASE_URL") {
		problems.add("DATABASE_POOLER", "needs DATABASE_URL: the embedded Postgres has no pooler")
	}
	c.checkTokens(problems)
	if c.Shutdown.Delay >= c.Shutdown.Timeout && !problems.has("SHUTDOWN_TIMEOUT") {
		problems.add("DRAIN_DELAY", "must be shorter than SHUTDOWN_TIMEOUT")
	}
}

// checkTokens wants somebody whose tokens count, and what ties them to this deployment.
func (c *Config) checkTokens(problems *Error) {
	provider := c.JWT.JWKSURL != "" || problems.has("JWT_JWKS_URL")
	strict := c.Environment != Development && !problems.has("LAZI_ENV")
	if strict && (!provider || !c.JWT.Secret.IsZero()) {
		if reason := weakness(c.JWT.Secret.Reveal()); reason != "" {
			problems.add("JWT_SECRET", reason)
		}
	}
	if c.JWT.JWKSURL == "" {
		return
	}
	if c.JWT.Issuer == "" {
		problems.add("JWT_ISSUER", "is missing beside JWT_JWKS_URL: the `iss` of the provider's tokens")
	}
	if c.JWT.Audience == "" {
		problems.add("JWT_AUDIENCE", "is missing beside JWT_JWKS_URL: the `aud` that the provider gives tokens for this deployment")
	}
}

// checkCredentials wants the four parts of an account together or not at all, and names the missing ones.
func (c *Config) checkCredentials(problems *Error) {
	st := c.ServiceTitan
	parts := []struct {
		name  string
		given bool
	}{
		{"SERVICE_TITAN_CLIENT_ID", st.ClientID != ""},
		{"SERVICE_TITAN_CLIENT_SECRET", !st.ClientSecret.IsZero()},
		{"SERVICE_TITAN_APP_KEY", !st.AppKey.IsZero()},
		{"SERVICE_TITAN_TENANT_ID", st.TenantID != 0 || problems.has("SERVICE_TITAN_TENANT_ID")},
	}
	var given []string
	for _, p := range parts {
		if p.given {
			given = append(given, p.name)
		}
	}
	if len(given) == 0 {
		return
	}
	for _, p := range parts {
		if !p.given {
			problems.add(p.name, "is missing beside "+strings.Join(given, ", "))
		}
	}
}

func (e *Error) has(name string) bool {
	for _, p := range e.Problems {
		if p.Variable == name {
			return true
		}
	}
	return false
}

const (
	// minSecretLength is in characters: HS256 is as strong as its key, whose size RFC 7518 (3.2) wants at 256 bits.
	minSecretLength = 32
	// minDistinct characters keep out repeated patterns; a random text of 32 hexadecimal digits has about 14.
	minDistinct = 8
)

// weakness tells why a signing secret could be guessed, or is empty.
func weakness(secret string) string {
	distinct := map[rune]bool{}
	length := 0
	for _, r := range secret {
		distinct[r] = true
		length++
	}
	switch {
	case length == 0:
		return "must be set outside development, or JWT_JWKS_URL: openssl rand -base64 48 makes one"
	case length < minSecretLength:
		return "must have at least 32 characters"
	case len(distinct) < minDistinct:
		return "must not repeat a few characters"
	case isExample(secret):
		return "must not be an example: openssl rand -base64 48 makes a real one"
	}
	return ""
}

// isExample knows the fragments that secrets copied from documentation hold.
func isExample(secret string) bool {
	plain := strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "", ".", "").Replace(secret))
	for _, fragment := range []string{
		"changeme", "changethis", "changeit", "changeinproduction", "replaceme", "yoursecret", "yourjwtsecret", "yoursupersecret",
		"supersecret", "secretkey", "jwtsecret", "your256bit", "256bitsecret", "atleast256bits", "atleast32", "32characters", "example",
		"placeholder", "insecure", "password", "donotuse", "0123456789abcdef", "abcdefghijklmnop", "1234567890",
	} {
		if strings.Contains(plain, fragment) {
			return true
		}
	}
	return false
}
