-- +goose Up
-- What opaque access tokens stand for, by the keyed digest of the handle: the claims that would be in a JWT.
CREATE TABLE access_tokens (
    digest     bytea PRIMARY KEY,
    grant_id   uuid REFERENCES grants (id) ON DELETE CASCADE,
    claims     text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX access_tokens_grant ON access_tokens (grant_id);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);
-- Of which format the access tokens of a resource are; empty is what the client says.
ALTER TABLE resources ADD COLUMN access_token_format text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE resources DROP COLUMN access_token_format;
DROP TABLE access_tokens;
