-- +goose Up
-- What administrators have stored of the settings: one row, a value as text for each name. There is none before the first.
CREATE TABLE settings (
    id         INTEGER NOT NULL PRIMARY KEY,
    stored     TEXT NOT NULL CHECK (json_valid(stored)),
    version    INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    CHECK (id = 1)
) STRICT;

-- +goose Down
DROP TABLE settings;
