-- +goose Up
-- rowid is declared so that VACUUM keeps it: users_search refers to it.
CREATE TABLE users (
    rowid                    INTEGER PRIMARY KEY,
    id                       TEXT NOT NULL UNIQUE,
    username                 TEXT NOT NULL,
    username_key             TEXT NOT NULL,
    email                    TEXT NOT NULL,
    email_key                TEXT NOT NULL,
    password_hash            TEXT NOT NULL,
    password_changed_at      TEXT,
    active                   INTEGER NOT NULL,
    verified                 INTEGER NOT NULL,
    admin                    INTEGER NOT NULL,
    requires_password_change INTEGER NOT NULL,
    failed_attempts          INTEGER NOT NULL,
    locked_until             TEXT,
    last_login_at            TEXT,
    last_login_key           TEXT NOT NULL GENERATED ALWAYS AS (coalesce(last_login_at, '0001-01-01 00:00:00+00:00')) VIRTUAL,
    last_login_ip            TEXT NOT NULL,
    created_by               TEXT NOT NULL,
    created_at               TEXT NOT NULL,
    updated_at               TEXT NOT NULL,
    version                  INTEGER NOT NULL,
    name                     TEXT NOT NULL,
    name_key                 TEXT NOT NULL,
    given_name               TEXT NOT NULL,
    given_name_key           TEXT NOT NULL,
    family_name              TEXT NOT NULL,
    family_name_key          TEXT NOT NULL,
    middle_name              TEXT NOT NULL,
    nickname                 TEXT NOT NULL,
    preferred_username       TEXT NOT NULL,
    profile                  TEXT NOT NULL,
    picture                  TEXT NOT NULL,
    website                  TEXT NOT NULL,
    gender                   TEXT NOT NULL,
    birthdate                TEXT NOT NULL,
    zoneinfo                 TEXT NOT NULL,
    locale                   TEXT NOT NULL,
    phone_number             TEXT NOT NULL,
    phone_number_verified    INTEGER NOT NULL,
    address                  TEXT,
    search_text              TEXT NOT NULL,
    CONSTRAINT users_username_unique UNIQUE (username_key),
    CONSTRAINT users_email_unique UNIQUE (email_key),
    CHECK (failed_attempts >= 0),
    CHECK (version >= 1),
    CHECK (json_valid(address) AND json_type(address) = 'object')
) STRICT;
CREATE INDEX users_created ON users (created_at, id);
CREATE INDEX users_updated ON users (updated_at, id);
CREATE INDEX users_last_login ON users (last_login_key, id);
CREATE INDEX users_name ON users (name_key, id);
CREATE INDEX users_admins ON users (id) WHERE admin AND active;

-- The number of active administrators, kept by the triggers.
CREATE TABLE admin_guard (
    id            INTEGER PRIMARY KEY,
    active_admins INTEGER NOT NULL,
    CHECK (id = 1),
    CHECK (active_admins >= 0)
) STRICT;
INSERT INTO admin_guard (id, active_admins) VALUES (1, 0);

-- +goose StatementBegin
CREATE TRIGGER users_admins_insert AFTER INSERT ON users WHEN NEW.admin AND NEW.active
BEGIN
    UPDATE admin_guard SET active_admins = active_admins + 1 WHERE id = 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_admins_promote AFTER UPDATE OF admin, active ON users
    WHEN NEW.admin AND NEW.active AND NOT (OLD.admin AND OLD.active)
BEGIN
    UPDATE admin_guard SET active_admins = active_admins + 1 WHERE id = 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_admins_demote AFTER UPDATE OF admin, active ON users
    WHEN OLD.admin AND OLD.active AND NOT (NEW.admin AND NEW.active)
BEGIN
    UPDATE admin_guard SET active_admins = active_admins - 1 WHERE id = 1;
    SELECT RAISE(ABORT, 'authly: last administrator') FROM admin_guard WHERE active_admins = 0;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_admins_delete AFTER DELETE ON users WHEN OLD.admin AND OLD.active
BEGIN
    UPDATE admin_guard SET active_admins = active_admins - 1 WHERE id = 1;
    SELECT RAISE(ABORT, 'authly: last administrator') FROM admin_guard WHERE active_admins = 0;
END;
-- +goose StatementEnd

-- Every three characters of search_text, for search by substring. The triggers keep it; it refers to users by rowid.
CREATE VIRTUAL TABLE users_search USING fts5(
    search_text, content = 'users', content_rowid = 'rowid', tokenize = 'trigram case_sensitive 1'
);
-- +goose StatementBegin
CREATE TRIGGER users_search_insert AFTER INSERT ON users
BEGIN
    INSERT INTO users_search (rowid, search_text) VALUES (NEW.rowid, NEW.search_text);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_search_update AFTER UPDATE OF search_text ON users WHEN NEW.search_text <> OLD.search_text
BEGIN
    INSERT INTO users_search (users_search, rowid, search_text) VALUES ('delete', OLD.rowid, OLD.search_text);
    INSERT INTO users_search (rowid, search_text) VALUES (NEW.rowid, NEW.search_text);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_search_delete AFTER DELETE ON users
