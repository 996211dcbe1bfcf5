-- +goose Up
-- Users may change an attribute themselves.
ALTER TABLE attribute_definitions ADD COLUMN user_writable boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE attribute_definitions DROP COLUMN user_writable;
