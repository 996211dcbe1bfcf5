-- +goose Up
-- The one row that /health/ready writes, to learn whether the database takes writes.
CREATE TABLE health_checks (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    checked_at TEXT NOT NULL
) STRICT;

-- +goose Down
DROP TABLE health_checks;
