-- +goose Up
-- What nodes poll for writes that nobody announces to them: version grows with every write to what they cache.
CREATE TABLE cache_versions (
    name    TEXT NOT NULL,
    shard   INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (name, shard),
    CHECK (name IN ('lookups', 'signing_keys'))
) STRICT;
INSERT INTO cache_versions (name, shard, version) VALUES ('lookups', 0, 0), ('signing_keys', 0, 0);

-- +goose StatementBegin
CREATE TRIGGER clients_cache_version_insert AFTER INSERT ON clients BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clients_cache_version_update AFTER UPDATE ON clients BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clients_cache_version_delete AFTER DELETE ON clients BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER scopes_cache_version_insert AFTER INSERT ON scopes BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER scopes_cache_version_update AFTER UPDATE ON scopes BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER scopes_cache_version_delete AFTER DELETE ON scopes BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resources_cache_version_insert AFTER INSERT ON resources BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resources_cache_version_update AFTER UPDATE ON resources BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resources_cache_version_delete AFTER DELETE ON resources BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_cache_version_insert AFTER INSERT ON users BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_cache_version_delete AFTER DELETE ON users BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_cache_version_update AFTER UPDATE OF active, admin, version ON users BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sessions_cache_version_delete AFTER DELETE ON sessions BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sessions_cache_version_update AFTER UPDATE OF ended_at ON sessions WHEN NEW.ended_at IS NOT OLD.ended_at BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER grants_cache_version_delete AFTER DELETE ON grants BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER grants_cache_version_update AFTER UPDATE OF ended_at ON grants WHEN NEW.ended_at IS NOT OLD.ended_at BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revoked_tokens_cache_version_insert AFTER INSERT ON revoked_tokens BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER signing_keys_cache_version_insert AFTER INSERT ON signing_keys BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'signing_keys';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER signing_keys_cache_version_update AFTER UPDATE ON signing_keys BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'signing_keys';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER signing_keys_cache_version_delete AFTER DELETE ON signing_keys BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'signing_keys';
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER clients_cache_version_insert;
DROP TRIGGER clients_cache_version_update;
DROP TRIGGER clients_cache_version_delete;
DROP TRIGGER scopes_cache_version_insert;
DROP TRIGGER scopes_cache_version_update;
DROP TRIGGER scopes_cache_version_delete;
DROP TRIGGER resources_cache_version_insert;
DROP TRIGGER resources_cache_version_update;
DROP TRIGGER resources_cache_version_delete;
DROP TRIGGER users_cache_version_insert;
DROP TRIGGER users_cache_version_delete;
DROP TRIGGER users_cache_version_update;
DROP TRIGGER sessions_cache_version_delete;
DROP TRIGGER sessions_cache_version_update;
DROP TRIGGER grants_cache_version_delete;
DROP TRIGGER grants_cache_version_update;
DROP TRIGGER revoked_tokens_cache_version_insert;
DROP TRIGGER signing_keys_cache_version_insert;
DROP TRIGGER signing_keys_cache_version_update;
DROP TRIGGER signing_keys_cache_version_delete;
DROP TABLE cache_versions;
