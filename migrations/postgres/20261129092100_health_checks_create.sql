-- +goose Up
-- The one row that /health/ready writes, to learn whether the database takes writes.
CREATE TABLE health_checks (
    id         smallint PRIMARY KEY CHECK (id = 1),
    checked_at timestamptz NOT NULL
);

-- +goose Down
DROP TABLE health_checks;
