-- +goose Up
-- What each client asked of the token endpoints on each day (UTC). Nodes count in memory and add to it now and then.
CREATE TABLE client_days (
    client_id    TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    day          TEXT NOT NULL,
    tokens       INTEGER NOT NULL,
    refusals     INTEGER NOT NULL,
    last_used_at TEXT NOT NULL,
    PRIMARY KEY (client_id, day),
    CHECK (tokens >= 0),
    CHECK (refusals >= 0)
) STRICT;
CREATE INDEX client_days_day ON client_days (day);

-- +goose Down
DROP TABLE client_days;
