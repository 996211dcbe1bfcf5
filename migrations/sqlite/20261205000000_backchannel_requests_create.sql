-- +goose Up
-- What clients ask users by CIBA. The user decides in the interaction of the same id, whose row says how it has ended; that is of a
-- kind of its own. No table refers to authorization_requests, so that it can be rebuilt in the transaction.
CREATE TABLE backchannel_requests (
    id              TEXT NOT NULL PRIMARY KEY,
    digest          BLOB NOT NULL UNIQUE,
    client_id       TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    user_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    params          TEXT NOT NULL,
    binding_message TEXT NOT NULL,
    sealed          BLOB,
    ip              TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    expires_at      TEXT NOT NULL,
    CHECK (json_valid(params) AND json_type(params) = 'object')
) STRICT;
CREATE INDEX backchannel_requests_client ON backchannel_requests (client_id);
CREATE INDEX backchannel_requests_user ON backchannel_requests (user_id, expires_at);
CREATE INDEX backchannel_requests_expiry ON backchannel_requests (expires_at);

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
    grant_id         TEXT,
    CONSTRAINT authorization_requests_digest_unique UNIQUE (digest),
    CHECK (json_valid(params) AND json_type(params) = 'object'),
    CHECK (kind IN ('authorize', 'device', 'backchannel', 'account', 'registration', 'recovery', 'verification', 'enrolment')),
    CHECK ((kind IN ('authorize', 'device', 'backchannel')) = (client_id IS NOT NULL)),
    CHECK (json_valid(factors) AND json_type(factors) = 'array')
) STRICT;
INSERT INTO interactions_new (id, digest, client_id, params, created_at, expires_at, done_at, session_id, authenticated_at,
    consented_at, denied, kind, return_path, user_id, factors, grant_id)
    SELECT id, digest, client_id, params, created_at, expires_at, done_at, session_id, authenticated_at,
    consented_at, denied, kind, return_path, user_id, factors, grant_id
    FROM authorization_requests;
DROP TABLE authorization_requests;
ALTER TABLE interactions_new RENAME TO authorization_requests;

-- +goose Down
CREATE TABLE interactions_old (
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
    grant_id         TEXT,
    CONSTRAINT authorization_requests_digest_unique UNIQUE (digest),
    CHECK (json_valid(params) AND json_type(params) = 'object'),
    CHECK (kind IN ('authorize', 'device', 'account', 'registration', 'recovery', 'verification', 'enrolment')),
    CHECK ((kind IN ('authorize', 'device')) = (client_id IS NOT NULL)),
    CHECK (json_valid(factors) AND json_type(factors) = 'array')
) STRICT;
INSERT INTO interactions_old (id, digest, client_id, params, created_at, expires_at, done_at, session_id, authenticated_at,
    consented_at, denied, kind, return_path, user_id, factors, grant_id)
    SELECT id, digest, client_id, params, created_at, expires_at, done_at, session_id, authenticated_at,
    consented_at, denied, kind, return_path, user_id, factors, grant_id
    FROM authorization_requests WHERE kind <> 'backchannel';
DROP TABLE authorization_requests;
ALTER TABLE interactions_old RENAME TO authorization_requests;
DROP TABLE backchannel_requests;
