-- +goose Up
-- An administrator demands a second factor of the user, whatever the policy asks of all.
ALTER TABLE users ADD COLUMN second_factor_required INTEGER NOT NULL DEFAULT 0 CHECK (second_factor_required IN (0, 1));

-- +goose Down
ALTER TABLE users DROP COLUMN second_factor_required;
