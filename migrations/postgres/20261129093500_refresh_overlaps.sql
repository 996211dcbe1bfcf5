-- +goose Up
-- After how many rotations of a refresh family the previous token was answered again. No rotation resets it. A server of
-- before does not count it.
ALTER TABLE grants ADD COLUMN refresh_overlaps integer NOT NULL DEFAULT 0 CONSTRAINT grants_refresh_overlaps CHECK (refresh_overlaps >= 0);

-- +goose Down
ALTER TABLE grants DROP COLUMN refresh_overlaps;
