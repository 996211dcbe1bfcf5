-- +goose Up
-- A security key is stored as a passkey that signs nobody in by itself. A server of the version before takes it for a passkey, which it
-- only accepts from an authenticator that has verified the person, and does not ask for it after the password.
ALTER TABLE passkeys ADD COLUMN security_key INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN security_key INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE users DROP COLUMN security_key;
ALTER TABLE passkeys DROP COLUMN security_key;
