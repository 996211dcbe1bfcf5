-- +goose Up
-- Links that are mailed to users and work once. A newer one takes the place of an older one of the same purpose.
CREATE TABLE one_time_tokens (
    id         uuid PRIMARY KEY,
    digest     bytea NOT NULL CONSTRAINT one_time_tokens_digest_unique UNIQUE,
    purpose    text NOT NULL,
    user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email      text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX one_time_tokens_newest ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);

-- +goose Down
DROP TABLE one_time_tokens;
