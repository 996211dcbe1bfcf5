-- +goose Up
-- The look of pages and messages that administrators have stored: one row. There is none before the first.
CREATE TABLE branding (
    id         INTEGER NOT NULL PRIMARY KEY,
    stored     TEXT NOT NULL CHECK (json_valid(stored)),
    logo       BLOB CHECK (length(logo) <= 40960),
    version    INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    CHECK (id = 1)
) STRICT;

-- +goose Down
DROP TABLE branding;
