-- +goose Up
-- The companies that LAZI serves. id is ServiceTitan's tenant id.

CREATE TABLE lazi.tenants (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    time_zone text NOT NULL DEFAULT 'UTC', -- IANA name of the zone that the company's days are counted in
    currency char(3) NOT NULL DEFAULT 'USD', -- ISO 4217
    created_at timestamptz NOT NULL DEFAULT now()
);

-- +goose Down
DROP TABLE lazi.tenants;
