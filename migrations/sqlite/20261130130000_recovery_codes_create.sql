-- +goose Up
-- Codes that stand for the second factor of a user, once each, by their digests.
CREATE TABLE recovery_codes (
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest     BLOB NOT NULL,
    created_at TEXT NOT NULL,
    used_at    TEXT,
    PRIMARY KEY (user_id, digest)
) STRICT;

-- +goose Down
DROP TABLE recovery_codes;
