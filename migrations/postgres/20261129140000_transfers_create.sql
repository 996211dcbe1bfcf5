-- +goose Up
-- A long import or export that an administrator has asked for. The queue (jobs) only says that it is due: what is true of
-- it is here, and step, which every transaction of it counts up, lets each happen once.
CREATE TABLE transfers (
    id           uuid PRIMARY KEY,
    kind         text COLLATE "C" NOT NULL,
    state        text COLLATE "C" NOT NULL,
    actor        jsonb NOT NULL,
    options      jsonb NOT NULL,
    upload_id    uuid,
    size         bigint NOT NULL,
    step         bigint NOT NULL,
    checkpoint   jsonb NOT NULL,
    counts       jsonb NOT NULL,
    error_code   text NOT NULL,
    error_detail text NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    expires_at   timestamptz,
    CHECK (state IN ('waiting', 'running', 'paused', 'succeeded', 'failed', 'cancelled')),
    CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled')))
);
CREATE INDEX transfers_created ON transfers (created_at, id);
CREATE INDEX transfers_open ON transfers (state) WHERE finished_at IS NULL;
CREATE INDEX transfers_expires ON transfers (expires_at) WHERE expires_at IS NOT NULL;

-- The file of an import as it was uploaded, or of an export as it is made.
CREATE TABLE transfer_chunks (
    upload_id   uuid NOT NULL,
    number      integer NOT NULL,
    transfer_id uuid NOT NULL REFERENCES transfers (id) ON DELETE CASCADE,
    data        bytea NOT NULL,
    PRIMARY KEY (upload_id, number)
);
CREATE INDEX transfer_chunks_transfer ON transfer_chunks (transfer_id, upload_id, number);

-- Rows that were refused: the first of each import.
CREATE TABLE transfer_failures (
    transfer_id uuid NOT NULL REFERENCES transfers (id) ON DELETE CASCADE,
    number      integer NOT NULL,
    line        bigint NOT NULL,
    code        text NOT NULL,
    field       text NOT NULL,
    detail      text NOT NULL,
    PRIMARY KEY (transfer_id, number)
);

-- +goose Down
DROP TABLE transfer_failures, transfer_chunks, transfers;
