-- +goose Up
-- How a client was registered: empty by the operator, token by itself with an initial access token, open by itself with nothing.
-- registration_digest is the keyed digest of its registration access token (RFC 7592).
ALTER TABLE clients ADD COLUMN origin text NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN registration_digest bytea;
CREATE INDEX clients_origin ON clients (origin, client_id);

-- Initial access tokens (RFC 7591): whoever has one registers clients, as long as uses are left and it has not expired.
CREATE TABLE initial_access_tokens (
    id         uuid PRIMARY KEY,
    digest     bytea NOT NULL UNIQUE,
    name       text NOT NULL,
    uses       integer NOT NULL,
    uses_left  integer NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CHECK (uses_left BETWEEN 0 AND uses)
);
CREATE INDEX initial_access_tokens_created ON initial_access_tokens (created_at, id);
CREATE INDEX initial_access_tokens_expiry ON initial_access_tokens (expires_at);

-- +goose Down
DROP TABLE initial_access_tokens;
DROP INDEX clients_origin;
ALTER TABLE clients DROP COLUMN registration_digest;
ALTER TABLE clients DROP COLUMN origin;
