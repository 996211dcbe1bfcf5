-- +goose Up
-- What devices ask for by the grant of RFC 8628. A person decides in the interaction of the same id, whose row says how it
-- ended.
CREATE TABLE device_authorizations (
    id               TEXT NOT NULL PRIMARY KEY,
    digest           BLOB NOT NULL UNIQUE,
    user_code_digest BLOB NOT NULL UNIQUE,
    client_id        TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    scopes           TEXT NOT NULL,
    resources        TEXT NOT NULL,
    ip               TEXT NOT NULL,
    created_at       TEXT NOT NULL,
    expires_at       TEXT NOT NULL,
    CHECK (json_valid(scopes) AND json_type(scopes) = 'array'),
    CHECK (json_valid(resources) AND json_type(resources) = 'array')
) STRICT;
CREATE INDEX device_authorizations_client ON device_authorizations (client_id);
CREATE INDEX device_authorizations_expiry ON device_authorizations (expires_at);

-- +goose Down
DROP TABLE device_authorizations;
