-- +goose Up
-- What clients are told of attributes: by which claim (empty: the name), and the scopes that release it. Both names are ASCII,
-- which lower folds alike in both databases.
ALTER TABLE attribute_definitions ADD COLUMN claim TEXT NOT NULL DEFAULT '';
ALTER TABLE attribute_definitions ADD COLUMN claim_key TEXT GENERATED ALWAYS AS (lower(coalesce(nullif(claim, ''), name_key))) VIRTUAL;
CREATE UNIQUE INDEX attribute_definitions_claim_unique ON attribute_definitions (claim_key);

CREATE TABLE attribute_scopes (
    attribute_id TEXT NOT NULL REFERENCES attribute_definitions (id) ON DELETE CASCADE,
    scope        TEXT NOT NULL REFERENCES scopes (name) ON DELETE CASCADE,
    PRIMARY KEY (attribute_id, scope)
) STRICT;
CREATE INDEX attribute_scopes_scope ON attribute_scopes (scope);

-- +goose StatementBegin
CREATE TRIGGER attribute_scopes_cache_version_insert AFTER INSERT ON attribute_scopes BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER attribute_scopes_cache_version_update AFTER UPDATE ON attribute_scopes BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER attribute_scopes_cache_version_delete AFTER DELETE ON attribute_scopes BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE attribute_scopes;
DROP INDEX attribute_definitions_claim_unique;
ALTER TABLE attribute_definitions DROP COLUMN claim_key;
ALTER TABLE attribute_definitions DROP COLUMN claim;
