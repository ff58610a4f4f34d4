-- +goose Up
-- Estimates.

-- Source: GET /sales/v2/tenant/{tenant}/estimates.
CREATE TABLE raw.st_estimates (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    job_id bigint GENERATED ALWAYS AS ((full_data->>'jobId')::bigint) STORED,
    project_id bigint GENERATED ALWAYS AS ((full_data->>'projectId')::bigint) STORED,
    customer_id bigint GENERATED ALWAYS AS ((full_data->>'customerId')::bigint) STORED,
    location_id bigint GENERATED ALWAYS AS ((full_data->>'locationId')::bigint) STORED,
    business_unit_id bigint GENERATED ALWAYS AS ((full_data->>'businessUnitId')::bigint) STORED,
    name text GENERATED ALWAYS AS (full_data->>'name') STORED,
    status varchar(50) GENERATED ALWAYS AS ((full_data->'status'->>'name')::varchar(50)) STORED,
    review_status text GENERATED ALWAYS AS (full_data->>'reviewStatus') STORED,
    summary text GENERATED ALWAYS AS (full_data->>'summary') STORED,
    sold_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'soldOn')) STORED,
    sold_by bigint GENERATED ALWAYS AS ((full_data->>'soldBy')::bigint) STORED,
    subtotal numeric(15,2) GENERATED ALWAYS AS (nullif(full_data->>'subtotal', '')::numeric(15,2)) STORED,
    tax numeric(15,2) GENERATED ALWAYS AS (nullif(full_data->>'tax', '')::numeric(15,2)) STORED,
    items jsonb GENERATED ALWAYS AS (nullif(full_data->'items', 'null')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- A job's estimates.
CREATE INDEX st_estimates_job_id ON raw.st_estimates (tenant_id, job_id, st_id) WHERE deleted_at IS NULL;
-- A project's estimates.
CREATE INDEX st_estimates_project_id ON raw.st_estimates (tenant_id, project_id, st_id) WHERE deleted_at IS NULL;
-- A customer's estimates.
CREATE INDEX st_estimates_customer_id ON raw.st_estimates (tenant_id, customer_id, st_id) WHERE deleted_at IS NULL;
-- A location's estimates.
CREATE INDEX st_estimates_location_id ON raw.st_estimates (tenant_id, location_id, st_id) WHERE deleted_at IS NULL;
-- Estimates in a state.
CREATE INDEX st_estimates_status ON raw.st_estimates (tenant_id, status, st_id) WHERE deleted_at IS NULL;
-- Estimates in order of sale, and those sold in a range.
CREATE INDEX st_estimates_sold_on ON raw.st_estimates (tenant_id, sold_on, st_id) WHERE deleted_at IS NULL;
-- Estimates in order of making, and those made in a range.
CREATE INDEX st_estimates_created_on ON raw.st_estimates (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Estimates in order of change, and those changed in a range.
CREATE INDEX st_estimates_modified_on ON raw.st_estimates (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_estimates;
