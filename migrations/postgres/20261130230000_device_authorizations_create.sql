-- +goose Up
-- What devices ask for by the grant of RFC 8628. A person decides in the interaction of the same id, whose row says how it
-- ended.
CREATE TABLE device_authorizations (
    id               uuid PRIMARY KEY,
    digest           bytea NOT NULL CONSTRAINT device_authorizations_digest_unique UNIQUE,
    user_code_digest bytea NOT NULL CONSTRAINT device_authorizations_user_code_unique UNIQUE,
    client_id        uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    scopes           jsonb NOT NULL,
    resources        jsonb NOT NULL,
    ip               text NOT NULL,
    created_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL
);
CREATE INDEX device_authorizations_client ON device_authorizations (client_id);
CREATE INDEX device_authorizations_expiry ON device_authorizations (expires_at);

-- +goose Down
DROP TABLE device_authorizations;
