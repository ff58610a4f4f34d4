-- +goose Up
-- How well each kind is mirrored, one row for each (tenant, kind) that was ever copied.

CREATE TABLE raw.sync_state (
    tenant_id bigint NOT NULL,
    entity_type varchar(100) NOT NULL,
    last_sync_at timestamptz,
    last_full_sync_at timestamptz,
    last_sync_cursor text,
    sync_status text NOT NULL DEFAULT 'idle' CHECK (sync_status IN ('idle', 'running', 'failed')),
    error_message text,
    records_synced bigint NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, entity_type)
);

-- Which kinds of which tenants are due for a sync, the longest waiting first.
CREATE INDEX sync_state_last_sync_at ON raw.sync_state (last_sync_at);

-- +goose Down
DROP TABLE raw.sync_state;
