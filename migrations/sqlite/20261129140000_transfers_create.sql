-- +goose Up
-- A long import or export that an administrator has asked for. The queue (jobs) only says that it is due: what is true of
-- it is here, and step, which every transaction of it counts up, lets each happen once.
CREATE TABLE transfers (
    id           TEXT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    actor        TEXT NOT NULL,
    options      TEXT NOT NULL,
    upload_id    TEXT,
    size         INTEGER NOT NULL,
    step         INTEGER NOT NULL,
    checkpoint   TEXT NOT NULL,
    counts       TEXT NOT NULL,
    error_code   TEXT NOT NULL,
    error_detail TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    finished_at  TEXT,
    expires_at   TEXT,
    CHECK (state IN ('waiting', 'running', 'paused', 'succeeded', 'failed', 'cancelled')),
    CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled'))),
    CHECK (json_valid(actor)),
    CHECK (json_valid(options)),
    CHECK (json_valid(checkpoint)),
    CHECK (json_valid(counts))
) STRICT;
CREATE INDEX transfers_created ON transfers (created_at, id);
CREATE INDEX transfers_open ON transfers (state) WHERE finished_at IS NULL;
CREATE INDEX transfers_expires ON transfers (expires_at) WHERE expires_at IS NOT NULL;

-- The file of an import as it was uploaded, or of an export as it is made.
CREATE TABLE transfer_chunks (
    upload_id   TEXT NOT NULL,
    number      INTEGER NOT NULL,
    transfer_id TEXT NOT NULL REFERENCES transfers (id) ON DELETE CASCADE,
    data        BLOB NOT NULL,
    PRIMARY KEY (upload_id, number)
) STRICT;
CREATE INDEX transfer_chunks_transfer ON transfer_chunks (transfer_id, upload_id, number);

-- Rows that were refused: the first of each import.
CREATE TABLE transfer_failures (
    transfer_id TEXT NOT NULL REFERENCES transfers (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    code        TEXT NOT NULL,
    field       TEXT NOT NULL,
    detail      TEXT NOT NULL,
    PRIMARY KEY (transfer_id, number)
) STRICT;

-- +goose Down
DROP TABLE transfer_failures;
DROP TABLE transfer_chunks;
DROP TABLE transfers;
