-- +goose Up
-- The thumbprint of the key that the code of a grant, and the refresh tokens of a public client, are bound to (RFC 9449 §5, §10).
ALTER TABLE grants ADD COLUMN bound_key text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE grants DROP COLUMN bound_key;
