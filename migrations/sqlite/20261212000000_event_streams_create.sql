-- +goose Up
-- The event streams of clients (Shared Signals Framework 1.0), and what waits to be sent in them. What is sent names users by what
-- the client calls them, also such as are gone by then.
CREATE TABLE event_streams (
    id               TEXT NOT NULL PRIMARY KEY,
    client_id        TEXT NOT NULL UNIQUE REFERENCES clients (id) ON DELETE CASCADE,
    method           TEXT NOT NULL,
    endpoint_url     TEXT NOT NULL,
    sealed           BLOB,
    events_requested TEXT NOT NULL,
    description      TEXT NOT NULL,
    status           TEXT NOT NULL,
    status_reason    TEXT NOT NULL,
    verified_at      TEXT,
    created_at       TEXT NOT NULL,
    updated_at       TEXT NOT NULL,
    CHECK (json_valid(events_requested) AND json_type(events_requested) = 'array'),
    CHECK (method IN ('push', 'poll')),
    CHECK ((method = 'push') = (endpoint_url <> '')),
    CHECK (status IN ('enabled', 'paused', 'disabled'))
) STRICT;

CREATE TABLE event_stream_removals (
    stream_id TEXT NOT NULL REFERENCES event_streams (id) ON DELETE CASCADE,
    user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (stream_id, user_id)
) STRICT;
CREATE INDEX event_stream_removals_user ON event_stream_removals (user_id);

CREATE TABLE security_events (
    id         TEXT NOT NULL PRIMARY KEY,
    stream_id  TEXT NOT NULL REFERENCES event_streams (id) ON DELETE CASCADE,
    user_id    TEXT,
    session_id TEXT,
    type       TEXT NOT NULL,
    event      TEXT NOT NULL,
    txn        TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CHECK (json_valid(event) AND json_type(event) = 'object')
) STRICT;
CREATE INDEX security_events_stream ON security_events (stream_id, created_at, id);

-- +goose Down
DROP TABLE security_events;
DROP TABLE event_stream_removals;
DROP TABLE event_streams;
