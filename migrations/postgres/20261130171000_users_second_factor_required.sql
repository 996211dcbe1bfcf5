-- +goose Up
-- An administrator demands a second factor of the user, whatever the policy asks of all.
ALTER TABLE users ADD COLUMN second_factor_required boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE users DROP COLUMN second_factor_required;
