-- +goose Up
-- Whose signed assertions are taken. A server of the version before knows none.
CREATE TABLE trusted_issuers (
    id         TEXT NOT NULL PRIMARY KEY,
    issuer     TEXT NOT NULL UNIQUE,
    enabled    INTEGER NOT NULL,
    jwks       TEXT NOT NULL, -- '' where there is jwks_uri
    jwks_uri   TEXT NOT NULL,
    user_claim TEXT NOT NULL,
    user_match TEXT NOT NULL CHECK (user_match IN ('', 'sub', 'username', 'email')),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    version    INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE trusted_issuers;
