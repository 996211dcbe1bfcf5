-- +goose Up
-- How a client was registered: empty by the operator, token by itself with an initial access token, open by itself with nothing.
-- registration_digest is the keyed digest of its registration access token (RFC 7592).
ALTER TABLE clients ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN registration_digest BLOB;
CREATE INDEX clients_origin ON clients (origin, client_id);

-- Initial access tokens (RFC 7591): whoever has one registers clients, as long as uses are left and it has not expired.
CREATE TABLE initial_access_tokens (
    id         TEXT NOT NULL PRIMARY KEY,
    digest     BLOB NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    uses       INTEGER NOT NULL,
    uses_left  INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    CHECK (uses_left BETWEEN 0 AND uses)
) STRICT;
CREATE INDEX initial_access_tokens_created ON initial_access_tokens (created_at, id);
CREATE INDEX initial_access_tokens_expiry ON initial_access_tokens (expires_at);

-- +goose Down
DROP TABLE initial_access_tokens;
DROP INDEX clients_origin;
ALTER TABLE clients DROP COLUMN registration_digest;
ALTER TABLE clients DROP COLUMN origin;
