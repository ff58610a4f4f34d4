-- +goose Up
-- When technicians work, and what keeps them from appointments.

-- raw.time_span reads a length of time as .NET writes it, [-][days.]hours:minutes:seconds[.decimals], or as ISO 8601 does,
-- which the published `format: duration` would mean. The answer counts in seconds alone, days as 24 hours: no setting of the
-- session can change what comes of adding it to a time, as a generated column needs.
-- +goose StatementBegin
CREATE FUNCTION raw.time_span(lasts text) RETURNS interval
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    part text[] := regexp_match(lasts, '^(-?)(?:(\d+)\.)?(\d+):(\d\d):(\d\d(?:\.\d+)?)$');
    seconds numeric;
BEGIN
    IF part IS NOT NULL THEN
        seconds := coalesce(part[2]::numeric, 0) * 86400 + part[3]::numeric * 3600 + part[4]::numeric * 60 + part[5]::numeric;
        RETURN make_interval(secs => CASE WHEN part[1] = '-' THEN -seconds ELSE seconds END);
    ELSIF lasts = '' THEN
        RETURN NULL;
    ELSIF lasts LIKE 'P%' THEN
        RETURN make_interval(secs => extract(epoch FROM lasts::interval)::double precision);
    END IF;
    RAISE EXCEPTION 'no length of time' USING ERRCODE = 'invalid_datetime_format';
END
$$;
-- +goose StatementEnd

-- raw.ends is the time at which something ends that begins and lasts so long; null when either is missing.
-- +goose StatementBegin
CREATE FUNCTION raw.ends(begins text, lasts text) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN raw.ts(begins) + raw.time_span(lasts);
END
$$;
-- +goose StatementEnd

-- raw.span of two times is what it is of two texts.
-- +goose StatementBegin
CREATE FUNCTION raw.span(first timestamptz, last timestamptz) RETURNS tstzrange
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF first IS NULL THEN
        RETURN NULL;
    ELSIF last > first THEN
        RETURN tstzrange(first, last, '[)');
    END IF;
    RETURN tstzrange(first, first, '[]');
END
$$;
-- +goose StatementEnd

-- Source: GET /dispatch/v2/tenant/{tenant}/technician-shifts. `during` is the shift as a range, for overlap tests.
CREATE TABLE raw.st_technician_shifts (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    technician_id bigint GENERATED ALWAYS AS ((full_data->>'technicianId')::bigint) STORED,
    shift_type varchar(50) GENERATED ALWAYS AS ((full_data->>'shiftType')::varchar(50)) STORED,
    title text GENERATED ALWAYS AS (full_data->>'title') STORED,
    note text GENERATED ALWAYS AS (full_data->>'note') STORED,
    start_time timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'start')) STORED,
    end_time timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'end')) STORED,
    during tstzrange GENERATED ALWAYS AS (raw.span(full_data->>'start', full_data->>'end')) STORED,
    timesheet_code_id bigint GENERATED ALWAYS AS ((full_data->>'timesheetCodeId')::bigint) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- A technician's shifts, by start.
CREATE INDEX st_technician_shifts_technician_id
    ON raw.st_technician_shifts (tenant_id, technician_id, start_time, st_id) WHERE deleted_at IS NULL;
-- Shifts in order of start.
CREATE INDEX st_technician_shifts_start_time
    ON raw.st_technician_shifts (tenant_id, start_time, st_id) WHERE deleted_at IS NULL;
-- The board: shifts that overlap a day.
CREATE INDEX st_technician_shifts_during
    ON raw.st_technician_shifts USING gist (tenant_id, during) WHERE deleted_at IS NULL;
-- Shifts of a type, by start: who is on call, who is off.
CREATE INDEX st_technician_shifts_shift_type
    ON raw.st_technician_shifts (tenant_id, shift_type, start_time, st_id) WHERE deleted_at IS NULL;
