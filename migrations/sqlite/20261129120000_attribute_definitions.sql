-- +goose Up
-- What operators declare that is known about users besides the standard claims.
CREATE TABLE attribute_definitions (
    id           TEXT NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    name_key     TEXT NOT NULL,
    display_name TEXT NOT NULL,
    description  TEXT NOT NULL,
    type         TEXT NOT NULL,
    pattern      TEXT NOT NULL,
    required     INTEGER NOT NULL,
    is_unique    INTEGER NOT NULL,
    filterable   INTEGER NOT NULL,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    version      INTEGER NOT NULL,
    CONSTRAINT attribute_definitions_name_unique UNIQUE (name_key),
    CHECK (version >= 1)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER attribute_definitions_cache_version_insert AFTER INSERT ON attribute_definitions BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER attribute_definitions_cache_version_update AFTER UPDATE ON attribute_definitions BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER attribute_definitions_cache_version_delete AFTER DELETE ON attribute_definitions BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE attribute_definitions;
