-- +goose Up
-- A value sealed under the root key by the first program that wrote here: until there are signing keys it is what shows
-- that another root key does not fit.
CREATE TABLE root_key_check (
    id     integer PRIMARY KEY,
    sealed bytea NOT NULL,
    CHECK (id = 1)
);

-- +goose Down
DROP TABLE root_key_check;
