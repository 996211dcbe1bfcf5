-- +goose Up
-- Links that are mailed to users and work once. A newer one takes the place of an older one of the same purpose.
CREATE TABLE one_time_tokens (
    id         TEXT NOT NULL PRIMARY KEY,
    digest     BLOB NOT NULL UNIQUE,
    purpose    TEXT NOT NULL,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_time_tokens_newest ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);

-- +goose Down
DROP TABLE one_time_tokens;
