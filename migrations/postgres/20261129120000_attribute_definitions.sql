-- +goose Up
-- What operators declare that is known about users besides the standard claims.
CREATE TABLE attribute_definitions (
    id           uuid NOT NULL PRIMARY KEY,
    name         text NOT NULL,
    name_key     text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    description  text NOT NULL,
    type         text NOT NULL,
    pattern      text NOT NULL,
    required     boolean NOT NULL,
    is_unique    boolean NOT NULL,
    filterable   boolean NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    version      integer NOT NULL,
    CONSTRAINT attribute_definitions_name_unique UNIQUE (name_key),
    CHECK (version >= 1)
);

CREATE TRIGGER attribute_definitions_cache_version AFTER INSERT OR UPDATE OR DELETE ON attribute_definitions FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');

-- +goose Down
DROP TABLE attribute_definitions;
