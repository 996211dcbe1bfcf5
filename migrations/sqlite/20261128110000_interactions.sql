-- +goose Up
-- Interactions: what a browser is in the middle of. The table keeps its name until no server of before runs any more:
-- such a server goes on inserting, reading and finishing its requests here, which are of the kind authorize.
-- user_id has no foreign key, for the reason that session_id has none: an interaction whose user is gone must not look
-- like one that nobody has signed in to. factors is for what is proven before a session may be made: today one factor
-- makes one at once. No table refers to this one, so that it can be rebuilt in the transaction.
CREATE TABLE interactions_new (
    id               TEXT NOT NULL PRIMARY KEY,
    digest           BLOB NOT NULL,
    client_id        TEXT REFERENCES clients (id) ON DELETE CASCADE,
    params           TEXT NOT NULL,
    created_at       TEXT NOT NULL,
    expires_at       TEXT NOT NULL,
    done_at          TEXT,
    session_id       TEXT,
    authenticated_at TEXT,
    consented_at     TEXT,
    denied           INTEGER NOT NULL,
    kind             TEXT NOT NULL DEFAULT 'authorize',
    return_path      TEXT NOT NULL DEFAULT '',
    user_id          TEXT,
    factors          TEXT NOT NULL DEFAULT '[]',
    CONSTRAINT authorization_requests_digest_unique UNIQUE (digest),
    CHECK (json_valid(params) AND json_type(params) = 'object'),
    CHECK (kind IN ('authorize', 'device', 'account', 'registration', 'recovery', 'verification', 'enrolment')),
    CHECK ((kind IN ('authorize', 'device')) = (client_id IS NOT NULL)),
    CHECK (json_valid(factors) AND json_type(factors) = 'array')
) STRICT;
INSERT INTO interactions_new (id, digest, client_id, params, created_at, expires_at, done_at, session_id, authenticated_at, consented_at, denied)
    SELECT id, digest, client_id, params, created_at, expires_at, done_at, session_id, authenticated_at, consented_at, denied
    FROM authorization_requests;
DROP TABLE authorization_requests;
ALTER TABLE interactions_new RENAME TO authorization_requests;

-- +goose Down
CREATE TABLE authorization_requests_old (
    id               TEXT NOT NULL PRIMARY KEY,
    digest           BLOB NOT NULL,
    client_id        TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    params           TEXT NOT NULL,
    created_at       TEXT NOT NULL,
    expires_at       TEXT NOT NULL,
    done_at          TEXT,
    session_id       TEXT,
    authenticated_at TEXT,
    consented_at     TEXT,
    denied           INTEGER NOT NULL,
    CONSTRAINT authorization_requests_digest_unique UNIQUE (digest),
    CHECK (json_valid(params) AND json_type(params) = 'object')
) STRICT;
INSERT INTO authorization_requests_old (id, digest, client_id, params, created_at, expires_at, done_at, session_id, authenticated_at, consented_at, denied)
    SELECT id, digest, client_id, params, created_at, expires_at, done_at, session_id, authenticated_at, consented_at, denied
    FROM authorization_requests WHERE kind = 'authorize';
DROP TABLE authorization_requests;
ALTER TABLE authorization_requests_old RENAME TO authorization_requests;
