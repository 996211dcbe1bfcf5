-- +goose Up
-- Where people can sign in instead of here. A server of the version before knows none.
CREATE TABLE identity_providers (
    id            uuid PRIMARY KEY,
    slug          text COLLATE "C" NOT NULL CONSTRAINT identity_providers_slug_unique UNIQUE,
    kind          text NOT NULL CHECK (kind IN ('oidc', 'google', 'entra', 'github', 'oauth2')),
    name          text NOT NULL,
    enabled       boolean NOT NULL,
    position      bigint NOT NULL,
    issuer        text NOT NULL,
    client_id     text NOT NULL,
    sealed        bytea NOT NULL,
    config        jsonb NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       bigint NOT NULL
);

-- Who a user is there. What a provider calls somebody is one user's here, for as long as that user has it.
CREATE TABLE linked_identities (
    id             uuid PRIMARY KEY,
    provider_id    uuid NOT NULL REFERENCES identity_providers (id) ON DELETE RESTRICT,
    issuer         text COLLATE "C" NOT NULL,
    subject        text COLLATE "C" NOT NULL,
    user_id        uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email          text NOT NULL,
    email_verified boolean NOT NULL,
    created_at     timestamptz NOT NULL,
    last_used_at   timestamptz,
    CONSTRAINT linked_identities_subject_unique UNIQUE (provider_id, issuer, subject)
);
CREATE INDEX linked_identities_user ON linked_identities (user_id, created_at, id);

ALTER TABLE sessions ADD COLUMN provider_id uuid;
CREATE INDEX sessions_provider ON sessions (provider_id) WHERE provider_id IS NOT NULL AND ended_at IS NULL;

-- +goose Down
DROP INDEX sessions_provider;
ALTER TABLE sessions DROP COLUMN provider_id;
DROP TABLE linked_identities;
DROP TABLE identity_providers;
