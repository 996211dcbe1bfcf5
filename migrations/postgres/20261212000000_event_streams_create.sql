-- +goose Up
-- The event streams of clients (Shared Signals Framework 1.0), and what waits to be sent in them. What is sent names users by what
-- the client calls them, also such as are gone by then.
CREATE TABLE event_streams (
    id               uuid PRIMARY KEY,
    client_id        uuid NOT NULL UNIQUE REFERENCES clients (id) ON DELETE CASCADE,
    method           text NOT NULL,
    endpoint_url     text NOT NULL,
    sealed           bytea,
    events_requested jsonb NOT NULL,
    description      text NOT NULL,
    status           text NOT NULL,
    status_reason    text NOT NULL,
    verified_at      timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CHECK (method IN ('push', 'poll')),
    CHECK ((method = 'push') = (endpoint_url <> '')),
    CHECK (status IN ('enabled', 'paused', 'disabled'))
);

CREATE TABLE event_stream_removals (
    stream_id uuid NOT NULL REFERENCES event_streams (id) ON DELETE CASCADE,
    user_id   uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (stream_id, user_id)
);
CREATE INDEX event_stream_removals_user ON event_stream_removals (user_id);

CREATE TABLE security_events (
    id         uuid PRIMARY KEY,
    stream_id  uuid NOT NULL REFERENCES event_streams (id) ON DELETE CASCADE,
    user_id    uuid,
    session_id uuid,
    type       text NOT NULL,
    event      jsonb NOT NULL,
    txn        text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX security_events_stream ON security_events (stream_id, created_at, id);

-- +goose Down
DROP TABLE security_events;
DROP TABLE event_stream_removals;
DROP TABLE event_streams;
