-- +goose Up
-- Administrators look for the sessions that were begun from an address.
CREATE INDEX sessions_ip ON sessions (ip, created_at, id);

-- +goose Down
DROP INDEX sessions_ip;
