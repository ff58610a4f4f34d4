-- +goose Up
-- Appointments and who is assigned to them.

-- Source: GET /jpm/v2/tenant/{tenant}/appointments. `during` is the planned time as a range, for overlap tests.
CREATE TABLE raw.st_appointments (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    job_id bigint GENERATED ALWAYS AS ((full_data->>'jobId')::bigint) STORED,
    customer_id bigint GENERATED ALWAYS AS ((full_data->>'customerId')::bigint) STORED,
    appointment_number varchar(50) GENERATED ALWAYS AS ((full_data->>'appointmentNumber')::varchar(50)) STORED,
    start_time timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'start')) STORED,
    end_time timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'end')) STORED,
    during tstzrange GENERATED ALWAYS AS (raw.span(full_data->>'start', full_data->>'end')) STORED,
    arrival_window_start timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'arrivalWindowStart')) STORED,
    arrival_window_end timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'arrivalWindowEnd')) STORED,
    status varchar(50) GENERATED ALWAYS AS ((full_data->>'status')::varchar(50)) STORED,
    special_instructions text GENERATED ALWAYS AS (full_data->>'specialInstructions') STORED,
    is_confirmed boolean GENERATED ALWAYS AS ((full_data->>'isConfirmed')::boolean) STORED,
    unused boolean GENERATED ALWAYS AS ((full_data->>'unused')::boolean) STORED,
    custom_fields jsonb GENERATED ALWAYS AS (nullif(full_data->'customFields', 'null')) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- A job's appointments, by start.
CREATE INDEX st_appointments_job_id
    ON raw.st_appointments (tenant_id, job_id, start_time, st_id) WHERE deleted_at IS NULL;
-- A customer's appointments, by start.
CREATE INDEX st_appointments_customer_id
    ON raw.st_appointments (tenant_id, customer_id, start_time, st_id) WHERE deleted_at IS NULL;
-- Appointments in order of start, and those that start in a range.
CREATE INDEX st_appointments_start_time ON raw.st_appointments (tenant_id, start_time, st_id) WHERE deleted_at IS NULL;
-- The board: appointments that overlap a day; jobs with one in a span.
CREATE INDEX st_appointments_during ON raw.st_appointments USING gist (tenant_id, during) WHERE deleted_at IS NULL;
-- Appointments in a state, by start.
CREATE INDEX st_appointments_status
    ON raw.st_appointments (tenant_id, status, start_time, st_id) WHERE deleted_at IS NULL;
-- Appointments in order of making, and those made in a range.
CREATE INDEX st_appointments_created_on ON raw.st_appointments (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Appointments in order of change, and those changed in a range.
CREATE INDEX st_appointments_modified_on
    ON raw.st_appointments (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- Source: GET /dispatch/v2/tenant/{tenant}/appointment-assignments. The API keeps the history as inactive rows.
CREATE TABLE raw.st_appointment_assignments (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    appointment_id bigint GENERATED ALWAYS AS ((full_data->>'appointmentId')::bigint) STORED,
    job_id bigint GENERATED ALWAYS AS ((full_data->>'jobId')::bigint) STORED,
    technician_id bigint GENERATED ALWAYS AS ((full_data->>'technicianId')::bigint) STORED,
    status text GENERATED ALWAYS AS (full_data->>'status') STORED,
    assigned_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'assignedOn')) STORED,
    is_paused boolean GENERATED ALWAYS AS ((full_data->>'isPaused')::boolean) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- An appointment's assignments; its technicians, without a look at the table.
CREATE INDEX st_appointment_assignments_appointment_id
    ON raw.st_appointment_assignments (tenant_id, appointment_id, st_id) INCLUDE (technician_id, active)
    WHERE deleted_at IS NULL;
-- A technician's assignments; his appointments, without a look at the table.
CREATE INDEX st_appointment_assignments_technician_id
    ON raw.st_appointment_assignments (tenant_id, technician_id, st_id) INCLUDE (appointment_id, active)
    WHERE deleted_at IS NULL;
-- A job's assignments; jobs of a technician.
CREATE INDEX st_appointment_assignments_job_id
    ON raw.st_appointment_assignments (tenant_id, job_id, st_id) INCLUDE (technician_id, active)
    WHERE deleted_at IS NULL;
-- Assignments in order of change, and those changed in a range.
CREATE INDEX st_appointment_assignments_modified_on
    ON raw.st_appointment_assignments (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP TABLE raw.st_appointment_assignments;
DROP TABLE raw.st_appointments;
