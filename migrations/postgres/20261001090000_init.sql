-- +goose Up
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE users (
    id                       uuid PRIMARY KEY,
    username                 text NOT NULL,
    username_key             text COLLATE "C" NOT NULL,
    email                    text NOT NULL,
    email_key                text COLLATE "C" NOT NULL,
    password_hash            text NOT NULL,
    password_changed_at      timestamptz,
    active                   boolean NOT NULL,
    verified                 boolean NOT NULL,
    admin                    boolean NOT NULL,
    requires_password_change boolean NOT NULL,
    failed_attempts          integer NOT NULL,
    locked_until             timestamptz,
    last_login_at            timestamptz,
    last_login_key           timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(last_login_at, '0001-01-01 00:00:00+00:00')) STORED,
    last_login_ip            text NOT NULL,
    created_by               text NOT NULL,
    created_at               timestamptz NOT NULL,
    updated_at               timestamptz NOT NULL,
    version                  integer NOT NULL,
    name                     text NOT NULL,
    name_key                 text COLLATE "C" NOT NULL,
    given_name               text NOT NULL,
    given_name_key           text COLLATE "C" NOT NULL,
    family_name              text NOT NULL,
    family_name_key          text COLLATE "C" NOT NULL,
    middle_name              text NOT NULL,
    nickname                 text NOT NULL,
    preferred_username       text NOT NULL,
    profile                  text NOT NULL,
    picture                  text NOT NULL,
    website                  text NOT NULL,
    gender                   text NOT NULL,
    birthdate                text NOT NULL,
    zoneinfo                 text COLLATE "C" NOT NULL,
    locale                   text COLLATE "C" NOT NULL,
    phone_number             text NOT NULL,
    phone_number_verified    boolean NOT NULL,
    address                  jsonb,
    search_text              text COLLATE "C" NOT NULL,
    CONSTRAINT users_username_unique UNIQUE (username_key),
    CONSTRAINT users_email_unique UNIQUE (email_key),
    CHECK (failed_attempts >= 0),
    CHECK (version >= 1),
    CHECK (jsonb_typeof(address) = 'object')
);
CREATE INDEX users_created ON users (created_at, id);
CREATE INDEX users_updated ON users (updated_at, id);
CREATE INDEX users_last_login ON users (last_login_key, id);
CREATE INDEX users_name ON users (name_key, id);
CREATE INDEX users_admins ON users (id) WHERE admin AND active;
-- A short pending list: every search reads all of it.
CREATE INDEX users_search ON users USING gin (search_text gin_trgm_ops) WITH (gin_pending_list_limit = 512);

-- The number of active administrators. The triggers update this row, so that two transactions which each take one away
-- come one after the other, and the second sees what the first has left.
CREATE TABLE admin_guard (
    id            integer PRIMARY KEY,
    active_admins integer NOT NULL,
    CHECK (id = 1),
    CHECK (active_admins >= 0)
);
INSERT INTO admin_guard (id, active_admins) VALUES (1, 0);

-- +goose StatementBegin
CREATE FUNCTION guard_admins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change integer := 0;
    remaining integer;
BEGIN
    IF TG_OP <> 'DELETE' AND NEW.admin AND NEW.active THEN
        change := change + 1;
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.admin AND OLD.active THEN
        change := change - 1;
    END IF;
    IF change <> 0 THEN
        UPDATE admin_guard SET active_admins = active_admins + change WHERE id = 1 RETURNING active_admins INTO remaining;
        IF remaining = 0 THEN
            RAISE EXCEPTION 'authly: last administrator' USING ERRCODE = 'AU001';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER users_admins_insert AFTER INSERT ON users FOR EACH ROW WHEN (NEW.admin AND NEW.active)
    EXECUTE FUNCTION guard_admins();
CREATE TRIGGER users_admins_update AFTER UPDATE OF admin, active ON users FOR EACH ROW
    WHEN ((NEW.admin AND NEW.active) <> (OLD.admin AND OLD.active)) EXECUTE FUNCTION guard_admins();
CREATE TRIGGER users_admins_delete AFTER DELETE ON users FOR EACH ROW WHEN (OLD.admin AND OLD.active)
    EXECUTE FUNCTION guard_admins();

