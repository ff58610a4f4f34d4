-- +goose Up
-- Sync runs: what was asked for, who works on it, how far it has come. River's queue (schema river) only says that there
-- is something to do; what is true stands here.

-- River's own migrations fill it, under the same lock as these: see internal/store/migrate.go.
CREATE SCHEMA river;

CREATE TABLE lazi.sync_runs (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant_id bigint NOT NULL,
    entity_type varchar(100) NOT NULL,
    mode text NOT NULL CHECK (mode IN ('FULL', 'INCREMENTAL', 'RECONCILE')),
    trigger text NOT NULL CHECK (trigger IN ('MUTATION', 'SCHEDULE', 'FIRST_READ', 'COMMAND')),
    status text NOT NULL DEFAULT 'QUEUED' CHECK (status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED')),
    since timestamptz,
    accept_drop boolean NOT NULL DEFAULT false,
    queued_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    page_at timestamptz,
    retry_at timestamptz, -- when a run that waits for ServiceTitan goes on
    -- The fence: it rises whenever a worker takes the run or loses it, and a worker stores nothing without the turn it took.
    turn bigint NOT NULL DEFAULT 0,
    worker uuid, -- who has it; NULL for nobody
    checkpoint jsonb, -- where the reading goes on, written with each page
    setbacks int NOT NULL DEFAULT 0, -- failed turns since the last page
    pages bigint NOT NULL DEFAULT 0,
    rows bigint NOT NULL DEFAULT 0,
    total bigint,
    inserted bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    deleted bigint NOT NULL DEFAULT 0,
    quarantined bigint NOT NULL DEFAULT 0,
    problem text
);

-- One unfinished run for each (tenant, entity), whoever asks for it and how often.
CREATE UNIQUE INDEX sync_runs_unfinished ON lazi.sync_runs (tenant_id, entity_type) WHERE status IN ('QUEUED', 'RUNNING');
-- A tenant's runs, the newest first; those of one entity.
CREATE INDEX sync_runs_tenant_id ON lazi.sync_runs (tenant_id, id);
CREATE INDEX sync_runs_entity_type ON lazi.sync_runs (tenant_id, entity_type, id);
-- Runs that are due to be pruned.
CREATE INDEX sync_runs_finished_at ON lazi.sync_runs (finished_at) WHERE finished_at IS NOT NULL;

-- Which records a reconcile has seen, a row for each page; gone when the run ends.
CREATE TABLE lazi.sync_seen (
    run_id bigint NOT NULL REFERENCES lazi.sync_runs ON DELETE CASCADE,
    page bigint NOT NULL,
    ids bigint[] NOT NULL,
    PRIMARY KEY (run_id, page)
);

-- Processes that work on runs. One that has not said for a few seconds that it lives has lost its runs.
CREATE TABLE lazi.sync_workers (
    id uuid PRIMARY KEY,
    alive_until timestamptz NOT NULL
) WITH (fillfactor = 50);

-- When each (tenant, entity) is due. Rows are made for all tenants and kinds; whether anything starts by itself says the
-- configuration.
CREATE TABLE lazi.sync_schedule (
    tenant_id bigint NOT NULL,
    entity_type varchar(100) NOT NULL,
    every interval, -- NULL: as configured
    next_at timestamptz NOT NULL DEFAULT now(),
    next_reconcile_at timestamptz NOT NULL,
    paused boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, entity_type)
);

-- What is due, the longest waiting first.
CREATE INDEX sync_schedule_next_at ON lazi.sync_schedule (next_at) WHERE NOT paused;

-- +goose Down
DROP TABLE lazi.sync_schedule;
DROP TABLE lazi.sync_workers;
DROP TABLE lazi.sync_seen;
DROP TABLE lazi.sync_runs;
DROP SCHEMA river CASCADE;
