package config

import (
	"log/slog"
	"time"
)

// Config is everything that LAZI can be told from outside. Load fills and checks it; nobody changes it afterwards.
type Config struct {
	// Environment is LAZI_ENV: development or production (default). `lazi dev` forces development.
	Environment Environment
	// Port is PORT, the TCP port of the HTTP server (default 3001). 0 lets the system choose one.
	Port int
	// Ops is the listener for operators.
	Ops Ops
	// Shutdown says how the process ends.
	Shutdown Shutdown
	// DataDir is LAZI_DATA_DIR, the folder of the embedded Postgres and of local secrets (default .lazi).
	DataDir string
	// CORSOrigins is CORS_ORIGIN, a comma list of the exact origins whose scripts may call the API (default none).
	CORSOrigins []string
	// LogLevel is LOG_LEVEL: debug, info (default), warn or error.
	LogLevel slog.Level
	// LogFormat is LOG_FORMAT: json (default in production) or text (default in development).
	LogFormat LogFormat
	// AuditRetention is AUDIT_RETENTION, how long entries of the audit log are kept: 24h to 87600h, ten years (default 9600h, 400
	// days).
	AuditRetention time.Duration
	// TraceEndpoint is OTEL_EXPORTER_OTLP_ENDPOINT, an OTLP collector that takes traces by HTTP (default none: no traces).
	TraceEndpoint string
	// CompiledReads is COMPILED_READS (default true). When false, resolvers answer every query: slower, and the same.
	CompiledReads bool

	// Quota says how much callers may ask for over time and at once.
	Quota Quota
	// TrustedDocuments is TRUSTED_DOCUMENTS, a file that lists the only documents that are executed (default none: any are).
	TrustedDocuments string

	// Database says where the mirror is kept.
	Database Database
	// ServiceTitan is the account of the tenant that the environment names.
	ServiceTitan ServiceTitan
	// JWT says whose tokens are accepted.
	JWT JWT
	// CredentialsKeys is CREDENTIALS_KEY, a comma list of base64 keys of 32 bytes for the accounts that the database keeps
	// (default none: those cannot be used). The first encrypts, and all decrypt. They are held decoded.
	CredentialsKeys []Secret
	// Sync says what is copied on a schedule.
	Sync Sync
}

// Quota says how much callers may ask for over time and at once. 0 is no limit.
type Quota struct {
	// SubjectCost is QUERY_COST_PER_MINUTE, the cost that the operations of one caller may have in a minute, in all processes
	// on one database together (default 10,000,000).
	SubjectCost int
	// TenantCost is TENANT_COST_PER_MINUTE, the same for all callers of one tenant (default 100,000,000).
	TenantCost int
	// Operations is MAX_OPERATIONS, the queries and mutations under way in one process (default 512).
	Operations int
	// SubjectOperations is MAX_OPERATIONS_PER_SUBJECT, those of one caller (default 64).
	SubjectOperations int
	// SubjectSubscriptions is MAX_SUBSCRIPTIONS_PER_SUBJECT, the subscriptions of one caller in one process (default 200).
	SubjectSubscriptions int
}

// Ops is the listener for operators: metrics, profiles and health. It asks nobody for a token.
type Ops struct {
	// Port is OPS_PORT, its TCP port (default empty: no listener, which is -1 here). 0 lets the system choose one.
	Port int
	// Address is OPS_ADDRESS, the address that it binds to (default 127.0.0.1: this machine alone).
	Address string
}

// Shutdown says how the process ends after SIGTERM.
type Shutdown struct {
	// Timeout is SHUTDOWN_TIMEOUT, how long requests under way may take to end, Delay included: 1s to 10m (default 25s).
	Timeout time.Duration
	// Delay is DRAIN_DELAY, how long requests are still accepted while /readyz already says that the process stops, so that
	// load balancers notice: 0s to 1m (default 1s; `lazi dev` does not wait).
	Delay time.Duration
}

// Database says where the mirror is kept.
type Database struct {
	// URL is DATABASE_URL, a postgres:// address or key=value settings (default empty: the embedded Postgres).
	URL Secret
	// Pooler is DATABASE_POOLER: none (default), or transaction for a pooler that shares sessions between
	// transactions, behind which prepared statements and session state do not last.
	Pooler Pooler
	// BinDir is LAZI_PG_BIN, the folder of initdb, pg_ctl and postgres for the embedded server (default: searched).
	BinDir string
}

