-- +goose Up
-- A tenant's rows once more: every statement that LAZI sends for a caller is scoped by tenant in its text, and Postgres
-- refuses what slips through. Such statements run as a role that owns nothing and sees, by row-level security, the rows of one
-- tenant, which a setting of the transaction names; for technicians, only those on their own schedule. Decision 6.

-- Roles belong to all databases of a server: another one may have them already, or make them at this moment.
-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['lazi_tenant', 'lazi_technician'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN -- who may take any role
            EXECUTE format('GRANT %I TO %I', name, current_user);
        END IF;
    END LOOP;
END
$$;
-- +goose StatementEnd

GRANT USAGE ON SCHEMA raw, lazi TO lazi_tenant, lazi_technician;

-- lazi.tenant is the tenant of the transaction, NULL when none is named; lazi.technician likewise.
CREATE FUNCTION lazi.tenant() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('lazi.tenant_id', true), '')::bigint $$;
CREATE FUNCTION lazi.technician() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('lazi.technician_id', true), '')::bigint $$;

-- +goose StatementBegin
CREATE FUNCTION lazi.refuse_foreign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of another tenant in %', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
-- +goose StatementEnd

-- lazi.protect shows a table's rows to their tenant alone, and to a technician those for which own holds: 'true' for what
-- belongs to nobody, NULL for what is none of a technician's business. Every table with a tenant_id that is read for callers
-- needs it; a test sees to that.
-- +goose StatementBegin
CREATE PROCEDURE lazi.protect(protected regclass, own text DEFAULT NULL) LANGUAGE plpgsql AS $$
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

-- lazi.guard refuses to store another tenant's row, or any before a tenant is named, whoever stores it: COPY knows no
-- row-level security. A row of the right tenant costs one comparison.
-- +goose StatementBegin
CREATE PROCEDURE lazi.guard(guarded regclass) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER own_tenant AFTER INSERT OR UPDATE ON %s FOR EACH ROW
        WHEN (NEW.tenant_id IS DISTINCT FROM lazi.tenant()) EXECUTE FUNCTION lazi.refuse_foreign()', guarded);
END
$$;
-- +goose StatementEnd

-- A technician's own rows are read from the ids up: each list of ids is made once for a statement, and rows are looked up by
-- them. What stands inside is subject to the policies of its own tables.
CALL lazi.protect('raw.st_appointment_assignments', 'technician_id = lazi.technician() AND active');
CALL lazi.protect('raw.st_appointments', 'st_id = ANY (ARRAY(SELECT a.appointment_id FROM raw.st_appointment_assignments a
    WHERE a.deleted_at IS NULL))');
CALL lazi.protect('raw.st_jobs', 'st_id = ANY (ARRAY(SELECT a.job_id FROM raw.st_appointment_assignments a WHERE a.deleted_at IS NULL))');
CALL lazi.protect('raw.st_projects', 'st_id = ANY (ARRAY(SELECT j.project_id FROM raw.st_jobs j WHERE j.deleted_at IS NULL))');
CALL lazi.protect('raw.st_customers', 'st_id = ANY (ARRAY(SELECT j.customer_id FROM raw.st_jobs j WHERE j.deleted_at IS NULL))');
CALL lazi.protect('raw.st_locations', 'st_id = ANY (ARRAY(SELECT j.location_id FROM raw.st_jobs j WHERE j.deleted_at IS NULL))');
CALL lazi.protect('raw.st_customer_contacts', 'customer_id = ANY (ARRAY(SELECT j.customer_id FROM raw.st_jobs j WHERE j.deleted_at IS NULL))');
CALL lazi.protect('raw.st_location_contacts', 'location_id = ANY (ARRAY(SELECT j.location_id FROM raw.st_jobs j WHERE j.deleted_at IS NULL))');
CALL lazi.protect('raw.st_installed_equipment', 'location_id = ANY (ARRAY(SELECT j.location_id FROM raw.st_jobs j WHERE j.deleted_at IS NULL))');
CALL lazi.protect('raw.st_technicians', 'st_id = lazi.technician()');
-- What belongs to nobody.
CALL lazi.protect('raw.st_teams', 'true');
CALL lazi.protect('raw.st_zones', 'true');
CALL lazi.protect('raw.st_business_units', 'true');
CALL lazi.protect('raw.st_tag_types', 'true');
CALL lazi.protect('raw.st_job_types', 'true');
CALL lazi.protect('raw.st_campaigns', 'true');
CALL lazi.protect('raw.st_pricebook_categories', 'true');
CALL lazi.protect('raw.st_pricebook_services', 'true');
CALL lazi.protect('raw.st_pricebook_materials', 'true');
CALL lazi.protect('raw.st_pricebook_equipment', 'true');
CALL lazi.protect('raw.st_pricebook_discounts', 'true');
CALL lazi.protect('raw.sync_state', 'true');
-- What is none of a technician's business.
CALL lazi.protect('raw.st_employees');
CALL lazi.protect('raw.st_invoices');
CALL lazi.protect('raw.st_payments');
CALL lazi.protect('raw.st_estimates');
CALL lazi.protect('lazi.sync_runs');
CALL lazi.protect('lazi.sync_schedule');
CALL lazi.protect('lazi.quarantine');
CALL lazi.protect('lazi.change_log');

ALTER TABLE lazi.sync_seen ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON lazi.sync_seen TO lazi_tenant;
CREATE POLICY tenant ON lazi.sync_seen TO lazi_tenant USING (EXISTS (SELECT FROM lazi.sync_runs r WHERE r.id = run_id));

-- +goose StatementBegin
DO $$
DECLARE
    mirror regclass;
BEGIN
    FOR mirror IN SELECT oid FROM pg_class WHERE relnamespace = 'raw'::regnamespace AND relkind = 'r' AND relname LIKE 'st\_%' LOOP
        CALL lazi.guard(mirror);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- Under row-level security an index serves only operators that are marked as telling nothing about rows that they are not
-- shown. Of those that LAZI searches with, these are not, since they may fail on a malformed pattern; none of them puts a
-- row's value into its error. Only a superuser can mark them: without one, searches by text, by tag and by category read the
-- tenant's rows instead, which README, Operation measures.
-- +goose StatementBegin
DO $$
DECLARE
    f regprocedure;
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        FOREACH f IN ARRAY ARRAY['texticlike(text,text)', 'textlike(text,text)', 'arrayoverlap(anyarray,anyarray)',
            'arraycontains(anyarray,anyarray)', 'range_overlaps(anyrange,anyrange)', 'numeric_gt(numeric,numeric)']::regprocedure[] LOOP
            EXECUTE format('ALTER FUNCTION %s LEAKPROOF', f);
        END LOOP;
    END IF;
END
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DO $$
DECLARE
    p record;
BEGIN
    FOR p IN SELECT polname, polrelid::regclass AS protected FROM pg_policy WHERE polname IN ('tenant', 'own') LOOP
        EXECUTE format('DROP POLICY %I ON %s', p.polname, p.protected);
        EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', p.protected);
        EXECUTE format('REVOKE ALL ON %s FROM lazi_tenant, lazi_technician', p.protected);
        EXECUTE format('DROP TRIGGER IF EXISTS own_tenant ON %s', p.protected);
    END LOOP;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON SCHEMA raw, lazi FROM lazi_tenant, lazi_technician;
DROP PROCEDURE lazi.guard(regclass);
DROP PROCEDURE lazi.protect(regclass, text);
DROP FUNCTION lazi.refuse_foreign();
DROP FUNCTION lazi.technician();
DROP FUNCTION lazi.tenant();
-- The roles stay: other databases of the server may use them.
