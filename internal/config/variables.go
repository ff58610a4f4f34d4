package config

import "time"

// variable is one line of the table that the whole configuration follows.
type variable struct {
	// name is the variable in the environment.
	name string
	// fallback is what an absent or empty variable means, in the variable's own notation.
	fallback string
	// value sets the field that the variable fills, and shows it.
	value value
}

// value parses a variable into its field, as flag.Value does. An error of Set is the rule that the text broke; it
// never quotes the text, which may be a secret put under a wrong name.
type value interface {
	Set(text string) error
	String() string
}

// variables is the table, bound to the fields of c.
func (c *Config) variables() []variable {
	db, st, sync := &c.Database, &c.ServiceTitan, &c.Sync
	return []variable{
		{"LAZI_ENV", "production", into(&c.Environment, oneOf(Development, Production))},
		{"PORT", "3001", into(&c.Port, number(0, 65535))},
		{"OPS_PORT", "", into(&c.Ops.Port, optionalPort)},
		{"OPS_ADDRESS", "127.0.0.1", into(&c.Ops.Address, bindAddress)},
		{"SHUTDOWN_TIMEOUT", "25s", into(&c.Shutdown.Timeout, between(time.Second, 10*time.Minute))},
		{"DRAIN_DELAY", "1s", into(&c.Shutdown.Delay, between(0, time.Minute))},
		{"LAZI_DATA_DIR", ".lazi", into(&c.DataDir, text)},
		{"CORS_ORIGIN", "", into(&c.CORSOrigins, origins)},
		{"LOG_LEVEL", "info", into(&c.LogLevel, logLevel)},
		{"LOG_FORMAT", "", into(&c.LogFormat, oneOf("", LogJSON, LogText))},
		{"QUERY_COST_PER_MINUTE", "10000000", into(&c.Quota.SubjectCost, number(0, 1_000_000_000))},
		{"TENANT_COST_PER_MINUTE", "100000000", into(&c.Quota.TenantCost, number(0, 1_000_000_000))},
		{"MAX_OPERATIONS", "512", into(&c.Quota.Operations, number(0, 100_000))},
		{"MAX_OPERATIONS_PER_SUBJECT", "64", into(&c.Quota.SubjectOperations, number(0, 100_000))},
		{"MAX_SUBSCRIPTIONS_PER_SUBJECT", "200", into(&c.Quota.SubjectSubscriptions, number(0, 100_000))},
		{"TRUSTED_DOCUMENTS", "", into(&c.TrustedDocuments, text)},
		{"COMPILED_READS", "true", into(&c.CompiledReads, boolean)},
		{"AUDIT_RETENTION", "9600h", into(&c.AuditRetention, between(24*time.Hour, 87600*time.Hour))},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "", into(&c.TraceEndpoint, collectorURL)},

		{"DATABASE_URL", "", into(&db.URL, databaseURL)},
		{"DATABASE_POOLER", "none", into(&db.Pooler, oneOf(PoolerNone, PoolerTransaction))},
		{"LAZI_PG_BIN", "", into(&db.BinDir, text)},

		{"SERVICE_TITAN_CLIENT_ID", "", into(&st.ClientID, text)},
		{"SERVICE_TITAN_CLIENT_SECRET", "", into(&st.ClientSecret, secret)},
		{"SERVICE_TITAN_APP_KEY", "", into(&st.AppKey, secret)},
		{"SERVICE_TITAN_TENANT_ID", "", into(&st.TenantID, tenantID)},
		{"SERVICE_TITAN_ENV", "production", into(&st.Environment, oneOf(TitanProduction, TitanIntegration))},
		{"SERVICE_TITAN_API_URL", "", into(&st.APIURL, secureURL)},
		{"SERVICE_TITAN_AUTH_URL", "", into(&st.AuthURL, secureURL)},
		{"PAGE_SIZE", "2000", into(&st.PageSize, number(1, 5000))},
		{"RATE_LIMIT", "4", into(&st.RateLimit, number(1, 60))},
		{"TENANT_TIME_ZONE", "UTC", into(&st.TimeZone, timeZone)},
		{"TENANT_CURRENCY", "USD", into(&st.Currency, currencyCode)},

		{"JWT_SECRET", "", into(&c.JWT.Secret, secret)},
		{"JWT_JWKS_URL", "", into(&c.JWT.JWKSURL, secureURL)},
		{"JWT_ISSUER", "", into(&c.JWT.Issuer, text)},
		{"JWT_AUDIENCE", "", into(&c.JWT.Audience, text)},
		{"CREDENTIALS_KEY", "", into(&c.CredentialsKeys, encryptionKeys)},

		{"ENABLE_SCHEDULED_SYNC", "false", into(&sync.Scheduled, boolean)},
		{"SYNC_INTERVAL", "15m", into(&sync.Interval, interval)},
		{"PRICEBOOK_CATEGORY_SYNC_ENABLED", "true", into(&sync.PricebookCategories, boolean)},
		{"PRICEBOOK_FULL_SYNC_ENABLED", "true", into(&sync.FullPricebook, boolean)},
	}
}