// ServiceTitan is the account of the tenant that the environment names. Accounts of more tenants are in the database.
type ServiceTitan struct {
	// ClientID is SERVICE_TITAN_CLIENT_ID. It, the next two and TenantID are given together or not at all.
	ClientID string
	// ClientSecret is SERVICE_TITAN_CLIENT_SECRET.
	ClientSecret Secret
	// AppKey is SERVICE_TITAN_APP_KEY, sent with each call beside the token.
	AppKey Secret
	// TenantID is SERVICE_TITAN_TENANT_ID, 0 when no account is given.
	TenantID int64
	// Environment is SERVICE_TITAN_ENV: production (default) or integration, ServiceTitan's sandbox.
	Environment TitanEnvironment
	// APIURL is SERVICE_TITAN_API_URL without a trailing slash (default: the host of Environment).
	APIURL string
	// AuthURL is SERVICE_TITAN_AUTH_URL, the base that /connect/token is added to (default: the host of Environment).
	AuthURL string
	// PageSize is PAGE_SIZE, the records asked for in one page: 1 to 5000 (default 2000). 5000 is the API's cap.
	PageSize int
	// RateLimit is RATE_LIMIT, calls a second to one API module, of all processes on one database together: 1 to 60
	// (default 4). 60 is the API's cap.
	RateLimit int
	// TimeZone is TENANT_TIME_ZONE, the IANA zone that the company's days are counted in (default UTC).
	TimeZone string
	// Currency is TENANT_CURRENCY, the ISO 4217 code of the company's amounts (default USD).
	Currency string
}

// JWT says whose tokens are accepted.
type JWT struct {
	// Secret is JWT_SECRET, the HS256 key, at least 32 characters. Only in development may it be weak; only there, or
	// beside JWKSURL, may it be missing.
	Secret Secret
	// JWKSURL is JWT_JWKS_URL, where an identity provider publishes the keys of RS256, ES256 and EdDSA tokens (default
	// none).
	JWKSURL string
	// Issuer is JWT_ISSUER, which every token must name as its `iss`, whoever signed it (default lazi; needed beside
	// JWKSURL, whose provider signs tokens for others too). `lazi token` writes it into what it signs.
	Issuer string
	// Audience is JWT_AUDIENCE, which every token must name among its `aud`, on the same terms.
	Audience string
}

// Sync says what is copied on a schedule.
type Sync struct {
	// Scheduled is ENABLE_SCHEDULED_SYNC (default false).
	Scheduled bool
	// Interval is SYNC_INTERVAL, the time between two scheduled runs: 1m to 24h (default 15m).
	Interval time.Duration
	// PricebookCategories is PRICEBOOK_CATEGORY_SYNC_ENABLED: runs cover pricebook categories (default true).
	PricebookCategories bool
	// FullPricebook is PRICEBOOK_FULL_SYNC_ENABLED: runs cover services, materials and equipment too (default true).
	FullPricebook bool
}

// Environment is where LAZI runs. It decides how strict the checks are.
type Environment string

// The values of Environment.
const (
	Development Environment = "development"
	Production  Environment = "production"
)

// LogFormat is the shape of a log line.
type LogFormat string

// The values of LogFormat.
const (
	LogJSON LogFormat = "json"
	LogText LogFormat = "text"
)

// Pooler is what stands between LAZI and Postgres.
type Pooler string

// The values of Pooler.
const (
	PoolerNone        Pooler = "none"
	PoolerTransaction Pooler = "transaction"
)

// TitanEnvironment is one of ServiceTitan's two installations.
type TitanEnvironment string

// The values of TitanEnvironment.
const (
	TitanProduction  TitanEnvironment = "production"
	TitanIntegration TitanEnvironment = "integration"
)

// Configured tells whether the environment names an account.
func (s ServiceTitan) Configured() bool { return s.ClientID != "" }

// Redacted returns the value in force of every variable, with secrets hidden.
func (c Config) Redacted() map[string]string {
	values := map[string]string{}
	for _, v := range c.variables() {
		values[v.name] = v.value.String()
	}
	return values
}

// LogValue lists every variable under its own name, with secrets hidden, so that a Config can be logged as it is.
func (c Config) LogValue() slog.Value {
	variables := c.variables()
	attrs := make([]slog.Attr, len(variables))
	for i, v := range variables {
		attrs[i] = slog.String(v.name, v.value.String())
	}
	return slog.GroupValue(attrs...)
}
