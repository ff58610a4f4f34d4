-- +goose Up
-- Business units, employees, tag types and job types.

-- Source: GET /settings/v2/tenant/{tenant}/business-units.
CREATE TABLE raw.st_business_units (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    name varchar(500) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'name')::varchar(500), '')) STORED,
    official_name text GENERATED ALWAYS AS (full_data->>'officialName') STORED,
    email text GENERATED ALWAYS AS (full_data->>'email') STORED,
    phone text GENERATED ALWAYS AS (full_data->>'phoneNumber') STORED,
    address jsonb GENERATED ALWAYS AS (nullif(full_data->'address', 'null')) STORED,
    currency text GENERATED ALWAYS AS (full_data->>'currency') STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Business units by name.
CREATE INDEX st_business_units_name ON raw.st_business_units (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- Business units in order of change, and those changed in a range.
CREATE INDEX st_business_units_modified_on
    ON raw.st_business_units (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- Source: GET /settings/v2/tenant/{tenant}/employees.
CREATE TABLE raw.st_employees (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    user_id bigint GENERATED ALWAYS AS ((full_data->>'userId')::bigint) STORED,
    name varchar(255) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'name')::varchar(255), '')) STORED,
    email text GENERATED ALWAYS AS (full_data->>'email') STORED,
    phone text GENERATED ALWAYS AS (full_data->>'phoneNumber') STORED,
    role text GENERATED ALWAYS AS (full_data->>'role') STORED,
    role_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'roleIds')) STORED,
    business_unit_id bigint GENERATED ALWAYS AS ((full_data->>'businessUnitId')::bigint) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Employees by name.
CREATE INDEX st_employees_name ON raw.st_employees (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- A business unit's employees, by name.
CREATE INDEX st_employees_business_unit_id
    ON raw.st_employees (tenant_id, business_unit_id, name, st_id) WHERE deleted_at IS NULL;
-- Employees in order of making, and those made in a range.
CREATE INDEX st_employees_created_on ON raw.st_employees (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Employees in order of change, and those changed in a range.
CREATE INDEX st_employees_modified_on ON raw.st_employees (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- Source: GET /settings/v2/tenant/{tenant}/tag-types.
CREATE TABLE raw.st_tag_types (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    name varchar(500) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'name')::varchar(500), '')) STORED,
    code text GENERATED ALWAYS AS (full_data->>'code') STORED,
    color text GENERATED ALWAYS AS (full_data->>'color') STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Tag types by name.
CREATE INDEX st_tag_types_name ON raw.st_tag_types (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- Tag types in order of change, and those changed in a range.
CREATE INDEX st_tag_types_modified_on ON raw.st_tag_types (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- Source: GET /jpm/v2/tenant/{tenant}/job-types. duration is the API's number as it comes.
CREATE TABLE raw.st_job_types (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    name varchar(500) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'name')::varchar(500), '')) STORED,
    business_unit_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'businessUnitIds')) STORED,
    skills text[] NOT NULL GENERATED ALWAYS AS (raw.texts(full_data->'skills')) STORED,
    duration bigint GENERATED ALWAYS AS ((full_data->>'duration')::bigint) STORED,
    priority text GENERATED ALWAYS AS (full_data->>'priority') STORED,
    class text GENERATED ALWAYS AS (full_data->>'class') STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Job types by name.
CREATE INDEX st_job_types_name ON raw.st_job_types (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- A business unit's job types.
CREATE INDEX st_job_types_business_unit_ids
    ON raw.st_job_types USING gin (tenant_id, business_unit_ids) WHERE deleted_at IS NULL;
-- Job types in order of change, and those changed in a range.
CREATE INDEX st_job_types_modified_on ON raw.st_job_types (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_job_types;
DROP TABLE raw.st_tag_types;
DROP TABLE raw.st_employees;
DROP TABLE raw.st_business_units;
