-- +goose Up
-- Schemas, extensions and the functions that the mirror's generated columns are made of.
--
-- raw mirrors ServiceTitan: one table for each kind, keyed by (tenant_id, st_id), since ids are unique only inside a
-- tenant. full_data is the document as it came; every typed column is generated from it. lazi holds what is our own.

CREATE SCHEMA raw;
CREATE SCHEMA lazi;

-- Trigrams serve "contains" searches; the other two put tenant_id in front of an array, a text or a range.
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;

-- raw.ts reads a time as the API writes it: ISO 8601 with up to seven decimals and a Z, an offset, or neither, which
-- means UTC. Decimals beyond microseconds are rounded. It is immutable, as a generated column needs, because the text
-- it casts always names its own offset: no setting of the session can change what it says.
-- +goose StatementBegin
CREATE FUNCTION raw.ts(moment text) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF moment LIKE '%Z' OR moment ~ 'T.*[+-]\d\d:?\d\d$' THEN
        RETURN moment::timestamptz;
    ELSIF moment = '' THEN
        RETURN NULL;
    END IF;
    RETURN (moment || 'Z')::timestamptz;
END
$$;
-- +goose StatementEnd

-- raw.span is the time from begins to ends, the end not included; null without a beginning. A span that is empty, runs
-- backwards or has no end, all of which the API allows, is the moment it begins at: an empty range would overlap nothing
-- and the appointment be on no board.
-- +goose StatementBegin
CREATE FUNCTION raw.span(begins text, ends text) RETURNS tstzrange
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    first timestamptz := raw.ts(begins);
    last timestamptz := raw.ts(ends);
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

-- raw.bigints reads the text of a JSON array of whole numbers; nothing and null are the empty array. Postgres inlines
-- it, which it cannot do with a function that unnests: that is why it takes the array apart as text.
CREATE FUNCTION raw.bigints(list text) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(string_to_array(btrim(list, '[]'), ', ')::bigint[], '{}');

-- raw.members is the whole numbers that the objects of a JSON array hold under a key.
CREATE FUNCTION raw.members(list jsonb, key text) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN raw.bigints(jsonb_path_query_array(list, ('$[*]."' || key || '"')::jsonpath)::text);

-- raw.texts reads a JSON array of texts, without its nulls; nothing and null are the empty array.
CREATE FUNCTION raw.texts(list jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(
    SELECT word FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(list) = 'array' THEN list END) WITH ORDINALITY AS e(word, place)
    WHERE word IS NOT NULL ORDER BY place
);

-- +goose Down
-- The extensions stay: they may have been there before us.
DROP FUNCTION raw.texts(jsonb);
DROP FUNCTION raw.members(jsonb, text);
DROP FUNCTION raw.bigints(text);
DROP FUNCTION raw.span(text, text);
DROP FUNCTION raw.ts(text);
DROP SCHEMA lazi;
DROP SCHEMA raw;
