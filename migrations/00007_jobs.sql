-- +goose Up
-- Jobs.

-- Source: GET /jpm/v2/tenant/{tenant}/jobs. Only the export feed carries `active`.
CREATE TABLE raw.st_jobs (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    job_number varchar(50) NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'jobNumber')::varchar(50), '')) STORED,
    project_id bigint GENERATED ALWAYS AS ((full_data->>'projectId')::bigint) STORED,
    customer_id bigint GENERATED ALWAYS AS ((full_data->>'customerId')::bigint) STORED,
    location_id bigint GENERATED ALWAYS AS ((full_data->>'locationId')::bigint) STORED,
    business_unit_id bigint GENERATED ALWAYS AS ((full_data->>'businessUnitId')::bigint) STORED,
    job_type_id bigint GENERATED ALWAYS AS ((full_data->>'jobTypeId')::bigint) STORED,
    campaign_id bigint GENERATED ALWAYS AS ((full_data->>'campaignId')::bigint) STORED,
    priority varchar(50) GENERATED ALWAYS AS ((full_data->>'priority')::varchar(50)) STORED,
    job_status varchar(50) GENERATED ALWAYS AS ((full_data->>'jobStatus')::varchar(50)) STORED,
    summary text GENERATED ALWAYS AS (full_data->>'summary') STORED,
    completed_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'completedOn')) STORED,
    total numeric(15,2) GENERATED ALWAYS AS (nullif(full_data->>'total', '')::numeric(15,2)) STORED,
    invoice_id bigint GENERATED ALWAYS AS ((full_data->>'invoiceId')::bigint) STORED,
    first_appointment_id bigint GENERATED ALWAYS AS ((full_data->>'firstAppointmentId')::bigint) STORED,
    last_appointment_id bigint GENERATED ALWAYS AS ((full_data->>'lastAppointmentId')::bigint) STORED,
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

-- A job by its number; jobs by number.
CREATE INDEX st_jobs_job_number ON raw.st_jobs (tenant_id, job_number, st_id) WHERE deleted_at IS NULL;
-- A customer's jobs.
CREATE INDEX st_jobs_customer_id ON raw.st_jobs (tenant_id, customer_id, st_id) WHERE deleted_at IS NULL;
-- A location's jobs.
CREATE INDEX st_jobs_location_id ON raw.st_jobs (tenant_id, location_id, st_id) WHERE deleted_at IS NULL;
-- A project's jobs.
CREATE INDEX st_jobs_project_id ON raw.st_jobs (tenant_id, project_id, st_id) WHERE deleted_at IS NULL;
-- A business unit's jobs.
CREATE INDEX st_jobs_business_unit_id ON raw.st_jobs (tenant_id, business_unit_id, st_id) WHERE deleted_at IS NULL;
-- Jobs of a type.
CREATE INDEX st_jobs_job_type_id ON raw.st_jobs (tenant_id, job_type_id, st_id) WHERE deleted_at IS NULL;
-- Jobs booked under a campaign.
CREATE INDEX st_jobs_campaign_id ON raw.st_jobs (tenant_id, campaign_id, st_id) WHERE deleted_at IS NULL;
-- Jobs in a state.
CREATE INDEX st_jobs_job_status ON raw.st_jobs (tenant_id, job_status, st_id) WHERE deleted_at IS NULL;
-- Jobs of a priority.
CREATE INDEX st_jobs_priority ON raw.st_jobs (tenant_id, priority, st_id) WHERE deleted_at IS NULL;
-- Jobs in order of completion, and those completed in a range.
CREATE INDEX st_jobs_completed_on ON raw.st_jobs (tenant_id, completed_on, st_id) WHERE deleted_at IS NULL;
-- Jobs in order of making, and those made in a range.
CREATE INDEX st_jobs_created_on ON raw.st_jobs (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Jobs in order of change, and those changed in a range.
CREATE INDEX st_jobs_modified_on ON raw.st_jobs (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;
-- Jobs with a tag.
CREATE INDEX st_jobs_tag_type_ids ON raw.st_jobs USING gin (tenant_id, tag_type_ids) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_jobs;
