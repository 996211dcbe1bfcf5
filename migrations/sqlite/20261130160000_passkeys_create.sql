-- +goose Up
-- The name by which authenticators know a user (WebAuthn, user handle): random, made once, and there as long as the user is.
CREATE TABLE webauthn_handles (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    handle  BLOB NOT NULL UNIQUE
) STRICT;

-- Passkeys of users. A server of the version before knows none: its sign-ins ask for the password.
CREATE TABLE passkeys (
    id                 TEXT NOT NULL PRIMARY KEY,
    user_id            TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id      BLOB NOT NULL UNIQUE CHECK (length(credential_id) <= 1023),
    record             BLOB NOT NULL,
    name               TEXT NOT NULL,
    sign_count         INTEGER NOT NULL,
    backup_eligible    INTEGER NOT NULL,
    backed_up          INTEGER NOT NULL,
    created_at         TEXT NOT NULL,
    last_used_at       TEXT,
    clone_suspected_at TEXT
) STRICT;
CREATE INDEX passkeys_user ON passkeys (user_id, created_at, id);
ALTER TABLE users ADD COLUMN passkey INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE users DROP COLUMN passkey;
DROP TABLE passkeys;
DROP TABLE webauthn_handles;
