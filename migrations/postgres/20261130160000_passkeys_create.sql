-- +goose Up
-- The name by which authenticators know a user (WebAuthn, user handle): random, made once, and there as long as the user is.
CREATE TABLE webauthn_handles (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    handle  bytea NOT NULL CONSTRAINT webauthn_handles_handle_unique UNIQUE
);

-- Passkeys of users. A server of the version before knows none: its sign-ins ask for the password.
CREATE TABLE passkeys (
    id                 uuid PRIMARY KEY,
    user_id            uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id      bytea NOT NULL CONSTRAINT passkeys_credential_unique UNIQUE CHECK (octet_length(credential_id) <= 1023),
    record             bytea NOT NULL,
    name               text NOT NULL,
    sign_count         bigint NOT NULL,
    backup_eligible    boolean NOT NULL,
    backed_up          boolean NOT NULL,
    created_at         timestamptz NOT NULL,
    last_used_at       timestamptz,
    clone_suspected_at timestamptz
);
CREATE INDEX passkeys_user ON passkeys (user_id, created_at, id);
ALTER TABLE users ADD COLUMN passkey boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE users DROP COLUMN passkey;
DROP TABLE passkeys;
DROP TABLE webauthn_handles;
