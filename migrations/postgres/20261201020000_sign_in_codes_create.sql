-- +goose Up
-- Codes that are mailed to whom a browser says to be: the browser that asked and the code, both as digests. A row without a user
-- stands for a name that gets no message, and its code is known to nobody.
CREATE TABLE sign_in_codes (
    id          uuid PRIMARY KEY,
    digest      bytea NOT NULL CONSTRAINT sign_in_codes_digest_unique UNIQUE,
    login       text NOT NULL,
    user_id     uuid REFERENCES users (id) ON DELETE CASCADE,
    email       text NOT NULL,
    code_digest bytea NOT NULL,
    attempts    integer NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX sign_in_codes_expiry ON sign_in_codes (expires_at);
CREATE INDEX sign_in_codes_user ON sign_in_codes (user_id);

-- +goose Down
DROP TABLE sign_in_codes;
