-- +goose Up
-- Codes that stand for the second factor of a user, once each, by their digests.
CREATE TABLE recovery_codes (
    user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest     bytea NOT NULL,
    created_at timestamptz NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (user_id, digest)
);

-- +goose Down
DROP TABLE recovery_codes;
