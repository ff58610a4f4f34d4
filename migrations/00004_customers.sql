-- +goose Up
-- Customers and the ways to reach them.

-- Source: GET /crm/v2/tenant/{tenant}/customers. The API keeps phones and e-mail addresses as contacts only; migration
-- 5 fills phone and email from them.
CREATE TABLE raw.st_customers (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    name varchar(500) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'name')::varchar(500), '')) STORED,
    type varchar(50) GENERATED ALWAYS AS ((full_data->>'type')::varchar(50)) STORED,
    address jsonb GENERATED ALWAYS AS (nullif(full_data->'address', 'null')) STORED,
    phone varchar(50),
    email varchar(255),
    balance numeric(15,2) GENERATED ALWAYS AS (nullif(full_data->>'balance', '')::numeric(15,2)) STORED,
    do_not_mail boolean GENERATED ALWAYS AS ((full_data->>'doNotMail')::boolean) STORED,
    do_not_service boolean GENERATED ALWAYS AS ((full_data->>'doNotService')::boolean) STORED,
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

-- Customers by name.
CREATE INDEX st_customers_name ON raw.st_customers (tenant_id, name, st_id) WHERE deleted_at IS NULL;
-- Search: customers whose name contains a text.
CREATE INDEX st_customers_name_trgm
    ON raw.st_customers USING gin (tenant_id, name gin_trgm_ops) WHERE deleted_at IS NULL;
-- Customers in order of making, and those made in a range.
CREATE INDEX st_customers_created_on ON raw.st_customers (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Customers in order of change, and those changed in a range.
CREATE INDEX st_customers_modified_on ON raw.st_customers (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;
-- Customers of a type.
CREATE INDEX st_customers_type ON raw.st_customers (tenant_id, type, st_id) WHERE deleted_at IS NULL;
-- Customers with a tag.
CREATE INDEX st_customers_tag_type_ids ON raw.st_customers USING gin (tenant_id, tag_type_ids) WHERE deleted_at IS NULL;
-- Customers who owe money, by id.
CREATE INDEX st_customers_owing ON raw.st_customers (tenant_id, st_id) WHERE deleted_at IS NULL AND balance > 0;

-- Source: GET /crm/v2/tenant/{tenant}/customers/contacts. Only the export feed carries `active`.
CREATE TABLE raw.st_customer_contacts (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    customer_id bigint GENERATED ALWAYS AS ((full_data->>'customerId')::bigint) STORED,
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

-- A customer's contacts; the first phone and e-mail address of each customer (migration 5).
CREATE INDEX st_customer_contacts_customer_id
    ON raw.st_customer_contacts (tenant_id, customer_id, st_id) WHERE deleted_at IS NULL;
-- Search: contacts whose value contains a text.
CREATE INDEX st_customer_contacts_value_trgm
    ON raw.st_customer_contacts USING gin (tenant_id, value gin_trgm_ops) WHERE deleted_at IS NULL;
-- Search: phones by their digits, however they are written.
CREATE INDEX st_customer_contacts_digits_trgm
    ON raw.st_customer_contacts USING gin (tenant_id, regexp_replace(value, '\D', '', 'g') gin_trgm_ops)
    WHERE deleted_at IS NULL;
-- Contacts in order of change, and those changed in a range.
CREATE INDEX st_customer_contacts_modified_on
    ON raw.st_customer_contacts (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_customer_contacts;
DROP TABLE raw.st_customers;
