-- +goose Up
-- Administrators list consents by when they were last updated: all, and those for a client.
CREATE INDEX consents_updated ON consents (updated_at, user_id, client_id);
CREATE INDEX consents_client_updated ON consents (client_id, updated_at, user_id);
DROP INDEX consents_client;

-- +goose Down
CREATE INDEX consents_client ON consents (client_id);
DROP INDEX consents_client_updated;
DROP INDEX consents_updated;
