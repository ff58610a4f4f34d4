-- +goose Up
-- The price book. Prices keep every digit they come with: unit prices may have more than two decimals.

-- Source: GET /pricebook/v2/tenant/{tenant}/categories. One row for each node of the tree; full_data has no
-- `subcategories`.
CREATE TABLE raw.st_pricebook_categories (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    name varchar(500) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'name')::varchar(500), '')) STORED,
    description text GENERATED ALWAYS AS (full_data->>'description') STORED,
    parent_id bigint GENERATED ALWAYS AS ((full_data->>'parentId')::bigint) STORED,
    position bigint GENERATED ALWAYS AS ((full_data->>'position')::bigint) STORED,
    category_type varchar(50) GENERATED ALWAYS AS ((full_data->>'categoryType')::varchar(50)) STORED,
    image text GENERATED ALWAYS AS (full_data->>'image') STORED,
    business_unit_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'businessUnitIds')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- A category's children, or the roots, in their order; walking down a branch.
CREATE INDEX st_pricebook_categories_parent_id
    ON raw.st_pricebook_categories (tenant_id, parent_id, position, st_id) WHERE deleted_at IS NULL;
-- Categories in their order.
CREATE INDEX st_pricebook_categories_position
    ON raw.st_pricebook_categories (tenant_id, position, st_id) WHERE deleted_at IS NULL;
-- Categories of a type, in their order.
CREATE INDEX st_pricebook_categories_category_type
    ON raw.st_pricebook_categories (tenant_id, category_type, position, st_id) WHERE deleted_at IS NULL;
