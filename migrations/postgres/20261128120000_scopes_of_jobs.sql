-- +goose Up
-- Two built-in scopes guarded nothing. They come back with what they guard.
DELETE FROM scopes WHERE name IN ('admin:jobs:read', 'admin:jobs:write');

-- +goose Down
-- The server before this one adds its built-in scopes when it starts.
SELECT 1;
