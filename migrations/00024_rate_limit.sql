-- +goose Up
-- What callers may still ask for, for all processes that serve the tenant: one row for each caller (a hash of tenant and
-- subject, never the subject itself), and one with an empty hash for the whole tenant. A row is a bucket that fills at a
-- steady rate and is full after a minute; full_at is when that will be, so a row whose full_at has passed says nothing that
-- a missing one does not, and may be removed.
--
-- Unlogged, like lazi.call_budget: a crash of the server empties the table, after which everybody has a full minute again.
-- Rows are small and written often: a page keeps room for new versions beside them (HOT).

CREATE UNLOGGED TABLE lazi.rate_budget (
    tenant_id bigint NOT NULL,
    subject bytea NOT NULL,
    full_at timestamptz NOT NULL,
    granted bigint NOT NULL, -- what the last one to ask was given
    PRIMARY KEY (tenant_id, subject)
) WITH (fillfactor = 50);

-- +goose Down
DROP TABLE lazi.rate_budget;