BEGIN
    INSERT INTO users_search (users_search, rowid, search_text) VALUES ('delete', OLD.rowid, OLD.search_text);
END;
-- +goose StatementEnd

CREATE TABLE sessions (
    id             TEXT NOT NULL PRIMARY KEY,
    digest         BLOB NOT NULL,
    user_id        TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at     TEXT NOT NULL,
    last_active_at TEXT NOT NULL,
    auth_time      TEXT NOT NULL,
    expires_at     TEXT NOT NULL,
    max_expires_at TEXT NOT NULL,
    ip             TEXT NOT NULL,
    user_agent     TEXT NOT NULL,
    amr            TEXT NOT NULL,
    acr            TEXT NOT NULL,
    ended_at       TEXT,
    end_reason     TEXT NOT NULL,
    CONSTRAINT sessions_digest_unique UNIQUE (digest),
    CHECK (json_valid(amr) AND json_type(amr) = 'array'),
    CHECK (ended_at IS NOT NULL OR end_reason = '')
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id, ended_at, expires_at);
CREATE INDEX sessions_created ON sessions (created_at, id);
CREATE INDEX sessions_user_created ON sessions (user_id, created_at, id);
CREATE INDEX sessions_active ON sessions (last_active_at, id);

CREATE TABLE clients (
    id         TEXT NOT NULL PRIMARY KEY,
    client_id  TEXT NOT NULL,
    active     INTEGER NOT NULL,
    built_in   INTEGER NOT NULL,
    secrets    TEXT NOT NULL,
    metadata   TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    version    INTEGER NOT NULL,
    CONSTRAINT clients_client_id_unique UNIQUE (client_id),
    CHECK (version >= 1),
    CHECK (json_valid(secrets) AND json_type(secrets) = 'array'),
    CHECK (json_valid(metadata) AND json_type(metadata) = 'object')
) STRICT;

CREATE TABLE scopes (
    name        TEXT NOT NULL PRIMARY KEY,
    description TEXT NOT NULL,
    is_default  INTEGER NOT NULL,
    built_in    INTEGER NOT NULL,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL
) STRICT;

CREATE TABLE resources (
    uri        TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CHECK (json_valid(scopes) AND json_type(scopes) = 'array')
) STRICT;

CREATE TABLE consents (
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id  TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    scopes     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (user_id, client_id),
    CHECK (json_valid(scopes) AND json_type(scopes) = 'array')
) STRICT;
CREATE INDEX consents_client ON consents (client_id);

