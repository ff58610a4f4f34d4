-- +goose Up
-- What is written through LAZI: claims that make repetitions one, technicians' time that is being booked, and history.

-- A change that is being made, or was. It holds none of the change's values: after a crash, what ServiceTitan has is read
-- again by the target, or by the key that what was made is marked with. Rows are kept for a day.
CREATE TABLE lazi.write_requests (
    tenant_id bigint NOT NULL,
    subject text NOT NULL,
    key text NOT NULL,
    act text NOT NULL,
    fingerprint bytea NOT NULL,
    target_kind text,
    target_id bigint,
    began_at timestamptz NOT NULL DEFAULT now(),
    -- touched_at is when somebody began to work on it last; without a finish two minutes later he is gone.
    touched_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    outcome jsonb,
    PRIMARY KEY (tenant_id, subject, key)
);

-- Changes without an outcome, for whoever looks after them.
CREATE INDEX write_requests_open ON lazi.write_requests (touched_at) WHERE finished_at IS NULL;
-- Changes that are old enough to be forgotten.
CREATE INDEX write_requests_finished ON lazi.write_requests (finished_at) WHERE finished_at IS NOT NULL;

-- Technicians' time that is being booked at this moment, on any replica. The constraint lets one of two win who want the same
-- technician at the same time; once the winner's assignment is in the mirror, his row goes in the same transaction.
CREATE TABLE lazi.bookings (
    tenant_id bigint NOT NULL,
    technician_id bigint NOT NULL,
    during tstzrange NOT NULL,
    appointment_id bigint NOT NULL,
    subject text NOT NULL,
    key text NOT NULL,
    -- overbooks marks one that is allowed to clash.
    overbooks boolean NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT one_at_a_time EXCLUDE USING gist (tenant_id WITH =, technician_id WITH =, during WITH &&) WHERE (NOT overbooks)
);

-- The bookings of a change.
CREATE INDEX bookings_key ON lazi.bookings (tenant_id, subject, key);
-- Bookings whose maker is gone.
CREATE INDEX bookings_expires_at ON lazi.bookings (expires_at);

-- Every change that was made through LAZI: who, when, what, from which state to which.
CREATE TABLE lazi.write_history (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    subject text NOT NULL,
    role text NOT NULL,
    mutation text NOT NULL,
    kind text NOT NULL,
    st_id bigint NOT NULL,
    job_id bigint,
    from_state text,
    to_state text,
    fields text[] NOT NULL,
    note text
);

-- What was done to a record.
CREATE INDEX write_history_record ON lazi.write_history (tenant_id, kind, st_id, number);
-- What was done to a job and its appointments.
CREATE INDEX write_history_job ON lazi.write_history (tenant_id, job_id, number) WHERE job_id IS NOT NULL;

CALL lazi.protect('lazi.write_history', 'job_id = ANY (ARRAY(SELECT a.job_id FROM raw.st_appointment_assignments a WHERE a.deleted_at IS NULL))');

-- +goose Down
DROP TABLE lazi.write_history;
DROP TABLE lazi.bookings;
DROP TABLE lazi.write_requests;
