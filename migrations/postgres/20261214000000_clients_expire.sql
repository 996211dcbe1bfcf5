-- +goose Up
-- When the registration of a client ends by itself, unless it is renewed; null for those that stay.
ALTER TABLE clients ADD COLUMN expires_at timestamptz;

-- +goose Down
ALTER TABLE clients DROP COLUMN expires_at;