-- session_id has no foreign key: a request whose session is gone must not look like one that never had any.
CREATE TABLE authorization_requests (
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

-- user_id is null for a grant to a client on its own behalf. session_id has no foreign key: a grant with offline access
-- outlives its session, and one without must stay dead when the session's row is swept away.
CREATE TABLE grants (
    id                      TEXT NOT NULL PRIMARY KEY,
    user_id                 TEXT REFERENCES users (id) ON DELETE CASCADE,
    client_id               TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    session_id              TEXT,
    scopes                  TEXT NOT NULL,
    resources               TEXT NOT NULL,
    claims                  TEXT,
    auth_time               TEXT NOT NULL,
    amr                     TEXT NOT NULL,
    acr                     TEXT NOT NULL,
    offline                 INTEGER NOT NULL,
    jkt                     TEXT NOT NULL DEFAULT '',
    x5t_s256                TEXT NOT NULL DEFAULT '',
    created_at              TEXT NOT NULL,
    ended_at                TEXT,
    end_reason              TEXT NOT NULL,
    code_digest             BLOB,
    code_expires_at         TEXT,
    code_spent_at           TEXT,
    code_redirect_uri       TEXT NOT NULL,
    code_challenge          TEXT NOT NULL,
    code_nonce              TEXT NOT NULL,
    refresh_generation      INTEGER NOT NULL,
    refresh_rotated_at      TEXT,
    refresh_grace_uses      INTEGER NOT NULL,
    refresh_expires_at      TEXT,
    refresh_idle_expires_at TEXT,
    CHECK (json_valid(scopes) AND json_type(scopes) = 'array'),
    CHECK (json_valid(resources) AND json_type(resources) = 'array'),
    CHECK (json_valid(amr) AND json_type(amr) = 'array'),
    CHECK (ended_at IS NOT NULL OR end_reason = ''),
    CHECK ((code_digest IS NULL) = (code_expires_at IS NULL)),
    CHECK (code_spent_at IS NULL OR code_digest IS NOT NULL),
    CHECK (refresh_generation >= 0),
    CHECK (refresh_grace_uses >= 0)
) STRICT;
CREATE UNIQUE INDEX grants_code ON grants (code_digest) WHERE code_digest IS NOT NULL;
CREATE INDEX grants_user ON grants (user_id, created_at, id);
CREATE INDEX grants_client ON grants (client_id);
CREATE INDEX grants_session ON grants (session_id);
CREATE INDEX grants_unspent ON grants (code_expires_at) WHERE code_digest IS NOT NULL AND code_spent_at IS NULL;

CREATE TABLE revoked_tokens (
    jti        TEXT NOT NULL PRIMARY KEY,
    expires_at TEXT NOT NULL
) STRICT;

-- At most one key of an algorithm is next and one is active: two nodes that start at once agree on them.
CREATE TABLE signing_keys (
    kid          TEXT NOT NULL PRIMARY KEY,
    algorithm    TEXT NOT NULL,
    sealed       BLOB NOT NULL,
    state        TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    activated_at TEXT,
    retired_at   TEXT,
    expires_at   TEXT,
    CHECK (state IN ('next', 'active', 'retired'))
) STRICT;
CREATE UNIQUE INDEX signing_keys_one ON signing_keys (algorithm, state) WHERE state IN ('next', 'active');

-- Append-only, and without foreign keys: the trail outlives what it tells about. digest is for a later chain of hashes.
CREATE TABLE audit_events (
    id          TEXT NOT NULL PRIMARY KEY,
    occurred_at TEXT NOT NULL,
    actor_kind  TEXT NOT NULL,
    actor_id    TEXT NOT NULL,
    actor_name  TEXT NOT NULL,
    client_id   TEXT,
    action      TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id   TEXT NOT NULL,
    target_name TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    ip          TEXT NOT NULL,
    user_agent  TEXT NOT NULL,
    request_id  TEXT NOT NULL,
    changes     TEXT NOT NULL,
    digest      BLOB,
    CHECK (actor_kind IN ('anonymous', 'user', 'client', 'system')),
    CHECK (outcome IN ('success', 'failure')),
    CHECK (json_valid(changes) AND json_type(changes) = 'object')
) STRICT;
CREATE INDEX audit_events_occurred ON audit_events (occurred_at, id);
CREATE INDEX audit_events_action ON audit_events (action, occurred_at, id);
CREATE INDEX audit_events_target ON audit_events (target_kind, target_id, occurred_at, id);
CREATE INDEX audit_events_actor ON audit_events (actor_id, occurred_at, id);
CREATE INDEX audit_events_actor_name ON audit_events (actor_name, occurred_at, id);
CREATE INDEX audit_events_ip ON audit_events (ip, occurred_at, id);
CREATE INDEX audit_events_request ON audit_events (request_id);

-- digest is the SHA-256 of the key, so that a key of any length and content has its place.
CREATE TABLE replay_keys (
    digest     BLOB NOT NULL PRIMARY KEY,
    expires_at TEXT NOT NULL
) STRICT;

-- Back-channel logout tokens that still have to be delivered.
CREATE TABLE logout_deliveries (
    id              TEXT NOT NULL PRIMARY KEY,
    client_id       TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    session_id      TEXT NOT NULL,
    uri             TEXT NOT NULL,
    claims          TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    next_attempt_at TEXT NOT NULL,
    delivered_at    TEXT,
    failed_at       TEXT,
    created_at      TEXT NOT NULL,
    CHECK (json_valid(claims) AND json_type(claims) = 'object'),
    CHECK (attempts >= 0)
) STRICT;
CREATE INDEX logout_deliveries_due ON logout_deliveries (next_attempt_at) WHERE delivered_at IS NULL AND failed_at IS NULL;

CREATE TABLE jobs (
    id           TEXT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    input        TEXT NOT NULL,
    created_by   TEXT NOT NULL,
    total        INTEGER NOT NULL,
    succeeded    INTEGER NOT NULL,
    failed       INTEGER NOT NULL,
    error_code   TEXT NOT NULL,
    leased_by    TEXT NOT NULL,
    leased_until TEXT,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    started_at   TEXT,
    finished_at  TEXT,
    CHECK (state IN ('pending', 'running', 'succeeded', 'failed', 'cancelled')),
    CHECK (json_valid(input) AND json_type(input) = 'object')
) STRICT;
CREATE INDEX jobs_created ON jobs (created_at, id);
CREATE INDEX jobs_open ON jobs (created_at, id) WHERE finished_at IS NULL;

CREATE TABLE job_items (
    job_id     TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    input      TEXT NOT NULL,
    state      TEXT NOT NULL,
    result     TEXT,
    error_code TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (job_id, position),
    CHECK (state IN ('pending', 'succeeded', 'failed', 'skipped'))
) STRICT;

CREATE TABLE idempotency_keys (
    actor           TEXT NOT NULL,
    client          TEXT NOT NULL,
    field           TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    args_hash       BLOB NOT NULL,
    payload         TEXT,
    created_at      TEXT NOT NULL,
    expires_at      TEXT NOT NULL,
    PRIMARY KEY (actor, client, field, idempotency_key)
) STRICT;

-- +goose Down
DROP TABLE idempotency_keys;
DROP TABLE job_items;
DROP TABLE jobs;
DROP TABLE logout_deliveries;
DROP TABLE replay_keys;
DROP TABLE audit_events;
DROP TABLE signing_keys;
DROP TABLE revoked_tokens;
DROP TABLE grants;
DROP TABLE authorization_requests;
DROP TABLE consents;
DROP TABLE resources;
DROP TABLE scopes;
DROP TABLE clients;
DROP TABLE sessions;
DROP TABLE users_search;
DROP TABLE users;
DROP TABLE admin_guard;
