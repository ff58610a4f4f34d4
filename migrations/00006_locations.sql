-- +goose Up
-- Locations and the ways to reach someone there.

-- Source: GET /crm/v2/tenant/{tenant}/locations.
CREATE TABLE raw.st_locations (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    customer_id bigint GENERATED ALWAYS AS ((full_data->>'customerId')::bigint) STORED,
    name varchar(500) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'name')::varchar(500), '')) STORED,
    address jsonb GENERATED ALWAYS AS (nullif(full_data->'address', 'null')) STORED,
    zone_id bigint GENERATED ALWAYS AS ((full_data->>'zoneId')::bigint) STORED,
    tax_zone_id bigint GENERATED ALWAYS AS ((full_data->>'taxZoneId')::bigint) STORED,
    custom_fields jsonb GENERATED ALWAYS AS (nullif(full_data->'customFields', 'null')) STORED,
    tag_type_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'tagTypeIds')) STORED,
    merged_to_id bigint GENERATED ALWAYS AS ((full_data->>'mergedToId')::bigint) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- A customer's locations.
CREATE INDEX st_locations_customer_id ON raw.st_locations (tenant_id, customer_id, st_id) WHERE deleted_at IS NULL;
-- Locations of a zone.
CREATE INDEX st_locations_zone_id ON raw.st_locations (tenant_id, zone_id, st_id) WHERE deleted_at IS NULL;
-- Locations by name.
CREATE INDEX st_locations_name ON raw.st_locations (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- Search: locations whose name contains a text.
CREATE INDEX st_locations_name_trgm
    ON raw.st_locations USING gin (tenant_id, name gin_trgm_ops) WHERE deleted_at IS NULL;
-- Locations in order of making, and those made in a range.
CREATE INDEX st_locations_created_on ON raw.st_locations (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Locations in order of change, and those changed in a range.
CREATE INDEX st_locations_modified_on ON raw.st_locations (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;
-- Locations with a tag.
CREATE INDEX st_locations_tag_type_ids ON raw.st_locations USING gin (tenant_id, tag_type_ids) WHERE deleted_at IS NULL;

-- Source: GET /crm/v2/tenant/{tenant}/locations/contacts. Only the export feed carries `active`.
CREATE TABLE raw.st_location_contacts (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    location_id bigint GENERATED ALWAYS AS ((full_data->>'locationId')::bigint) STORED,
    type varchar(50) GENERATED ALWAYS AS ((full_data->>'type')::varchar(50)) STORED,
    value text GENERATED ALWAYS AS (full_data->>'value') STORED,
    memo text GENERATED ALWAYS AS (full_data->>'memo') STORED,
    phone_settings jsonb GENERATED ALWAYS AS (nullif(full_data->'phoneSettings', 'null')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- A location's contacts.
CREATE INDEX st_location_contacts_location_id
    ON raw.st_location_contacts (tenant_id, location_id, st_id) WHERE deleted_at IS NULL;
-- Contacts in order of change, and those changed in a range.
CREATE INDEX st_location_contacts_modified_on
    ON raw.st_location_contacts (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_location_contacts;
DROP TABLE raw.st_locations;
