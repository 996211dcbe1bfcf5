-- +goose Up
-- What has changed since a time is asked once a second while somebody follows jobs.
CREATE INDEX transfers_updated ON transfers (updated_at, id);

-- +goose Down
DROP INDEX transfers_updated;
