-- +goose Up
-- What users have of the attributes that are declared: a row for each value.
CREATE TABLE user_attributes (
    user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    attribute_id uuid NOT NULL REFERENCES attribute_definitions (id) ON DELETE CASCADE,
    position     integer NOT NULL,
    value        text NOT NULL,
    unique_key   text COLLATE "C",
    filter_key   text COLLATE "C",
    PRIMARY KEY (user_id, attribute_id, position)
);
CREATE UNIQUE INDEX user_attributes_value_unique ON user_attributes (attribute_id, unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX user_attributes_value ON user_attributes (attribute_id, filter_key, user_id) WHERE filter_key IS NOT NULL;
CREATE INDEX user_attributes_attribute ON user_attributes (attribute_id, user_id);

CREATE TRIGGER user_attributes_cache_version AFTER INSERT OR UPDATE OR DELETE ON user_attributes FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');

-- +goose Down
DROP TABLE user_attributes;
