-- +goose Up
-- The ServiceTitan accounts of tenants, encrypted by internal/secretbox: whoever reads this table, or a copy of it, without
-- the keys of CREDENTIALS_KEY has nothing. A text opens only in the column and row that it was sealed for.

CREATE TABLE lazi.tenant_credentials (
    tenant_id bigint PRIMARY KEY REFERENCES lazi.tenants ON DELETE CASCADE,
    key_id text NOT NULL, -- names the key that all texts of the row are sealed with
    client_id bytea NOT NULL,
    client_secret bytea NOT NULL,
    app_key bytea NOT NULL,
    environment bytea NOT NULL,
    -- When the account changed, and what processes compare to notice; encrypting it anew does not count.
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- +goose Down
DROP TABLE lazi.tenant_credentials;
