-- +goose Up
-- Whose rows a statement shows is looked up once, not for each key that it follows. A policy that compares with = alone is merged with the
-- statement's own condition on the tenant into one, which Postgres tests each time it looks a key up. This one is not merged, and lets
-- the planner expect that all rows pass, as those do that the statement's condition finds. Decision 4 has figures.

-- lazi.protect shows a table's rows to their tenant alone, and to a technician those for which own holds: 'true' for what
-- belongs to nobody, NULL for what is none of a technician's business. Every table with a tenant_id that is read for callers
-- needs it; a test sees to that.
-- +goose StatementBegin
CREATE OR REPLACE PROCEDURE lazi.protect(protected regclass, own text DEFAULT NULL) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('GRANT SELECT ON %s TO lazi_tenant, lazi_technician', protected);
    EXECUTE format('CREATE POLICY tenant ON %s TO lazi_tenant USING (nullif(tenant_id = (SELECT lazi.tenant()), false) IS NOT NULL)', protected);
    IF own IS NOT NULL THEN
        EXECUTE format('CREATE POLICY own ON %s TO lazi_technician USING (tenant_id = lazi.tenant() AND (%s))', protected, own);
    END IF;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE
    protected regclass;
BEGIN
    FOR protected IN SELECT polrelid FROM pg_policy WHERE polname = 'tenant' AND polrelid <> 'lazi.sync_seen'::regclass LOOP
        EXECUTE format('ALTER POLICY tenant ON %s USING (nullif(tenant_id = (SELECT lazi.tenant()), false) IS NOT NULL)', protected);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE PROCEDURE lazi.protect(protected regclass, own text DEFAULT NULL) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('GRANT SELECT ON %s TO lazi_tenant, lazi_technician', protected);
    EXECUTE format('CREATE POLICY tenant ON %s TO lazi_tenant USING (tenant_id = lazi.tenant())', protected);
    IF own IS NOT NULL THEN
        EXECUTE format('CREATE POLICY own ON %s TO lazi_technician USING (tenant_id = lazi.tenant() AND (%s))', protected, own);
    END IF;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE
    protected regclass;
BEGIN
    FOR protected IN SELECT polrelid FROM pg_policy WHERE polname = 'tenant' AND polrelid <> 'lazi.sync_seen'::regclass LOOP
        EXECUTE format('ALTER POLICY tenant ON %s USING (tenant_id = lazi.tenant())', protected);
    END LOOP;
END
$$;
-- +goose StatementEnd
