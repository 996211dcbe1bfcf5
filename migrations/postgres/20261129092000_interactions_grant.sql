-- +goose Up
-- What answered an interaction, so that a second click is answered again and the code before is not left usable. No foreign
-- key: a grant is swept away sooner.
ALTER TABLE authorization_requests ADD COLUMN grant_id uuid;

-- +goose Down
ALTER TABLE authorization_requests DROP COLUMN grant_id;
