-- +goose Up
-- Technicians and how they are grouped.

-- Source: GET /settings/v2/tenant/{tenant}/technicians. The API names the team and gives no id of it; employee_id and
-- tag_type_ids are read should a document carry them, the published one does not.
CREATE TABLE raw.st_technicians (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    user_id bigint GENERATED ALWAYS AS ((full_data->>'userId')::bigint) STORED,
    name varchar(255) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'name')::varchar(255), '')) STORED,
    email text GENERATED ALWAYS AS (full_data->>'email') STORED,
    phone text GENERATED ALWAYS AS (full_data->>'phoneNumber') STORED,
    employee_id bigint GENERATED ALWAYS AS ((full_data->>'employeeId')::bigint) STORED,
    business_unit_id bigint GENERATED ALWAYS AS ((full_data->>'businessUnitId')::bigint) STORED,
    team varchar(255) GENERATED ALWAYS AS ((full_data->>'team')::varchar(255)) STORED,
    main_zone_id bigint GENERATED ALWAYS AS ((full_data->>'mainZoneId')::bigint) STORED,
    zone_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'zoneIds')) STORED,
    skills jsonb GENERATED ALWAYS AS (nullif(full_data->'skills', 'null')) STORED,
    custom_fields jsonb GENERATED ALWAYS AS (nullif(full_data->'customFields', 'null')) STORED,
    tag_type_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'tagTypeIds')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Technicians by name.
CREATE INDEX st_technicians_name ON raw.st_technicians (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- A team's technicians, by name.
CREATE INDEX st_technicians_team ON raw.st_technicians (tenant_id, team, name, st_id) WHERE deleted_at IS NULL;
-- A business unit's technicians, by name.
CREATE INDEX st_technicians_business_unit_id
    ON raw.st_technicians (tenant_id, business_unit_id, name, st_id) WHERE deleted_at IS NULL;
-- A zone's technicians.
CREATE INDEX st_technicians_zone_ids ON raw.st_technicians USING gin (tenant_id, zone_ids) WHERE deleted_at IS NULL;
-- Technicians in order of making, and those made in a range.
CREATE INDEX st_technicians_created_on ON raw.st_technicians (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Technicians in order of change, and those changed in a range.
CREATE INDEX st_technicians_modified_on ON raw.st_technicians (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- Source: GET /dispatch/v2/tenant/{tenant}/teams.
CREATE TABLE raw.st_teams (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    name varchar(255) GENERATED ALWAYS AS ((full_data->>'name')::varchar(255)) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Teams by name; a technician's team.
CREATE INDEX st_teams_name ON raw.st_teams (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- Teams in order of change, and those changed in a range.
CREATE INDEX st_teams_modified_on ON raw.st_teams (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- Source: GET /dispatch/v2/tenant/{tenant}/zones.
CREATE TABLE raw.st_zones (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    name varchar(500) GENERATED ALWAYS AS ((full_data->>'name')::varchar(500)) STORED,
    zips text[] NOT NULL GENERATED ALWAYS AS (raw.texts(full_data->'zips')) STORED,
    cities text[] NOT NULL GENERATED ALWAYS AS (raw.texts(full_data->'cities')) STORED,
    business_units bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'businessUnits')) STORED,
    technicians bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'technicians')) STORED,
    service_days text[] NOT NULL GENERATED ALWAYS AS (raw.texts(full_data->'serviceDays')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Zones by name.
CREATE INDEX st_zones_name ON raw.st_zones (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- Zones that serve a postal code.
CREATE INDEX st_zones_zips ON raw.st_zones USING gin (tenant_id, zips) WHERE deleted_at IS NULL;
-- Zones in order of change, and those changed in a range.
CREATE INDEX st_zones_modified_on ON raw.st_zones (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_zones;
DROP TABLE raw.st_teams;
DROP TABLE raw.st_technicians;