CREATE TABLE sessions (
    id             uuid PRIMARY KEY,
    digest         bytea NOT NULL,
    user_id        uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at     timestamptz NOT NULL,
    last_active_at timestamptz NOT NULL,
    auth_time      timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    max_expires_at timestamptz NOT NULL,
    ip             text NOT NULL,
    user_agent     text NOT NULL,
    amr            jsonb NOT NULL,
    acr            text NOT NULL,
    ended_at       timestamptz,
    end_reason     text NOT NULL,
    CONSTRAINT sessions_digest_unique UNIQUE (digest),
    CHECK (jsonb_typeof(amr) = 'array'),
    CHECK (ended_at IS NOT NULL OR end_reason = '')
);
CREATE INDEX sessions_user ON sessions (user_id, ended_at, expires_at);
CREATE INDEX sessions_created ON sessions (created_at, id);
CREATE INDEX sessions_user_created ON sessions (user_id, created_at, id);
CREATE INDEX sessions_active ON sessions (last_active_at, id);

CREATE TABLE clients (
    id         uuid PRIMARY KEY,
    client_id  text COLLATE "C" NOT NULL,
    active     boolean NOT NULL,
    built_in   boolean NOT NULL,
    secrets    jsonb NOT NULL,
    metadata   jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    integer NOT NULL,
    CONSTRAINT clients_client_id_unique UNIQUE (client_id),
    CHECK (version >= 1),
    CHECK (jsonb_typeof(secrets) = 'array'),
    CHECK (jsonb_typeof(metadata) = 'object')
);

CREATE TABLE scopes (
    name        text COLLATE "C" PRIMARY KEY,
    description text NOT NULL,
    is_default  boolean NOT NULL,
    built_in    boolean NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);

CREATE TABLE resources (
    uri        text COLLATE "C" PRIMARY KEY,
    name       text NOT NULL,
    scopes     jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (jsonb_typeof(scopes) = 'array')
);

CREATE TABLE consents (
    user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id  uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    scopes     jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, client_id),
    CHECK (jsonb_typeof(scopes) = 'array')
);
CREATE INDEX consents_client ON consents (client_id);

-- session_id has no foreign key: a request whose session is gone must not look like one that never had any.
CREATE TABLE authorization_requests (
    id               uuid PRIMARY KEY,
    digest           bytea NOT NULL,
    client_id        uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    params           jsonb NOT NULL,
    created_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    done_at          timestamptz,
    session_id       uuid,
    authenticated_at timestamptz,
    consented_at     timestamptz,
    denied           boolean NOT NULL,
    CONSTRAINT authorization_requests_digest_unique UNIQUE (digest),
    CHECK (jsonb_typeof(params) = 'object')
);

-- user_id is null for a grant to a client on its own behalf. session_id has no foreign key: a grant with offline access
-- outlives its session, and one without must stay dead when the session's row is swept away.
CREATE TABLE grants (
    id                      uuid PRIMARY KEY,
    user_id                 uuid REFERENCES users (id) ON DELETE CASCADE,
    client_id               uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    session_id              uuid,
    scopes                  jsonb NOT NULL,
    resources               jsonb NOT NULL,
    claims                  jsonb,
    auth_time               timestamptz NOT NULL,
    amr                     jsonb NOT NULL,
    acr                     text NOT NULL,
    offline                 boolean NOT NULL,
    jkt                     text NOT NULL DEFAULT '',
    x5t_s256                text NOT NULL DEFAULT '',
    created_at              timestamptz NOT NULL,
    ended_at                timestamptz,
    end_reason              text NOT NULL,
    code_digest             bytea,
    code_expires_at         timestamptz,
    code_spent_at           timestamptz,
    code_redirect_uri       text NOT NULL,
    code_challenge          text NOT NULL,
    code_nonce              text NOT NULL,
    refresh_generation      integer NOT NULL,
    refresh_rotated_at      timestamptz,
    refresh_grace_uses      integer NOT NULL,
    refresh_expires_at      timestamptz,
    refresh_idle_expires_at timestamptz,
    CHECK (jsonb_typeof(scopes) = 'array'),
    CHECK (jsonb_typeof(resources) = 'array'),
    CHECK (jsonb_typeof(amr) = 'array'),
    CHECK (ended_at IS NOT NULL OR end_reason = ''),
    CHECK ((code_digest IS NULL) = (code_expires_at IS NULL)),
    CHECK (code_spent_at IS NULL OR code_digest IS NOT NULL),
    CHECK (refresh_generation >= 0),
    CHECK (refresh_grace_uses >= 0)
);
CREATE UNIQUE INDEX grants_code ON grants (code_digest) WHERE code_digest IS NOT NULL;
CREATE INDEX grants_user ON grants (user_id, created_at, id);
CREATE INDEX grants_client ON grants (client_id);
CREATE INDEX grants_session ON grants (session_id);
CREATE INDEX grants_unspent ON grants (code_expires_at) WHERE code_digest IS NOT NULL AND code_spent_at IS NULL;