-- Categories by name.
CREATE INDEX st_pricebook_categories_name
    ON raw.st_pricebook_categories (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- Categories in order of change, and those changed in a range.
CREATE INDEX st_pricebook_categories_modified_on
    ON raw.st_pricebook_categories (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- Source: GET /pricebook/v2/tenant/{tenant}/services. material_ids and equipment_ids are the skuIds of the links.
CREATE TABLE raw.st_pricebook_services (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    code varchar(255) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'code')::varchar(255), '')) STORED,
    display_name varchar(500) GENERATED ALWAYS AS ((full_data->>'displayName')::varchar(500)) STORED,
    description text GENERATED ALWAYS AS (full_data->>'description') STORED,
    price numeric GENERATED ALWAYS AS ((full_data->>'price')::numeric) STORED,
    member_price numeric GENERATED ALWAYS AS ((full_data->>'memberPrice')::numeric) STORED,
    add_on_price numeric GENERATED ALWAYS AS ((full_data->>'addOnPrice')::numeric) STORED,
    hours numeric GENERATED ALWAYS AS ((full_data->>'hours')::numeric) STORED,
    taxable boolean GENERATED ALWAYS AS ((full_data->>'taxable')::boolean) STORED,
    categories bigint[] NOT NULL GENERATED ALWAYS AS (raw.members(full_data->'categories', 'id')) STORED,
    service_materials jsonb GENERATED ALWAYS AS (nullif(full_data->'serviceMaterials', 'null')) STORED,
    service_equipment jsonb GENERATED ALWAYS AS (nullif(full_data->'serviceEquipment', 'null')) STORED,
    material_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.members(full_data->'serviceMaterials', 'skuId')) STORED,
    equipment_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.members(full_data->'serviceEquipment', 'skuId')) STORED,
    recommendations bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'recommendations')) STORED,
    upgrades bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'upgrades')) STORED,
    warranty jsonb GENERATED ALWAYS AS (nullif(full_data->'warranty', 'null')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Services by code.
CREATE INDEX st_pricebook_services_code ON raw.st_pricebook_services (tenant_id, code, st_id) WHERE deleted_at IS NULL;
-- Services by display name.
CREATE INDEX st_pricebook_services_display_name
    ON raw.st_pricebook_services (tenant_id, display_name, st_id) WHERE deleted_at IS NULL;
-- Search: services whose display name contains a text.
CREATE INDEX st_pricebook_services_display_name_trgm
    ON raw.st_pricebook_services USING gin (tenant_id, display_name gin_trgm_ops) WHERE deleted_at IS NULL;
-- Services filed under a category, or under any of a branch.
CREATE INDEX st_pricebook_services_categories
    ON raw.st_pricebook_services USING gin (tenant_id, categories) WHERE deleted_at IS NULL;
-- Services in order of change, and those changed in a range.
CREATE INDEX st_pricebook_services_modified_on
    ON raw.st_pricebook_services (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;
-- Services that use a material.
CREATE INDEX st_pricebook_services_material_ids
    ON raw.st_pricebook_services USING gin (tenant_id, material_ids) WHERE deleted_at IS NULL;

-- Source: GET /pricebook/v2/tenant/{tenant}/materials.
CREATE TABLE raw.st_pricebook_materials (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    code varchar(255) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'code')::varchar(255), '')) STORED,
    display_name varchar(500) GENERATED ALWAYS AS ((full_data->>'displayName')::varchar(500)) STORED,
    description text GENERATED ALWAYS AS (full_data->>'description') STORED,
    cost numeric GENERATED ALWAYS AS ((full_data->>'cost')::numeric) STORED,
    price numeric GENERATED ALWAYS AS ((full_data->>'price')::numeric) STORED,
    member_price numeric GENERATED ALWAYS AS ((full_data->>'memberPrice')::numeric) STORED,
    add_on_price numeric GENERATED ALWAYS AS ((full_data->>'addOnPrice')::numeric) STORED,
    hours numeric GENERATED ALWAYS AS ((full_data->>'hours')::numeric) STORED,
    unit_of_measure text GENERATED ALWAYS AS (full_data->>'unitOfMeasure') STORED,
    taxable boolean GENERATED ALWAYS AS ((full_data->>'taxable')::boolean) STORED,
    categories bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'categories')) STORED,
    primary_vendor jsonb GENERATED ALWAYS AS (nullif(full_data->'primaryVendor', 'null')) STORED,
    other_vendors jsonb GENERATED ALWAYS AS (nullif(full_data->'otherVendors', 'null')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Materials by code.
CREATE INDEX st_pricebook_materials_code
    ON raw.st_pricebook_materials (tenant_id, code, st_id) WHERE deleted_at IS NULL;
-- Materials by display name.
CREATE INDEX st_pricebook_materials_display_name
    ON raw.st_pricebook_materials (tenant_id, display_name, st_id) WHERE deleted_at IS NULL;
-- Search: materials whose display name contains a text.
CREATE INDEX st_pricebook_materials_display_name_trgm
    ON raw.st_pricebook_materials USING gin (tenant_id, display_name gin_trgm_ops) WHERE deleted_at IS NULL;
-- Materials filed under a category, or under any of a branch.
CREATE INDEX st_pricebook_materials_categories
    ON raw.st_pricebook_materials USING gin (tenant_id, categories) WHERE deleted_at IS NULL;
-- Materials in order of change, and those changed in a range.
CREATE INDEX st_pricebook_materials_modified_on
    ON raw.st_pricebook_materials (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- Source: GET /pricebook/v2/tenant/{tenant}/equipment.
CREATE TABLE raw.st_pricebook_equipment (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    code varchar(255) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'code')::varchar(255), '')) STORED,
    display_name varchar(500) GENERATED ALWAYS AS ((full_data->>'displayName')::varchar(500)) STORED,
    description text GENERATED ALWAYS AS (full_data->>'description') STORED,
    manufacturer text GENERATED ALWAYS AS (full_data->>'manufacturer') STORED,
    model text GENERATED ALWAYS AS (full_data->>'model') STORED,
    cost numeric GENERATED ALWAYS AS ((full_data->>'cost')::numeric) STORED,
    price numeric GENERATED ALWAYS AS ((full_data->>'price')::numeric) STORED,
    member_price numeric GENERATED ALWAYS AS ((full_data->>'memberPrice')::numeric) STORED,
    add_on_price numeric GENERATED ALWAYS AS ((full_data->>'addOnPrice')::numeric) STORED,
    taxable boolean GENERATED ALWAYS AS ((full_data->>'taxable')::boolean) STORED,
    categories bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'categories')) STORED,
    manufacturer_warranty jsonb GENERATED ALWAYS AS (nullif(full_data->'manufacturerWarranty', 'null')) STORED,
    service_warranty jsonb GENERATED ALWAYS AS (nullif(full_data->'serviceProviderWarranty', 'null')) STORED,
    primary_vendor jsonb GENERATED ALWAYS AS (nullif(full_data->'primaryVendor', 'null')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Equipment by code.
CREATE INDEX st_pricebook_equipment_code
    ON raw.st_pricebook_equipment (tenant_id, code, st_id) WHERE deleted_at IS NULL;
-- Equipment by display name.
CREATE INDEX st_pricebook_equipment_display_name
    ON raw.st_pricebook_equipment (tenant_id, display_name, st_id) WHERE deleted_at IS NULL;
-- Search: equipment whose display name contains a text.
CREATE INDEX st_pricebook_equipment_display_name_trgm
    ON raw.st_pricebook_equipment USING gin (tenant_id, display_name gin_trgm_ops) WHERE deleted_at IS NULL;
-- Equipment filed under a category, or under any of a branch.
CREATE INDEX st_pricebook_equipment_categories
    ON raw.st_pricebook_equipment USING gin (tenant_id, categories) WHERE deleted_at IS NULL;
-- Equipment in order of change, and those changed in a range.
CREATE INDEX st_pricebook_equipment_modified_on
    ON raw.st_pricebook_equipment (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- Source: GET /pricebook/v2/tenant/{tenant}/discounts-and-fees. amount is per cent or money, as amount_type says.
CREATE TABLE raw.st_pricebook_discounts (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    type text GENERATED ALWAYS AS (full_data->>'type') STORED,
    code varchar(255) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'code')::varchar(255), '')) STORED,
    display_name varchar(500) GENERATED ALWAYS AS ((full_data->>'displayName')::varchar(500)) STORED,
    description text GENERATED ALWAYS AS (full_data->>'description') STORED,
    amount_type text GENERATED ALWAYS AS (full_data->>'amountType') STORED,
    amount numeric GENERATED ALWAYS AS ((full_data->>'amount')::numeric) STORED,
    limit_amount numeric GENERATED ALWAYS AS ((full_data->>'limit')::numeric) STORED,
    taxable boolean GENERATED ALWAYS AS ((full_data->>'taxable')::boolean) STORED,
    categories bigint[] NOT NULL GENERATED ALWAYS AS (raw.bigints(full_data->>'categories')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- Discounts and fees by code.
CREATE INDEX st_pricebook_discounts_code
    ON raw.st_pricebook_discounts (tenant_id, code, st_id) WHERE deleted_at IS NULL;
-- Discounts and fees by display name.
CREATE INDEX st_pricebook_discounts_display_name
    ON raw.st_pricebook_discounts (tenant_id, display_name, st_id) WHERE deleted_at IS NULL;
-- Search: discounts and fees whose display name contains a text.
CREATE INDEX st_pricebook_discounts_display_name_trgm
    ON raw.st_pricebook_discounts USING gin (tenant_id, display_name gin_trgm_ops) WHERE deleted_at IS NULL;
-- Discounts and fees filed under a category, or under any of a branch.
CREATE INDEX st_pricebook_discounts_categories
    ON raw.st_pricebook_discounts USING gin (tenant_id, categories) WHERE deleted_at IS NULL;
-- Discounts and fees in order of change, and those changed in a range.
CREATE INDEX st_pricebook_discounts_modified_on
    ON raw.st_pricebook_discounts (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_pricebook_discounts;
DROP TABLE raw.st_pricebook_equipment;
DROP TABLE raw.st_pricebook_materials;
DROP TABLE raw.st_pricebook_services;
DROP TABLE raw.st_pricebook_categories;
