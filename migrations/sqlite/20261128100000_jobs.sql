-- +goose Up
-- Two tables of the first schema that no program has ever named: their place is taken by the jobs below.
DROP TABLE job_items;
DROP TABLE jobs;

-- Durable work, written in the transaction of the change that asks for it. lease_until is set while a node runs it, and
-- attempts, which every claim counts up, tells which claim holds the lease.
CREATE TABLE jobs (
    id          TEXT NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL,
    lane        TEXT NOT NULL,
    singleton   TEXT,
    payload     TEXT NOT NULL,
    run_at      TEXT NOT NULL,
    attempts    INTEGER NOT NULL,
    lease_until TEXT,
    progress    TEXT,
    result      TEXT,
    outcome     TEXT NOT NULL,
    error_code  TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    finished_at TEXT,
    CHECK (attempts >= 0),
    CHECK (outcome IN ('', 'success', 'failure')),
    CHECK ((finished_at IS NULL) = (outcome = '')),
    CHECK (json_valid(payload)),
    CHECK (json_valid(progress)),
    CHECK (json_valid(result))
) STRICT;
-- The first jobs of each lane are found without those behind them.
CREATE INDEX jobs_open ON jobs (kind, lane, run_at, id) WHERE finished_at IS NULL;
-- Of the jobs that share a singleton at most one is unfinished: two nodes that schedule a recurring job agree on one.
CREATE UNIQUE INDEX jobs_singleton ON jobs (singleton) WHERE finished_at IS NULL;

-- +goose Down
-- What is owed goes back to where the server of before delivers it from.
INSERT INTO logout_deliveries (id, client_id, session_id, uri, claims, attempts, next_attempt_at, created_at)
    SELECT j.id, c.id, j.payload->>'session_id', j.payload->>'uri', json_object('sub', j.payload->>'user_id'), j.attempts, j.run_at,
        j.created_at
    FROM jobs j JOIN clients c ON c.id = j.payload->>'client_id'
    WHERE j.kind = 'logout.deliver' AND j.finished_at IS NULL;
DROP TABLE jobs;
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
