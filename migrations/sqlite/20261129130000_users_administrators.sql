-- +goose Up
-- Administrators are few, and what concerns them is asked of whole groups: those who are not active are asked about too, for which
-- users_admins has no row.
CREATE INDEX users_administrators ON users (id) WHERE admin;

-- +goose Down
DROP INDEX users_administrators;
