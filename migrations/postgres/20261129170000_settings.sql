-- +goose Up
-- What administrators have stored of the settings: one row, a value as text for each name. There is none before the first.
CREATE TABLE settings (
    id         integer PRIMARY KEY,
    stored     jsonb NOT NULL,
    version    integer NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (id = 1)
);

-- +goose Down
DROP TABLE settings;
