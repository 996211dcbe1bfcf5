-- +goose Up
-- Users are found by one key, of an attribute with a value: planners take two columns for independent. No row has a key yet.
DROP INDEX user_attributes_value;
CREATE INDEX user_attributes_filter ON user_attributes (filter_key, user_id) WHERE filter_key IS NOT NULL;

-- +goose Down
DROP INDEX user_attributes_filter;
CREATE INDEX user_attributes_value ON user_attributes (attribute_id, filter_key, user_id) WHERE filter_key IS NOT NULL;
