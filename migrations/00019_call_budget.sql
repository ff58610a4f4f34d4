-- +goose Up
-- When each tenant's next calls to ServiceTitan may start, for all processes that serve the tenant: one row for each API
-- module, and one (*) for all modules together. A row is a generic cell rate: a call moves next_at on by the time between
-- two calls, from now where it has passed, and how far it may run ahead of the clock is the burst.
--
-- Unlogged: a call costs no write to the log, and a crash of the server empties the table, after which everybody has a
-- full burst again. Rows are few, small and written with every call: a page keeps room for new versions beside them (HOT).

CREATE UNLOGGED TABLE lazi.call_budget (
    tenant_id bigint NOT NULL,
    scope text NOT NULL,
    next_at timestamptz NOT NULL, -- when the call after those reserved may start, were there no burst
    turn_at timestamptz NOT NULL, -- what the last one to ask was told
    PRIMARY KEY (tenant_id, scope)
) WITH (fillfactor = 10);

-- +goose Down
DROP TABLE lazi.call_budget;
