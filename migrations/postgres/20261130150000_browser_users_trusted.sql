-- +goose Up
-- Until when the browser spares the user the second factor: null, or the user has asked for that and has proven the factor there.
ALTER TABLE browser_users ADD COLUMN trusted_until timestamptz;

-- +goose Down
ALTER TABLE browser_users DROP COLUMN trusted_until;
