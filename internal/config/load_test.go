package config

import (
	"encoding/base64"
	"errors"
	"log/slog"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// goodSecret passes the rules of production. It signs nothing but tests.
const goodSecret = "Zk3vQ9xT7mLp2RwB8nYc5HdJ6sGf4aUe"

// encoded is a key of one repeated letter as CREDENTIALS_KEY holds it.
func encoded(letter string) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(letter, 32)))
}

func env(vars map[string]string) Lookup {
	return func(name string) (string, bool) {
		text, ok := vars[name]
		return text, ok
	}
}

func TestLoad_defaults(t *testing.T) {
	t.Parallel()
	got, err := Load(env(map[string]string{"JWT_SECRET": goodSecret}))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Environment: Production, Port: 3001, DataDir: ".lazi", LogLevel: slog.LevelInfo, LogFormat: LogJSON,
		CompiledReads: true, AuditRetention: 9600 * time.Hour,
		Ops: Ops{Port: -1, Address: "127.0.0.1"}, Shutdown: Shutdown{Timeout: 25 * time.Second, Delay: time.Second},
		Quota: Quota{
			SubjectCost: 10_000_000, TenantCost: 100_000_000, Operations: 512, SubjectOperations: 64, SubjectSubscriptions: 200,
		},
		Database: Database{Pooler: PoolerNone},
		ServiceTitan: ServiceTitan{
			Environment: TitanProduction, APIURL: "https://api.servicetitan.io", AuthURL: "https://auth.servicetitan.io",
			PageSize: 2000, RateLimit: 4, TimeZone: "UTC", Currency: "USD",
		},
		JWT:  JWT{Secret: NewSecret(goodSecret), Issuer: "lazi", Audience: "lazi"},
		Sync: Sync{Interval: 15 * time.Minute, PricebookCategories: true, FullPricebook: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
	if got.ServiceTitan.Configured() {
		t.Error("Configured is true without an account")
	}
}

func TestLoad_everyVariable(t *testing.T) {
	t.Parallel()
	vars := map[string]string{
		"LAZI_ENV": "development", "PORT": " 8080\n", "OPS_PORT": "9090", "OPS_ADDRESS": "0.0.0.0",
		"SHUTDOWN_TIMEOUT": "1m", "DRAIN_DELAY": "5s", "LAZI_DATA_DIR": "state", "LOG_LEVEL": "debug", "LOG_FORMAT": "json",
		"COMPILED_READS": "false", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example.test:4318/", "AUDIT_RETENTION": "48h", "QUERY_COST_PER_MINUTE": "1000", "TENANT_COST_PER_MINUTE": "0", "MAX_OPERATIONS": "20",
		"MAX_OPERATIONS_PER_SUBJECT": "5", "MAX_SUBSCRIPTIONS_PER_SUBJECT": "6", "TRUSTED_DOCUMENTS": "manifest.json",
		"CORS_ORIGIN": "https://app.example.test, http://localhost:5173", "DATABASE_URL": "postgres://u:p@db.example.test/lazi",
		"DATABASE_POOLER": "transaction", "LAZI_PG_BIN": "pg/bin", "SERVICE_TITAN_CLIENT_ID": "cid.sample",
		"SERVICE_TITAN_CLIENT_SECRET": "cs.sample", "SERVICE_TITAN_APP_KEY": "ak.sample", "SERVICE_TITAN_TENANT_ID": "9007199254740993",
		"SERVICE_TITAN_ENV": "integration", "SERVICE_TITAN_API_URL": "http://127.0.0.1:9000/", "SERVICE_TITAN_AUTH_URL": "",
		"PAGE_SIZE": "5000", "RATE_LIMIT": "60", "TENANT_TIME_ZONE": "America/Chicago", "TENANT_CURRENCY": "CAD",
		"JWT_SECRET": "short", "JWT_JWKS_URL": "https://id.example.test/keys",
		"JWT_ISSUER": "https://id.example.test/", "JWT_AUDIENCE": "sample-api",
		"CREDENTIALS_KEY": encoded("a") + " , " + encoded("b"), "ENABLE_SCHEDULED_SYNC": "true",
		"SYNC_INTERVAL": "1h", "PRICEBOOK_CATEGORY_SYNC_ENABLED": "0", "PRICEBOOK_FULL_SYNC_ENABLED": "FALSE",
	}
	got, err := Load(env(vars))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Environment: Development, Port: 8080, DataDir: "state", LogLevel: slog.LevelDebug, LogFormat: LogJSON,
		Ops:              Ops{Port: 9090, Address: "0.0.0.0"},
		Shutdown:         Shutdown{Timeout: time.Minute, Delay: 5 * time.Second},
		CORSOrigins:      []string{"https://app.example.test", "http://localhost:5173"},
		Quota:            Quota{SubjectCost: 1000, Operations: 20, SubjectOperations: 5, SubjectSubscriptions: 6},
		TrustedDocuments: "manifest.json",
		TraceEndpoint:    "http://collector.example.test:4318", AuditRetention: 48 * time.Hour,
		Database: Database{URL: NewSecret(vars["DATABASE_URL"]), Pooler: PoolerTransaction, BinDir: "pg/bin"},
		ServiceTitan: ServiceTitan{
			ClientID: "cid.sample", ClientSecret: NewSecret("cs.sample"), AppKey: NewSecret("ak.sample"),
			TenantID: 9007199254740993, Environment: TitanIntegration, APIURL: "http://127.0.0.1:9000",
			AuthURL: "https://auth-integration.servicetitan.io", PageSize: 5000, RateLimit: 60,
			TimeZone: "America/Chicago", Currency: "CAD",
		},
		JWT: JWT{
			Secret: NewSecret("short"), JWKSURL: "https://id.example.test/keys", Issuer: "https://id.example.test/", Audience: "sample-api",
		},
		CredentialsKeys: []Secret{NewSecret(strings.Repeat("a", 32)), NewSecret(strings.Repeat("b", 32))},
		Sync:            Sync{Scheduled: true, Interval: time.Hour},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
	for _, v := range got.variables() {
		if _, set := vars[v.name]; !set {
			t.Errorf("%s is not covered by this test", v.name)
		}
	}
}

func TestLoad_eachMistakeNamesItsVariable(t *testing.T) {
	t.Parallel()
	account := map[string]string{
		"SERVICE_TITAN_CLIENT_ID": "a", "SERVICE_TITAN_CLIENT_SECRET": "b", "SERVICE_TITAN_APP_KEY": "c", "SERVICE_TITAN_TENANT_ID": "1",
	}
	for _, tt := range []struct{ name, variable, text, reason string }{
		{"port is a word", "PORT", "http", "whole number from 0 to 65535"},
		{"port too high", "PORT", "65536", "whole number"},
		{"negative port", "PORT", "-1", "whole number"},
		{"operators' port is a word", "OPS_PORT", "metrics", "whole number"},
		{"operators' address is a name", "OPS_ADDRESS", "localhost", "IP address"},
		{"shutdown too long", "SHUTDOWN_TIMEOUT", "1h", "duration from 1s to 10m"},
		{"drain delay without unit", "DRAIN_DELAY", "5", "duration"},
		{"drain delay takes all the time", "DRAIN_DELAY", "30s", "shorter than SHUTDOWN_TIMEOUT"},
		{"environment", "LAZI_ENV", "staging", "one of development, production"},
		{"log level", "LOG_LEVEL", "loud", "one of debug, info, warn, error"},
		{"log level with offset", "LOG_LEVEL", "info+1", "one of"},
		{"log format", "LOG_FORMAT", "xml", "one of json, text"},
		{"origin wildcard", "CORS_ORIGIN", "*", "exact origins"},
		{"origin with wildcard host", "CORS_ORIGIN", "https://*.example.test", "exact origins"},
		{"origin with path", "CORS_ORIGIN", "https://app.example.test/", "exact origins"},
		{"origin without scheme", "CORS_ORIGIN", "app.example.test", "exact origins"},
		{"origin null", "CORS_ORIGIN", "null", "exact origins"},
		{"second origin", "CORS_ORIGIN", "https://app.example.test,ftp://x.example.test", "exact origins"},
		{"other database", "DATABASE_URL", "mysql://db.example.test/lazi", "postgres:// address"},
		{"not a database", "DATABASE_URL", "lazi", "postgres:// address"},
		{"broken database address", "DATABASE_URL", "postgres://u:p@[::1/lazi", "postgres:// address"},
		{"traces", "OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "address such as http://collector:4318"},
		{"pooler", "DATABASE_POOLER", "session", "one of none, transaction"},
		{"pooler without database", "DATABASE_POOLER", "transaction", "needs DATABASE_URL"},
		{"tenant name", "SERVICE_TITAN_TENANT_ID", "acme", "numeric tenant id"},
		{"tenant zero", "SERVICE_TITAN_TENANT_ID", "0", "numeric tenant id"},
		{"titan environment", "SERVICE_TITAN_ENV", "sandbox", "one of production, integration"},
		{"plain http", "SERVICE_TITAN_API_URL", "http://api.example.test", "https://"},
		{"loopback look-alike", "SERVICE_TITAN_API_URL", "http://127.0.0.1.example.test", "https://"},
		{"relative address", "SERVICE_TITAN_AUTH_URL", "/connect/token", "must be an address"},
		{"address with password", "SERVICE_TITAN_AUTH_URL", "https://u:p@auth.example.test", "no user"},
		{"key set address", "JWT_JWKS_URL", "ftp://id.example.test", "https://"},
		{"page of nothing", "PAGE_SIZE", "0", "from 1 to 5000"},
		{"page too large", "PAGE_SIZE", "5001", "from 1 to 5000"},
		{"rate of nothing", "RATE_LIMIT", "0", "from 1 to 60"},
		{"rate above the API's", "RATE_LIMIT", "61", "from 1 to 60"},
		{"time zone", "TENANT_TIME_ZONE", "Mars/Olympus", "IANA time zone"},
		{"the machine's time zone", "TENANT_TIME_ZONE", "Local", "IANA time zone"},
		{"currency", "TENANT_CURRENCY", "usd", "ISO 4217"},
		{"unknown currency", "TENANT_CURRENCY", "QQQ", "ISO 4217"},
		{"switch", "ENABLE_SCHEDULED_SYNC", "maybe", "true or false"},
		{"interval without unit", "SYNC_INTERVAL", "15", "duration"},
		{"interval too short", "SYNC_INTERVAL", "1s", "duration"},
		{"short secret", "JWT_SECRET", goodSecret[1:], "at least 32"},
		{"repeated secret", "JWT_SECRET", strings.Repeat("x", 64), "repeat"},
		{"pattern", "JWT_SECRET", strings.Repeat("abcd", 16), "repeat"},
		{"example secret", "JWT_SECRET", "your-super-secret-jwt-key-change-in-production", "example"},
		{"jwt.io's secret", "JWT_SECRET", "a-string-secret-at-least-256-bits-long", "example"},
		{"no secret", "JWT_SECRET", "", "must be set"},
		{"key that is no base64", "CREDENTIALS_KEY", "%%%", "base64 keys of 32 bytes"},
		{"key for AES-128", "CREDENTIALS_KEY", base64.StdEncoding.EncodeToString(make([]byte, 16)), "base64 keys of 32 bytes"},
		{"second key", "CREDENTIALS_KEY", encoded("a") + ",short", "base64 keys of 32 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			vars := map[string]string{"JWT_SECRET": goodSecret}
			if tt.variable == "SERVICE_TITAN_TENANT_ID" {
				maps.Copy(vars, account)
			}
			vars[tt.variable] = tt.text
			_, err := Load(env(vars))
			var problems *Error
			if !errors.As(err, &problems) {
				t.Fatalf("Load with %s=%q: error = %v, want *Error", tt.variable, tt.text, err)
			}
			if len(problems.Problems) != 1 || problems.Problems[0].Variable != tt.variable ||
				!strings.Contains(problems.Problems[0].Reason, tt.reason) {
				t.Errorf("Load with %s=%q: %v, want one problem of it with %q", tt.variable, tt.text, err, tt.reason)
			}
		})
	}
}

func TestLoad_missingPartsOfAnAccountAreNamed(t *testing.T) {
	t.Parallel()
	parts := []string{"SERVICE_TITAN_CLIENT_ID", "SERVICE_TITAN_CLIENT_SECRET", "SERVICE_TITAN_APP_KEY", "SERVICE_TITAN_TENANT_ID"}
	for mask := 1; mask < 1<<len(parts)-1; mask++ {
		vars := map[string]string{"JWT_SECRET": goodSecret}
		var want []string
		for i, name := range parts {
			if mask&(1<<i) != 0 {
				vars[name] = "1"
			} else {
				want = append(want, name)
			}
		}
		_, err := Load(env(vars))
		var problems *Error
		if !errors.As(err, &problems) {
			t.Fatalf("Load with parts %04b: error = %v, want *Error", mask, err)
		}
		var got []string
		for _, p := range problems.Problems {
			got = append(got, p.Variable)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("parts %04b (-want +got):\n%s", mask, diff)
		}
	}
}

func TestLoad_reportsEveryMistakeAtOnce_andQuotesNone(t *testing.T) {
	t.Parallel()
	const canary = "://canary value:%zz"
	var c Config
	free := map[string]bool{
		"LAZI_DATA_DIR": true, "LAZI_PG_BIN": true, "TRUSTED_DOCUMENTS": true, "SERVICE_TITAN_CLIENT_ID": true,
		"SERVICE_TITAN_CLIENT_SECRET": true, "SERVICE_TITAN_APP_KEY": true, "JWT_ISSUER": true, "JWT_AUDIENCE": true,
	}
	vars := map[string]string{}
	var want []string
	for _, v := range c.variables() {
		vars[v.name] = canary
		if !free[v.name] {
			want = append(want, v.name)
		}
	}
	delete(vars, "LAZI_ENV") // A wrong one hides the rules of production.
	want = want[1:]

	_, err := Load(env(vars))
	if err == nil {
		t.Fatal("Load accepted nonsense")
	}
	for _, name := range want {
		if !strings.Contains(err.Error(), "\n  "+name+": ") {
			t.Errorf("error does not name %s:\n%v", name, err)
		}
	}
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("error quotes a value:\n%v", err)
	}
}

