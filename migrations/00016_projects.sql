-- +goose Up
-- Projects: larger undertakings of several jobs.

-- Source: GET /jpm/v2/tenant/{tenant}/projects. Only the export feed carries `active`.
CREATE TABLE raw.st_projects (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    number text GENERATED ALWAYS AS (full_data->>'number') STORED,
    name varchar(500) GENERATED ALWAYS AS ((full_data->>'name')::varchar(500)) STORED,
    summary text GENERATED ALWAYS AS (full_data->>'summary') STORED,
    status text GENERATED ALWAYS AS (full_data->>'status') STORED,
    customer_id bigint GENERATED ALWAYS AS ((full_data->>'customerId')::bigint) STORED,
    location_id bigint GENERATED ALWAYS AS ((full_data->>'locationId')::bigint) STORED,
    project_type_id bigint GENERATED ALWAYS AS ((full_data->>'projectTypeId')::bigint) STORED,
    project_manager_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'projectManagerIds')) STORED,
    business_unit_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'businessUnitIds')) STORED,
    start_date timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'startDate')) STORED,
    target_completion_date timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'targetCompletionDate')) STORED,
    actual_completion_date timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'actualCompletionDate')) STORED,
    custom_fields jsonb GENERATED ALWAYS AS (nullif(full_data->'customFields', 'null')) STORED,
    job_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'jobIds')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Projects by name.
CREATE INDEX st_projects_name ON raw.st_projects (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- A customer's projects.
CREATE INDEX st_projects_customer_id ON raw.st_projects (tenant_id, customer_id, st_id) WHERE deleted_at IS NULL;
-- A location's projects.
CREATE INDEX st_projects_location_id ON raw.st_projects (tenant_id, location_id, st_id) WHERE deleted_at IS NULL;
-- Projects in order of making, and those made in a range.
CREATE INDEX st_projects_created_on ON raw.st_projects (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Projects in order of change, and those changed in a range.
CREATE INDEX st_projects_modified_on ON raw.st_projects (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_projects;
