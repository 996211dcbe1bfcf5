-- +goose Up
-- What clients can ask for in detail (RFC 9396): the types that are declared, and what was granted, JSON in the spelling of the grant.
CREATE TABLE authorization_detail_types (
    name        text COLLATE "C" PRIMARY KEY,
    description text NOT NULL,
    json_schema text NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);
ALTER TABLE grants ADD COLUMN authorization_details text;

-- +goose Down
ALTER TABLE grants DROP COLUMN authorization_details;
DROP TABLE authorization_detail_types;