func TestLoad_developmentForgivesTheSecret(t *testing.T) {
	t.Parallel()
	c, err := Load(WithValue(env(map[string]string{"LAZI_ENV": "production"}), "LAZI_ENV", "development"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Environment != Development || c.LogFormat != LogText || !c.JWT.Secret.IsZero() {
		t.Errorf("Load = %v, want development with text logs and no secret", c.Redacted())
	}
}

func TestLoad_databaseForms(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"postgres://u:p@db.example.test:6543/lazi?sslmode=require", "postgresql:///lazi?host=/run/pg", "host=/run/pg dbname=lazi", "dbname=lazi",
	} {
		c, err := Load(env(map[string]string{"JWT_SECRET": goodSecret, "DATABASE_URL": text}))
		if err != nil || c.Database.URL.Reveal() != text {
			t.Errorf("Load with DATABASE_URL=%q: %v", text, err)
		}
	}
}

func TestEnvExample_listsEveryVariableWithItsDefault(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for line := range strings.SplitSeq(string(file), "\n") {
		if name, ok := strings.CutPrefix(line, "#"); ok && strings.Contains(name, "=") && !strings.Contains(name, " ") {
			got = append(got, name)
		}
	}
	var c Config
	for _, v := range c.variables() {
		want = append(want, v.name+"="+v.fallback)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf(".env.example (-want +got):\n%s", diff)
	}
}
