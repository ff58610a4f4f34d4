-- +goose Up
-- What a write to the mirror leaves beside the rows: a log of the changes that readers can see, which caches and
-- subscriptions feed on, and the records that could not be read.

CREATE TABLE lazi.change_log (
    seq bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    -- The transaction. Numbers are given at its first write and seen at its commit, so that a reader who goes by (xid, seq)
    -- must stop at pg_snapshot_xmin(pg_current_snapshot()): from there on, others may still commit in between.
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    tenant_id bigint NOT NULL,
    kind text NOT NULL, -- the kind's name: Customer
    op text NOT NULL CHECK (op IN ('INSERT', 'UPDATE', 'DELETE')), -- what came or came back, what changed, what went
    ids bigint[] NOT NULL,
    fields text[] NOT NULL, -- of an UPDATE the document's members, or the derived columns, that differ; else empty
    at timestamptz NOT NULL DEFAULT now()
);

-- A tenant's changes since the last that a reader has seen, in the order of (xid, seq).
CREATE INDEX change_log_xid ON lazi.change_log (tenant_id, xid, seq);
-- What is old enough to be pruned.
CREATE INDEX change_log_at ON lazi.change_log (at);

-- lazi.log_change notes what one write did to records of a kind, and tells listeners once the transaction commits. Postgres
-- sends equal notifications of one transaction once.
-- +goose StatementBegin
CREATE FUNCTION lazi.log_change(tenant bigint, kind text, op text, ids bigint[], fields text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO lazi.change_log (tenant_id, kind, op, ids, fields) VALUES (tenant, kind, op, ids, fields);
    PERFORM pg_notify('lazi_changes', json_build_object('tenant', tenant, 'kind', kind)::text);
END
$$;
-- +goose StatementEnd

-- The customers' phone and e-mail address (migration 5), whose changes are logged, too, and whose plans no longer depend on
-- what Postgres believes of a table: without statistics each page of a first copy was compared with all customers before it.

-- raw.stale_customers is as in migration 5, and fields names what differs. Its ids come first and look up one after the other:
-- what keeps a subquery apart fixes that order. It is planned at each call; ROWS 1 makes its callers look up, too.
DROP FUNCTION raw.stale_customers(bigint, bigint[]);
-- +goose StatementBegin
CREATE FUNCTION raw.stale_customers(tenant bigint, ids bigint[])
RETURNS TABLE (st_id bigint, phone varchar(50), email varchar(255), fields text[])
LANGUAGE sql STABLE ROWS 1 SET enable_seqscan = off AS $$
    SELECT c.st_id, first.phone, first.email, array_remove(ARRAY[
        CASE WHEN c.email IS DISTINCT FROM first.email THEN 'email' END,
        CASE WHEN c.phone IS DISTINCT FROM first.phone THEN 'phone' END], NULL)
    FROM unnest(ids) AS wanted (id)
    CROSS JOIN LATERAL (
        SELECT c.st_id, c.phone, c.email FROM raw.st_customers c WHERE c.tenant_id = tenant AND c.st_id = wanted.id OFFSET 0
    ) c
    CROSS JOIN LATERAL (
        SELECT (array_agg(k.value ORDER BY k.st_id) FILTER (WHERE k.type IN ('Phone', 'MobilePhone')))[1]::varchar(50) AS phone,
            (array_agg(k.value ORDER BY k.st_id) FILTER (WHERE k.type = 'Email'))[1]::varchar(255) AS email
        FROM raw.st_customer_contacts k
        WHERE k.tenant_id = tenant AND k.customer_id = wanted.id AND k.active AND k.deleted_at IS NULL
    ) first
    WHERE (c.phone, c.email) IS DISTINCT FROM (first.phone, first.email)
$$;
-- +goose StatementEnd

-- raw.refresh_customers writes what is stale, under the tenant's lock for the reason that migration 5 gives. Whoever calls it
-- holds the stale rows already.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION raw.refresh_customers(tenant bigint, ids bigint[]) RETURNS void
LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    alike record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('raw.refresh_customers', tenant));
    FOR alike IN WITH written AS (
        UPDATE raw.st_customers c SET phone = s.phone, email = s.email
        FROM raw.stale_customers(tenant, ids) s WHERE c.tenant_id = tenant AND c.st_id = s.st_id
        RETURNING c.st_id, c.deleted_at, s.fields
    )
    SELECT w.fields, array_agg(w.st_id ORDER BY w.st_id) AS customers FROM written w WHERE w.deleted_at IS NULL GROUP BY w.fields
    LOOP
        PERFORM lazi.log_change(tenant, 'Customer', 'UPDATE', alike.customers, alike.fields);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- The customers whose contacts changed are locked first, in order of id. New customers (raw.after_customers) need not be:
-- nobody else sees them yet.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION raw.after_customer_contacts() RETURNS trigger
LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    owners record;
BEGIN
    FOR owners IN SELECT tenant_id, array_agg(DISTINCT customer_id) AS ids FROM changed GROUP BY tenant_id ORDER BY tenant_id LOOP
        PERFORM FROM raw.stale_customers(owners.tenant_id, owners.ids) s
            JOIN raw.st_customers c ON c.tenant_id = owners.tenant_id AND c.st_id = s.st_id
            ORDER BY c.st_id FOR NO KEY UPDATE OF c;
        PERFORM raw.refresh_customers(owners.tenant_id, owners.ids);
    END LOOP;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- New customers have a phone only where contacts came before them. In a first copy none did, as a rule, and then there is
