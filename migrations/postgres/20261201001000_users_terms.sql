-- +goose Up
-- Which version of the terms the user has accepted last, and when; empty: none.
ALTER TABLE users ADD COLUMN terms_version text NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN terms_accepted_at timestamptz;

-- +goose Down
ALTER TABLE users DROP COLUMN terms_accepted_at;
ALTER TABLE users DROP COLUMN terms_version;
