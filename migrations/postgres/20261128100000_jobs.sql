-- +goose Up
-- Two tables of the first schema that no program has ever named: their place is taken by the jobs below.
DROP TABLE job_items, jobs;

-- Durable work, written in the transaction of the change that asks for it. lease_until is set while a node runs it, and
-- attempts, which every claim counts up, tells which claim holds the lease.
CREATE TABLE jobs (
    id          uuid PRIMARY KEY,
    kind        text COLLATE "C" NOT NULL,
    lane        text COLLATE "C" NOT NULL,
    singleton   text COLLATE "C",
    payload     jsonb NOT NULL,
    run_at      timestamptz NOT NULL,
    attempts    integer NOT NULL,
    lease_until timestamptz,
    progress    jsonb,
    result      jsonb,
    outcome     text NOT NULL,
    error_code  text NOT NULL,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    CHECK (attempts >= 0),
    CHECK (outcome IN ('', 'success', 'failure')),
    CHECK ((finished_at IS NULL) = (outcome = ''))
);
-- The first jobs of each lane are found without those behind them.
CREATE INDEX jobs_open ON jobs (kind, lane, run_at, id) WHERE finished_at IS NULL;
-- Of the jobs that share a singleton at most one is unfinished: two nodes that schedule a recurring job agree on one.
CREATE UNIQUE INDEX jobs_singleton ON jobs (singleton) WHERE finished_at IS NULL;

-- +goose Down
-- What is owed goes back to where the server of before delivers it from.
INSERT INTO logout_deliveries (id, client_id, session_id, uri, claims, attempts, next_attempt_at, created_at)
    SELECT j.id, c.id, (j.payload->>'session_id')::uuid, j.payload->>'uri', jsonb_build_object('sub', j.payload->>'user_id'), j.attempts,
        j.run_at, j.created_at
    FROM jobs j JOIN clients c ON c.id = (j.payload->>'client_id')::uuid
    WHERE j.kind = 'logout.deliver' AND j.finished_at IS NULL;
DROP TABLE jobs;
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
