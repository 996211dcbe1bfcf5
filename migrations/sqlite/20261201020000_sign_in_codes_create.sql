-- +goose Up
-- Codes that are mailed to whom a browser says to be: the browser that asked and the code, both as digests. A row without a user
-- stands for a name that gets no message, and its code is known to nobody.
CREATE TABLE sign_in_codes (
    id          TEXT NOT NULL PRIMARY KEY,
    digest      BLOB NOT NULL UNIQUE,
    login       TEXT NOT NULL,
    user_id     TEXT REFERENCES users (id) ON DELETE CASCADE,
    email       TEXT NOT NULL,
    code_digest BLOB NOT NULL,
    attempts    INTEGER NOT NULL,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL
) STRICT;
CREATE INDEX sign_in_codes_expiry ON sign_in_codes (expires_at);
CREATE INDEX sign_in_codes_user ON sign_in_codes (user_id);

-- +goose Down
DROP TABLE sign_in_codes;
