-- +goose Up
-- Who has changed what, and who was refused. Entries are added and never changed; they hold ids, and no payloads.

CREATE TABLE lazi.audit_log (
    number bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    subject text NOT NULL, -- of the token; `command` for a command on a server
    role text NOT NULL,
    operation text NOT NULL, -- Mutation.startSync
    ids text[] NOT NULL, -- that the caller named or the answer is about
    outcome text NOT NULL CHECK (outcome IN ('OK', 'FAILED', 'REFUSED')),
    codes text[] NOT NULL, -- of errors
    request_id text -- NULL for commands
);

-- A tenant's entries, the newest first, and what is old enough to be pruned.
CREATE INDEX audit_log_tenant ON lazi.audit_log (tenant_id, number);
CREATE INDEX audit_log_at ON lazi.audit_log (at);

-- +goose StatementBegin
CREATE FUNCTION lazi.keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('lazi.pruning', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is only added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON lazi.audit_log FOR EACH ROW EXECUTE FUNCTION lazi.keep_audit();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON lazi.audit_log FOR EACH STATEMENT EXECUTE FUNCTION lazi.keep_audit();

-- lazi.prune_audit removes entries from before a time, a few at once, and returns how many there were.
-- +goose StatementBegin
CREATE FUNCTION lazi.prune_audit(before timestamptz, most int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM set_config('lazi.pruning', 'on', true);
    DELETE FROM lazi.audit_log WHERE number IN (SELECT number FROM lazi.audit_log WHERE at < before ORDER BY at LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM set_config('lazi.pruning', 'off', true);
    RETURN n;
END
$$;
-- +goose StatementEnd

CALL lazi.protect('lazi.audit_log');

-- +goose Down
DROP TABLE lazi.audit_log;
DROP FUNCTION lazi.prune_audit(timestamptz, int);
DROP FUNCTION lazi.keep_audit();
