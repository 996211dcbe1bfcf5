-- +goose Up
-- Who vouches for clients that register themselves. A server of the version before takes no such word.
ALTER TABLE trusted_issuers ADD COLUMN software_statements boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE trusted_issuers DROP COLUMN software_statements;