-- nothing to look up. The lock comes first: contacts that are being added wait for it, and see these customers then.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION raw.after_customers() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    arrived record;
BEGIN
    FOR arrived IN SELECT tenant_id, array_agg(st_id) AS ids FROM changed GROUP BY tenant_id ORDER BY tenant_id LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('raw.refresh_customers', arrived.tenant_id));
        IF EXISTS (SELECT FROM raw.st_customer_contacts k WHERE k.tenant_id = arrived.tenant_id AND k.deleted_at IS NULL) THEN
            PERFORM raw.refresh_customers(arrived.tenant_id, arrived.ids);
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- Records that could not be read as their kind. One leaves when it is stored.
CREATE TABLE lazi.quarantine (
    number bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant_id bigint NOT NULL,
    kind text NOT NULL, -- the kind's name: Customer
    st_id bigint NOT NULL, -- 0 when the record has no id
    document_hash bytea NOT NULL, -- names a record that has no id; else empty
    reason text NOT NULL, -- in words, without the record's values
    document text NOT NULL, -- as received, but for bytes that no text may hold
    run_id bigint NOT NULL, -- the sync run that met it last, 0 when a read did
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    times int NOT NULL DEFAULT 1,
    UNIQUE (tenant_id, kind, st_id, document_hash)
);

-- A tenant's records, the latest first.
CREATE INDEX quarantine_last_seen ON lazi.quarantine (tenant_id, last_seen, number);

-- raw.unreadable names the columns of a table that cannot be derived from a document, with their types; NULL when all can.
-- Postgres' own error tells the value, which must not leave, and not the column.
-- +goose StatementBegin
CREATE FUNCTION raw.unreadable(mirror regclass, document jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    derived record;
    bad text[] := '{}';
BEGIN
    FOR derived IN
        SELECT a.attname, a.attnotnull, format_type(a.atttypid, a.atttypmod) AS type, pg_get_expr(d.adbin, d.adrelid) AS expression
        FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = mirror AND a.attgenerated = 's' ORDER BY a.attnum
    LOOP
        DECLARE
            missing boolean;
        BEGIN
            EXECUTE format('SELECT (%s) IS NULL FROM (SELECT $1 AS full_data) d', derived.expression) INTO missing USING document;
            IF missing AND derived.attnotnull THEN
                bad := bad || format('%s is missing', derived.attname);
            END IF;
        EXCEPTION WHEN OTHERS THEN
            bad := bad || format('%s is no %s', derived.attname, derived.type);
        END;
    END LOOP;
    RETURN nullif(array_to_string(bad, ', '), '');
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION raw.unreadable(regclass, jsonb);
DROP TABLE lazi.quarantine;

-- As migration 5 made them.
DROP FUNCTION raw.stale_customers(bigint, bigint[]);
-- +goose StatementBegin
CREATE FUNCTION raw.stale_customers(tenant bigint, ids bigint[])
RETURNS TABLE (st_id bigint, phone varchar(50), email varchar(255))
LANGUAGE sql STABLE AS $$
    SELECT c.st_id, first.phone, first.email
    FROM raw.st_customers c
    LEFT JOIN (
        SELECT k.customer_id,
            (array_agg(k.value ORDER BY k.st_id) FILTER (WHERE k.type IN ('Phone', 'MobilePhone')))[1]::varchar(50) AS phone,
            (array_agg(k.value ORDER BY k.st_id) FILTER (WHERE k.type = 'Email'))[1]::varchar(255) AS email
        FROM raw.st_customer_contacts k
        WHERE k.tenant_id = tenant AND k.customer_id = ANY (ids) AND k.active AND k.deleted_at IS NULL
        GROUP BY k.customer_id
    ) first ON first.customer_id = c.st_id
    WHERE c.tenant_id = tenant AND c.st_id = ANY (ids) AND (c.phone, c.email) IS DISTINCT FROM (first.phone, first.email)
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION raw.refresh_customers(tenant bigint, ids bigint[]) RETURNS void
LANGUAGE plpgsql SET enable_nestloop = off SET enable_seqscan = off AS $$
BEGIN
    PERFORM FROM raw.st_customers c
        WHERE c.tenant_id = tenant AND c.st_id = ANY (ids) AND c.st_id IN (SELECT s.st_id FROM raw.stale_customers(tenant, ids) s)
        ORDER BY c.st_id FOR NO KEY UPDATE;
    PERFORM pg_advisory_xact_lock(hashtextextended('raw.refresh_customers', tenant));
    UPDATE raw.st_customers c SET phone = s.phone, email = s.email
        FROM raw.stale_customers(tenant, ids) s WHERE c.tenant_id = tenant AND c.st_id = ANY (ids) AND c.st_id = s.st_id;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION raw.after_customer_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM raw.refresh_customers(b.tenant_id, b.ids)
        FROM (SELECT tenant_id, array_agg(DISTINCT customer_id) AS ids FROM changed GROUP BY tenant_id ORDER BY tenant_id) b;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION raw.after_customers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM raw.refresh_customers(b.tenant_id, b.ids)
        FROM (SELECT tenant_id, array_agg(st_id) AS ids FROM changed GROUP BY tenant_id ORDER BY tenant_id) b;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

DROP FUNCTION lazi.log_change(bigint, text, text, bigint[], text[]);
DROP TABLE lazi.change_log;
