-- +goose Up
-- What nodes poll for writes that nobody announces to them: version grows with every write to what they cache. One
-- backend adds to one row, so that writers do not wait for one another; the sum counts.
CREATE TABLE cache_versions (
    name    text COLLATE "C" NOT NULL,
    shard   integer NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (name, shard),
    CHECK (name IN ('lookups', 'signing_keys'))
);

-- Connections whose application name ends in " (announces)" tell the other nodes themselves what they change.
-- +goose StatementBegin
CREATE FUNCTION count_cache_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_ARGV[0] = 'signing_keys' OR current_setting('application_name') NOT LIKE '% (announces)' THEN
        INSERT INTO cache_versions (name, shard, version) VALUES (TG_ARGV[0], pg_backend_pid() % 1024, 1)
            ON CONFLICT (name, shard) DO UPDATE SET version = cache_versions.version + 1;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER clients_cache_version AFTER INSERT OR UPDATE OR DELETE ON clients FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');
CREATE TRIGGER scopes_cache_version AFTER INSERT OR UPDATE OR DELETE ON scopes FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');
CREATE TRIGGER resources_cache_version AFTER INSERT OR UPDATE OR DELETE ON resources FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');
CREATE TRIGGER users_cache_version AFTER INSERT OR DELETE OR UPDATE OF active, admin, version ON users FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');
CREATE TRIGGER sessions_cache_version AFTER DELETE OR UPDATE OF ended_at ON sessions FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');
CREATE TRIGGER grants_cache_version AFTER DELETE OR UPDATE OF ended_at ON grants FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');
CREATE TRIGGER revoked_tokens_cache_version AFTER INSERT ON revoked_tokens FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');
CREATE TRIGGER signing_keys_cache_version AFTER INSERT OR UPDATE OR DELETE ON signing_keys FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('signing_keys');

-- +goose Down
DROP TRIGGER clients_cache_version ON clients;
DROP TRIGGER scopes_cache_version ON scopes;
DROP TRIGGER resources_cache_version ON resources;
DROP TRIGGER users_cache_version ON users;
DROP TRIGGER sessions_cache_version ON sessions;
DROP TRIGGER grants_cache_version ON grants;
DROP TRIGGER revoked_tokens_cache_version ON revoked_tokens;
DROP TRIGGER signing_keys_cache_version ON signing_keys;
DROP FUNCTION count_cache_version();
DROP TABLE cache_versions;
