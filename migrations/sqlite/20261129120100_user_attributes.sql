-- +goose Up
-- What users have of the attributes that are declared: a row for each value.
CREATE TABLE user_attributes (
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    attribute_id TEXT NOT NULL REFERENCES attribute_definitions (id) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    value        TEXT NOT NULL,
    unique_key   TEXT,
    filter_key   TEXT,
    PRIMARY KEY (user_id, attribute_id, position)
) STRICT;
CREATE UNIQUE INDEX user_attributes_value_unique ON user_attributes (attribute_id, unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX user_attributes_value ON user_attributes (attribute_id, filter_key, user_id) WHERE filter_key IS NOT NULL;
CREATE INDEX user_attributes_attribute ON user_attributes (attribute_id, user_id);

-- +goose StatementBegin
CREATE TRIGGER user_attributes_cache_version_insert AFTER INSERT ON user_attributes BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER user_attributes_cache_version_update AFTER UPDATE ON user_attributes BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER user_attributes_cache_version_delete AFTER DELETE ON user_attributes BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE user_attributes;
