-- +goose Up
-- The key of pairwise subjects, sealed under the root key. It never changes: every sub that clients have hangs on it.
CREATE TABLE pairwise_key (
    id     INTEGER NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL,
    CHECK (id = 1)
) STRICT;

-- +goose Down
DROP TABLE pairwise_key;
