-- +goose Up
-- Grants of which tokens were handed out with the authorization response. A server of the version before removes those whose code
-- nobody redeems as soon as that has expired, and their tokens with them: the response types are off until an operator says so.
ALTER TABLE grants ADD COLUMN front_channel boolean NOT NULL DEFAULT false;
DROP INDEX grants_unspent;
CREATE INDEX grants_unspent ON grants (code_expires_at)
    WHERE code_digest IS NOT NULL AND code_spent_at IS NULL AND NOT front_channel;

-- +goose Down
DROP INDEX grants_unspent;
CREATE INDEX grants_unspent ON grants (code_expires_at) WHERE code_digest IS NOT NULL AND code_spent_at IS NULL;
ALTER TABLE grants DROP COLUMN front_channel;
