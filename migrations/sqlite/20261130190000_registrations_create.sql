-- +goose Up
-- People who register: the browser that asked and the code that was mailed, both as digests. There is no user before the
-- code was typed in that browser. A row without a code that anybody knows stands for an address that has an account.
CREATE TABLE registrations (
    id          TEXT NOT NULL PRIMARY KEY,
    digest      BLOB NOT NULL UNIQUE,
    email       TEXT NOT NULL,
    code_digest BLOB NOT NULL,
    attempts    INTEGER NOT NULL,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    proven_at   TEXT
) STRICT;
CREATE INDEX registrations_expiry ON registrations (expires_at);

-- +goose Down
DROP TABLE registrations;
