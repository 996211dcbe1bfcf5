-- +goose Up
-- What clients are told of attributes: by which claim (empty: the name), and the scopes that release it. Both names are ASCII,
-- which lower folds alike in both databases.
ALTER TABLE attribute_definitions
    ADD COLUMN claim text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN claim_key text COLLATE "C" GENERATED ALWAYS AS (lower(coalesce(nullif(claim, ''), name_key))) STORED;
CREATE UNIQUE INDEX attribute_definitions_claim_unique ON attribute_definitions (claim_key);

CREATE TABLE attribute_scopes (
    attribute_id uuid NOT NULL REFERENCES attribute_definitions (id) ON DELETE CASCADE,
    scope        text COLLATE "C" NOT NULL REFERENCES scopes (name) ON DELETE CASCADE,
    PRIMARY KEY (attribute_id, scope)
);
CREATE INDEX attribute_scopes_scope ON attribute_scopes (scope);

CREATE TRIGGER attribute_scopes_cache_version AFTER INSERT OR UPDATE OR DELETE ON attribute_scopes FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');

-- +goose Down
DROP TABLE attribute_scopes;
DROP INDEX attribute_definitions_claim_unique;
ALTER TABLE attribute_definitions DROP COLUMN claim_key, DROP COLUMN claim;
