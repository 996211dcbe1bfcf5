-- +goose Up
-- Whose signed assertions are taken. A server of the version before knows none.
CREATE TABLE trusted_issuers (
    id         uuid PRIMARY KEY,
    issuer     text COLLATE "C" NOT NULL CONSTRAINT trusted_issuers_issuer_unique UNIQUE,
    enabled    boolean NOT NULL,
    jwks       text NOT NULL, -- '' where there is jwks_uri
    jwks_uri   text NOT NULL,
    user_claim text NOT NULL,
    user_match text NOT NULL CHECK (user_match IN ('', 'sub', 'username', 'email')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    bigint NOT NULL
);

-- +goose Down
DROP TABLE trusted_issuers;
