-- +goose Up
-- Where people can sign in instead of here. A server of the version before knows none.
CREATE TABLE identity_providers (
    id            TEXT NOT NULL PRIMARY KEY,
    slug          TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL CHECK (kind IN ('oidc', 'google', 'entra', 'github', 'oauth2')),
    name          TEXT NOT NULL,
    enabled       INTEGER NOT NULL,
    position      INTEGER NOT NULL,
    issuer        TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    sealed        BLOB NOT NULL,
    config        TEXT NOT NULL CHECK (json_valid(config)),
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    version       INTEGER NOT NULL
) STRICT;

-- Who a user is there. What a provider calls somebody is one user's here, for as long as that user has it.
CREATE TABLE linked_identities (
    id             TEXT NOT NULL PRIMARY KEY,
    provider_id    TEXT NOT NULL REFERENCES identity_providers (id) ON DELETE RESTRICT,
    issuer         TEXT NOT NULL,
    subject        TEXT NOT NULL,
    user_id        TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email          TEXT NOT NULL,
    email_verified INTEGER NOT NULL,
    created_at     TEXT NOT NULL,
    last_used_at   TEXT,
    UNIQUE (provider_id, issuer, subject)
) STRICT;
CREATE INDEX linked_identities_user ON linked_identities (user_id, created_at, id);

ALTER TABLE sessions ADD COLUMN provider_id TEXT;
CREATE INDEX sessions_provider ON sessions (provider_id) WHERE provider_id IS NOT NULL AND ended_at IS NULL;

-- +goose Down
DROP INDEX sessions_provider;
ALTER TABLE sessions DROP COLUMN provider_id;
DROP TABLE linked_identities;
DROP TABLE identity_providers;