-- Shifts in order of making.
CREATE INDEX st_technician_shifts_created_on
    ON raw.st_technician_shifts (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Shifts in order of change, and those changed in a range.
CREATE INDEX st_technician_shifts_modified_on
    ON raw.st_technician_shifts (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

-- Source: GET /dispatch/v2/tenant/{tenant}/non-job-appointments. The API gives a start and a length. Only its list carries
-- `modifiedOn`.
CREATE TABLE raw.st_non_job_appointments (
    tenant_id bigint NOT NULL,
    st_id bigint NOT NULL GENERATED ALWAYS AS ((full_data->>'id')::bigint) STORED,
    technician_id bigint GENERATED ALWAYS AS ((full_data->>'technicianId')::bigint) STORED,
    name text GENERATED ALWAYS AS (full_data->>'name') STORED,
    summary text GENERATED ALWAYS AS (full_data->>'summary') STORED,
    start_time timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'start')) STORED,
    end_time timestamptz GENERATED ALWAYS AS (raw.ends(full_data->>'start', full_data->>'duration')) STORED,
    during tstzrange GENERATED ALWAYS AS (raw.span(raw.ts(full_data->>'start'), raw.ends(full_data->>'start', full_data->>'duration'))) STORED,
    all_day boolean GENERATED ALWAYS AS ((full_data->>'allDay')::boolean) STORED,
    clear_dispatch_board boolean GENERATED ALWAYS AS ((full_data->>'clearDispatchBoard')::boolean) STORED,
    show_on_technician_schedule boolean GENERATED ALWAYS AS ((full_data->>'showOnTechnicianSchedule')::boolean) STORED,
    remove_from_capacity boolean GENERATED ALWAYS AS ((full_data->>'removeTechnicianFromCapacityPlanning')::boolean) STORED,
    timesheet_code_id bigint GENERATED ALWAYS AS ((full_data->>'timesheetCodeId')::bigint) STORED,
    active boolean NOT NULL GENERATED ALWAYS AS (coalesce((full_data->>'active')::boolean, true)) STORED,
    created_on timestamptz GENERATED ALWAYS AS (nullif(raw.ts(full_data->>'createdOn'), '0001-01-01T00:00:00Z')) STORED,
    modified_on timestamptz GENERATED ALWAYS AS (raw.ts(full_data->>'modifiedOn')) STORED,
    full_data jsonb NOT NULL,
    content_hash bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, st_id)
);

-- A technician's non-job appointments, by start.
CREATE INDEX st_non_job_appointments_technician_id
    ON raw.st_non_job_appointments (tenant_id, technician_id, start_time, st_id) WHERE deleted_at IS NULL;
-- Non-job appointments in order of start.
CREATE INDEX st_non_job_appointments_start_time
    ON raw.st_non_job_appointments (tenant_id, start_time, st_id) WHERE deleted_at IS NULL;
-- The board: non-job appointments that overlap a day.
CREATE INDEX st_non_job_appointments_during
    ON raw.st_non_job_appointments USING gist (tenant_id, during) WHERE deleted_at IS NULL;
-- Non-job appointments in order of making.
CREATE INDEX st_non_job_appointments_created_on
    ON raw.st_non_job_appointments (tenant_id, created_on, st_id) WHERE deleted_at IS NULL;
-- Non-job appointments in order of change, and those changed in a range.
CREATE INDEX st_non_job_appointments_modified_on
    ON raw.st_non_job_appointments (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

CALL lazi.protect('raw.st_technician_shifts', 'technician_id = lazi.technician()');
CALL lazi.protect('raw.st_non_job_appointments', 'technician_id = lazi.technician()');
CALL lazi.guard('raw.st_technician_shifts');
CALL lazi.guard('raw.st_non_job_appointments');

-- +goose Down
DROP TABLE raw.st_non_job_appointments;
DROP TABLE raw.st_technician_shifts;
DROP FUNCTION raw.span(timestamptz, timestamptz);
DROP FUNCTION raw.ends(text, text);
DROP FUNCTION raw.time_span(text);
