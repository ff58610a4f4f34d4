-- +goose Up
-- Invoices and payments. The accounting API writes money as text.

-- Source: GET /accounting/v2/tenant/{tenant}/invoices.
CREATE TABLE raw.st_invoices (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    job_id bigint GENERATED ALWAYS AS ((full_data->'job'->>'id')::bigint) STORED,
    project_id bigint GENERATED ALWAYS AS ((full_data->>'projectId')::bigint) STORED,
    customer_id bigint GENERATED ALWAYS AS ((full_data->'customer'->>'id')::bigint) STORED,
    location_id bigint GENERATED ALWAYS AS ((full_data->'location'->>'id')::bigint) STORED,
    business_unit_id bigint GENERATED ALWAYS AS ((full_data->'businessUnit'->>'id')::bigint) STORED,
    reference_number varchar(100) GENERATED ALWAYS AS ((full_data->>'referenceNumber')::varchar(100)) STORED,
    invoice_date timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'invoiceDate')) STORED,
    due_date timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'dueDate')) STORED,
    subtotal numeric(15,2) GENERATED ALWAYS AS (nullif(full_data->>'subTotal', '')::numeric(15,2)) STORED,
    sales_tax numeric(15,2) GENERATED ALWAYS AS (nullif(full_data->>'salesTax', '')::numeric(15,2)) STORED,
    total numeric(15,2) GENERATED ALWAYS AS (nullif(full_data->>'total', '')::numeric(15,2)) STORED,
    balance numeric(15,2) GENERATED ALWAYS AS (nullif(full_data->>'balance', '')::numeric(15,2)) STORED,
    items jsonb GENERATED ALWAYS AS (nullif(full_data->'items', 'null')) STORED,
    sync_status text GENERATED ALWAYS AS (full_data->>'syncStatus') STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- A job's invoices.
CREATE INDEX st_invoices_job_id ON raw.st_invoices (tenant_id, job_id, st_id) WHERE deleted_at IS NULL;
-- A project's invoices.
CREATE INDEX st_invoices_project_id ON raw.st_invoices (tenant_id, project_id, st_id) WHERE deleted_at IS NULL;
-- A customer's invoices.
CREATE INDEX st_invoices_customer_id ON raw.st_invoices (tenant_id, customer_id, st_id) WHERE deleted_at IS NULL;
-- A location's invoices.
CREATE INDEX st_invoices_location_id ON raw.st_invoices (tenant_id, location_id, st_id) WHERE deleted_at IS NULL;
-- A business unit's invoices.
CREATE INDEX st_invoices_business_unit_id
    ON raw.st_invoices (tenant_id, business_unit_id, st_id) WHERE deleted_at IS NULL;
-- Invoices by number.
CREATE INDEX st_invoices_reference_number
    ON raw.st_invoices (tenant_id, reference_number, st_id) WHERE deleted_at IS NULL;
-- Invoices in order of date, and those of a range.
CREATE INDEX st_invoices_invoice_date ON raw.st_invoices (tenant_id, invoice_date, st_id) WHERE deleted_at IS NULL;
-- Invoices due in a range.
CREATE INDEX st_invoices_due_date ON raw.st_invoices (tenant_id, due_date, st_id) WHERE deleted_at IS NULL;
-- Invoices that are not settled, by id.
CREATE INDEX st_invoices_outstanding ON raw.st_invoices (tenant_id, st_id) WHERE deleted_at IS NULL AND balance > 0;
-- Invoices in order of making, and those made in a range.
CREATE INDEX st_invoices_created_on ON raw.st_invoices (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Invoices in order of change, and those changed in a range.
CREATE INDEX st_invoices_modified_on ON raw.st_invoices (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- Source: GET /accounting/v2/tenant/{tenant}/payments. invoice_ids are the invoices that applied_to names.
CREATE TABLE raw.st_payments (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    customer_id bigint GENERATED ALWAYS AS ((full_data->'customer'->>'id')::bigint) STORED,
    reference_number varchar(100) GENERATED ALWAYS AS ((full_data->>'referenceNumber')::varchar(100)) STORED,
    payment_type text GENERATED ALWAYS AS (full_data->>'type') STORED,
    payment_date timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'date')) STORED,
    total numeric(15,2) GENERATED ALWAYS AS (nullif(full_data->>'total', '')::numeric(15,2)) STORED,
    unapplied_amount numeric(15,2) GENERATED ALWAYS AS (nullif(full_data->>'unappliedAmount', '')::numeric(15,2)) STORED,
    applied_to jsonb GENERATED ALWAYS AS (nullif(full_data->'appliedTo', 'null')) STORED,
    invoice_ids bigint[] NOT NULL GENERATED ALWAYS AS (raw.members(full_data->'appliedTo', 'appliedTo')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- A customer's payments.
CREATE INDEX st_payments_customer_id ON raw.st_payments (tenant_id, customer_id, st_id) WHERE deleted_at IS NULL;
-- An invoice's payments.
CREATE INDEX st_payments_invoice_ids ON raw.st_payments USING gin (tenant_id, invoice_ids) WHERE deleted_at IS NULL;
-- Payments in order of date, and those of a range.
CREATE INDEX st_payments_payment_date ON raw.st_payments (tenant_id, payment_date, st_id) WHERE deleted_at IS NULL;
-- Payments in order of making, and those made in a range.
CREATE INDEX st_payments_created_on ON raw.st_payments (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Payments in order of change, and those changed in a range.
CREATE INDEX st_payments_modified_on ON raw.st_payments (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_payments;
DROP TABLE raw.st_invoices;
