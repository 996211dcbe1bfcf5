-- +goose Up
-- Until when the user is known on the browser by a mailed code alone: null, or the user has not signed in there yet.
ALTER TABLE browser_users ADD COLUMN known_until TEXT;

-- +goose Down
ALTER TABLE browser_users DROP COLUMN known_until;
