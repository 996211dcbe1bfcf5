-- +goose Up
-- Administrators list grants by when they were given and by when they were last used: all, and those of a client.
CREATE INDEX grants_created ON grants (created_at, id);
CREATE INDEX grants_last_used ON grants (coalesce(refresh_rotated_at, '0001-01-01 00:00:00+00:00'), id);
CREATE INDEX grants_client_created ON grants (client_id, created_at, id);
CREATE INDEX grants_client_last_used ON grants (client_id, coalesce(refresh_rotated_at, '0001-01-01 00:00:00+00:00'), id);
DROP INDEX grants_client;

-- +goose Down
CREATE INDEX grants_client ON grants (client_id);
DROP INDEX grants_client_last_used;
DROP INDEX grants_client_created;
DROP INDEX grants_last_used;
DROP INDEX grants_created;
