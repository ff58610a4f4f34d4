-- +goose Up
-- Marketing campaigns.

-- Source: GET /marketing/v2/tenant/{tenant}/campaigns.
CREATE TABLE raw.st_campaigns (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    name varchar(500) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'name')::varchar(500), '')) STORED,
    category_id bigint GENERATED ALWAYS AS ((full_data->'category'->>'id')::bigint) STORED,
    source text GENERATED ALWAYS AS (full_data->>'source') STORED,
    medium text GENERATED ALWAYS AS (full_data->>'medium') STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Campaigns by name.
CREATE INDEX st_campaigns_name ON raw.st_campaigns (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- Campaigns in order of change, and those changed in a range.
CREATE INDEX st_campaigns_modified_on ON raw.st_campaigns (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_campaigns;
