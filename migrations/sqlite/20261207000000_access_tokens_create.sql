-- +goose Up
-- What opaque access tokens stand for, by the keyed digest of the handle: the claims that would be in a JWT.
CREATE TABLE access_tokens (
    digest     BLOB NOT NULL PRIMARY KEY,
    grant_id   TEXT REFERENCES grants (id) ON DELETE CASCADE,
    claims     TEXT NOT NULL CHECK (json_valid(claims) AND json_type(claims) = 'object'),
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX access_tokens_grant ON access_tokens (grant_id);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);
-- Of which format the access tokens of a resource are; empty is what the client says.
ALTER TABLE resources ADD COLUMN access_token_format TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE resources DROP COLUMN access_token_format;
DROP TABLE access_tokens;
