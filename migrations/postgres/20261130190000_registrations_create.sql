-- +goose Up
-- People who register: the browser that asked and the code that was mailed, both as digests. There is no user before the
-- code was typed in that browser. A row without a code that anybody knows stands for an address that has an account.
CREATE TABLE registrations (
    id          uuid PRIMARY KEY,
    digest      bytea NOT NULL CONSTRAINT registrations_digest_unique UNIQUE,
    email       text NOT NULL,
    code_digest bytea NOT NULL,
    attempts    integer NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    proven_at   timestamptz
);
CREATE INDEX registrations_expiry ON registrations (expires_at);

-- +goose Down
DROP TABLE registrations;
