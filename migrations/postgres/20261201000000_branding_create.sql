-- +goose Up
-- The look of pages and messages that administrators have stored: one row. There is none before the first.
CREATE TABLE branding (
    id         integer PRIMARY KEY,
    stored     jsonb NOT NULL,
    logo       bytea CHECK (length(logo) <= 40960),
    version    integer NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (id = 1)
);

-- +goose Down
DROP TABLE branding;
