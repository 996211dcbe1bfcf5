-- +goose Up
-- Whom somebody has created is found when that name is forgotten.
CREATE INDEX users_created_by ON users (created_by);

-- +goose Down
DROP INDEX users_created_by;
