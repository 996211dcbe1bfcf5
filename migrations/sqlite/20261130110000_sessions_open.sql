-- +goose Up
-- Lists of active sessions pass over those that have ended without reading them, and over those that have expired without leaving
-- the index.
CREATE INDEX sessions_open_created ON sessions (created_at, id, expires_at) WHERE ended_at IS NULL AND level >= 1;
CREATE INDEX sessions_open_active ON sessions (last_active_at, id, expires_at) WHERE ended_at IS NULL AND level >= 1;

-- +goose Down
DROP INDEX sessions_open_active;
DROP INDEX sessions_open_created;
