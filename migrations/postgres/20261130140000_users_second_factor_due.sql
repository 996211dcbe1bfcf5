-- +goose Up
-- When a user who has no second factor must have one: set at the first sign-in for which the policy asks, and never again.
ALTER TABLE users ADD COLUMN second_factor_due_at timestamptz;

-- +goose Down
ALTER TABLE users DROP COLUMN second_factor_due_at;
