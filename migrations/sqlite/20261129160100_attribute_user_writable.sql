-- +goose Up
-- Users may change an attribute themselves.
ALTER TABLE attribute_definitions ADD COLUMN user_writable INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE attribute_definitions DROP COLUMN user_writable;
