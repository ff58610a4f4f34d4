package config

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoad_whoseTokensCount(t *testing.T) {
	t.Parallel()
	const url, issuer, audience = "https://id.example.test/keys", "https://id.example.test/", "sample-api"
	for _, tt := range []struct {
		name string
		vars map[string]string
		want []string // variables with a problem
	}{
		{"nobody's", nil, []string{"JWT_SECRET"}},
		{"the secret's", map[string]string{"JWT_SECRET": goodSecret}, nil},
		{"the provider's", map[string]string{"JWT_JWKS_URL": url, "JWT_ISSUER": issuer, "JWT_AUDIENCE": audience}, nil},
		{"both", map[string]string{"JWT_SECRET": goodSecret, "JWT_JWKS_URL": url, "JWT_ISSUER": issuer, "JWT_AUDIENCE": audience}, nil},
		{"a weak secret beside the provider", map[string]string{"JWT_SECRET": "short", "JWT_JWKS_URL": url, "JWT_ISSUER": issuer, "JWT_AUDIENCE": audience}, []string{"JWT_SECRET"}},
		{"anybody's at the provider", map[string]string{"JWT_JWKS_URL": url}, []string{"JWT_ISSUER", "JWT_AUDIENCE"}},
		{"any audience's", map[string]string{"JWT_JWKS_URL": url, "JWT_ISSUER": issuer}, []string{"JWT_AUDIENCE"}},
		{"in development too", map[string]string{"LAZI_ENV": "development", "JWT_JWKS_URL": url, "JWT_AUDIENCE": audience}, []string{"JWT_ISSUER"}},
		{"a provider in plain text", map[string]string{"JWT_JWKS_URL": "http://id.example.test/keys"}, []string{"JWT_JWKS_URL"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := Load(env(tt.vars))
			var got []string
			if problems, ok := errors.AsType[*Error](err); ok {
				for _, p := range problems.Problems {
					got = append(got, p.Variable)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Fatalf("problems (-want +got):\n%s%v", diff, err)
			}
			if err == nil && (c.JWT.Issuer == "" || c.JWT.Audience == "") {
				t.Errorf("issuer %q, audience %q: any would do", c.JWT.Issuer, c.JWT.Audience)
			}
		})
	}
}