CREATE TABLE revoked_tokens (
    jti        text COLLATE "C" PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

-- At most one key of an algorithm is next and one is active: two nodes that start at once agree on them.
CREATE TABLE signing_keys (
    kid          text COLLATE "C" PRIMARY KEY,
    algorithm    text NOT NULL,
    sealed       bytea NOT NULL,
    state        text NOT NULL,
    created_at   timestamptz NOT NULL,
    activated_at timestamptz,
    retired_at   timestamptz,
    expires_at   timestamptz,
    CHECK (state IN ('next', 'active', 'retired'))
);
CREATE UNIQUE INDEX signing_keys_one ON signing_keys (algorithm, state) WHERE state IN ('next', 'active');

-- Append-only, and without foreign keys: the trail outlives what it tells about. digest is for a later chain of hashes.
CREATE TABLE audit_events (
    id          uuid PRIMARY KEY,
    occurred_at timestamptz NOT NULL,
    actor_kind  text NOT NULL,
    actor_id    text NOT NULL,
    actor_name  text NOT NULL,
    client_id   uuid,
    action      text NOT NULL,
    target_kind text NOT NULL,
    target_id   text NOT NULL,
    target_name text NOT NULL,
    outcome     text NOT NULL,
    reason      text NOT NULL,
    ip          text NOT NULL,
    user_agent  text NOT NULL,
    request_id  text NOT NULL,
    changes     jsonb NOT NULL,
    digest      bytea,
    CHECK (actor_kind IN ('anonymous', 'user', 'client', 'system')),
    CHECK (outcome IN ('success', 'failure')),
    CHECK (jsonb_typeof(changes) = 'object')
);
CREATE INDEX audit_events_occurred ON audit_events (occurred_at, id);
CREATE INDEX audit_events_action ON audit_events (action, occurred_at, id);
CREATE INDEX audit_events_target ON audit_events (target_kind, target_id, occurred_at, id);
CREATE INDEX audit_events_actor ON audit_events (actor_id, occurred_at, id);
CREATE INDEX audit_events_actor_name ON audit_events (actor_name, occurred_at, id);
CREATE INDEX audit_events_ip ON audit_events (ip, occurred_at, id);
CREATE INDEX audit_events_request ON audit_events (request_id);

-- digest is the SHA-256 of the key, so that a key of any length and content has its place.
CREATE TABLE replay_keys (
    digest     bytea PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

-- Back-channel logout tokens that still have to be delivered.
CREATE TABLE logout_deliveries (
    id              uuid PRIMARY KEY,
    client_id       uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    session_id      uuid NOT NULL,
    uri             text NOT NULL,
    claims          jsonb NOT NULL,
    attempts        integer NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    delivered_at    timestamptz,
    failed_at       timestamptz,
    created_at      timestamptz NOT NULL,
    CHECK (jsonb_typeof(claims) = 'object'),
    CHECK (attempts >= 0)
);
CREATE INDEX logout_deliveries_due ON logout_deliveries (next_attempt_at) WHERE delivered_at IS NULL AND failed_at IS NULL;

CREATE TABLE jobs (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL,
    state        text NOT NULL,
    input        jsonb NOT NULL,
    created_by   text NOT NULL,
    total        integer NOT NULL,
    succeeded    integer NOT NULL,
    failed       integer NOT NULL,
    error_code   text NOT NULL,
    leased_by    text NOT NULL,
    leased_until timestamptz,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz,
    CHECK (state IN ('pending', 'running', 'succeeded', 'failed', 'cancelled')),
    CHECK (jsonb_typeof(input) = 'object')
);
CREATE INDEX jobs_created ON jobs (created_at, id);
CREATE INDEX jobs_open ON jobs (created_at, id) WHERE finished_at IS NULL;

CREATE TABLE job_items (
    job_id     uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    position   integer NOT NULL,
    input      jsonb NOT NULL,
    state      text NOT NULL,
    result     jsonb,
    error_code text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, position),
    CHECK (state IN ('pending', 'succeeded', 'failed', 'skipped'))
);

CREATE TABLE idempotency_keys (
    actor           text COLLATE "C" NOT NULL,
    client          text COLLATE "C" NOT NULL,
    field           text COLLATE "C" NOT NULL,
    idempotency_key text COLLATE "C" NOT NULL,
    args_hash       bytea NOT NULL,
    payload         jsonb,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (actor, client, field, idempotency_key)
);

-- +goose Down
DROP TABLE idempotency_keys, job_items, jobs, logout_deliveries, replay_keys, audit_events, signing_keys, revoked_tokens,
    grants, authorization_requests, consents, resources, scopes, clients, sessions, users, admin_guard;
DROP FUNCTION guard_admins();
