-- +goose Up
-- Appliances at locations.

-- Source: GET /equipmentsystems/v2/tenant/{tenant}/installed-equipment.
CREATE TABLE raw.st_installed_equipment (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    location_id bigint GENERATED ALWAYS AS ((full_data->>'locationId')::bigint) STORED,
    customer_id bigint GENERATED ALWAYS AS ((full_data->>'customerId')::bigint) STORED,
    equipment_id bigint GENERATED ALWAYS AS ((full_data->>'equipmentId')::bigint) STORED,
    name varchar(500) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'name')::varchar(500), '')) STORED,
    type text GENERATED ALWAYS AS (full_data->'type'->>'name') STORED,
    manufacturer text GENERATED ALWAYS AS (full_data->>'manufacturer') STORED,
    model text GENERATED ALWAYS AS (full_data->>'model') STORED,
    serial_number text GENERATED ALWAYS AS (full_data->>'serialNumber') STORED,
    installed_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'installedOn')) STORED,
    manufacturer_warranty_start timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'manufacturerWarrantyStart')) STORED,
    manufacturer_warranty_end timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'manufacturerWarrantyEnd')) STORED,
    service_provider_warranty_start timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'serviceProviderWarrantyStart')) STORED,
    service_provider_warranty_end timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'serviceProviderWarrantyEnd')) STORED,
    status text GENERATED ALWAYS AS (full_data->>'status') STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- A location's equipment.
CREATE INDEX st_installed_equipment_location_id
    ON raw.st_installed_equipment (tenant_id, location_id, st_id) WHERE deleted_at IS NULL;
-- A customer's equipment.
CREATE INDEX st_installed_equipment_customer_id
    ON raw.st_installed_equipment (tenant_id, customer_id, st_id) WHERE deleted_at IS NULL;
-- Equipment in order of installation, and that installed in a range.
CREATE INDEX st_installed_equipment_installed_on
    ON raw.st_installed_equipment (tenant_id, installed_on, st_id) WHERE deleted_at IS NULL;
-- Equipment in order of making, and those made in a range.
CREATE INDEX st_installed_equipment_created_on
    ON raw.st_installed_equipment (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Equipment in order of change, and those changed in a range.
CREATE INDEX st_installed_equipment_modified_on
    ON raw.st_installed_equipment (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_installed_equipment;
