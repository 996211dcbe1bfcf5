-- +goose Up
-- The audit trail is a chain (docs/decisions/0060): each link has a keyed digest of its event and of the link before.

-- What waits for its place, in the order of insertion. The trigger fills it, also for servers of the version before.
CREATE TABLE audit_pending (
    position INTEGER NOT NULL PRIMARY KEY,
    event_id TEXT NOT NULL
) STRICT;

-- salt is part of the digest of what an event says of people. When that is erased the salt goes, personal keeps the
-- digest, and erased authenticates what has taken its place.
CREATE TABLE audit_chain (
    seq        INTEGER NOT NULL PRIMARY KEY,
    event_id   TEXT NOT NULL UNIQUE,
    key_number INTEGER NOT NULL,
    chained_at TEXT NOT NULL,
    signed     INTEGER NOT NULL,
    salt       BLOB,
    personal   BLOB,
    erased     BLOB,
    digest     BLOB NOT NULL
) STRICT;

-- last is the newest link, first the last one that retention has removed.
CREATE TABLE audit_checkpoints (
    name       TEXT NOT NULL PRIMARY KEY,
    seq        INTEGER NOT NULL,
    digest     BLOB NOT NULL,
    signed     INTEGER NOT NULL,
    key_number INTEGER NOT NULL,
    made_at    TEXT NOT NULL,
    mac        BLOB NOT NULL,
    CHECK (name IN ('first', 'last'))
) STRICT;

-- The keys of the chain, sealed under the root key.
CREATE TABLE audit_keys (
    number     INTEGER NOT NULL PRIMARY KEY,
    sealed     BLOB NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER audit_events_wait AFTER INSERT ON audit_events BEGIN
    INSERT INTO audit_pending (event_id) VALUES (NEW.id);
END;
-- +goose StatementEnd

-- A server of the version before sweeps old events without leaving an anchor: what is chained goes after its link only.
-- +goose StatementBegin
CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_chain WHERE event_id = OLD.id) BEGIN
    SELECT RAISE(IGNORE);
END;
-- +goose StatementEnd

INSERT INTO audit_pending (event_id) SELECT id FROM audit_events ORDER BY occurred_at, id;

-- +goose Down
DROP TRIGGER audit_events_stay;
DROP TRIGGER audit_events_wait;
DROP TABLE audit_keys;
DROP TABLE audit_checkpoints;
DROP TABLE audit_chain;
DROP TABLE audit_pending;
