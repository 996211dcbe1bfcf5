-- +goose Up
-- The key of pairwise subjects, sealed under the root key. It never changes: every sub that clients have hangs on it.
CREATE TABLE pairwise_key (
    id     integer PRIMARY KEY,
    sealed bytea NOT NULL,
    CHECK (id = 1)
);

-- +goose Down
DROP TABLE pairwise_key;
