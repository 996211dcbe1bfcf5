-- +goose Up
-- A password that an administrator has made and the user must change is refused from then on. Those made before have no
-- end.
ALTER TABLE users ADD COLUMN password_expires_at TEXT;

-- +goose Down
ALTER TABLE users DROP COLUMN password_expires_at;
