-- +goose Up
-- Each migration is one transaction, and the last thing in it is its row here. Two processes that migrate at once on a
-- database without a lock for that (SQLite) cannot both commit the same one any more.
CREATE UNIQUE INDEX goose_db_version_unique ON goose_db_version (version_id);

-- +goose Down
DROP INDEX goose_db_version_unique;
