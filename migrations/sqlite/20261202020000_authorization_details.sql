-- +goose Up
-- What clients can ask for in detail (RFC 9396): the types that are declared, and what was granted, JSON in the spelling of the grant.
CREATE TABLE authorization_detail_types (
    name        TEXT NOT NULL PRIMARY KEY,
    description TEXT NOT NULL,
    json_schema TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL
) STRICT;
ALTER TABLE grants ADD COLUMN authorization_details TEXT;

-- +goose Down
ALTER TABLE grants DROP COLUMN authorization_details;
DROP TABLE authorization_detail_types;
