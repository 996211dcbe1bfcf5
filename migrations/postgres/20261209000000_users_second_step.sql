-- +goose Up
-- Whose passkeys are asked for after another first factor, because the user says so. A server of the version before does not ask for
-- them, and leaves it as it is when it removes the last one: it means nothing without a passkey.
ALTER TABLE users ADD COLUMN second_step boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE users DROP COLUMN second_step;
