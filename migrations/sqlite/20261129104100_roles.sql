-- +goose Up
-- Roles of the server (without a client) and of clients, and who has them: users, or groups and with them whoever is in these
-- or below.
CREATE TABLE roles (
    id          TEXT NOT NULL PRIMARY KEY,
    client_id   TEXT REFERENCES clients (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    version     INTEGER NOT NULL,
    CHECK (version >= 1)
) STRICT;
CREATE UNIQUE INDEX roles_client_name_unique ON roles (client_id, name_key) WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX roles_server_name_unique ON roles (name_key) WHERE client_id IS NULL;
CREATE INDEX roles_owner ON roles (client_id, name_key, id);
CREATE INDEX roles_name ON roles (name_key, id);
CREATE INDEX roles_created ON roles (created_at, id);

CREATE TABLE role_assignments (
    id          TEXT NOT NULL PRIMARY KEY,
    role_id     TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    user_id     TEXT REFERENCES users (id) ON DELETE CASCADE,
    group_id    TEXT REFERENCES groups (id) ON DELETE CASCADE,
    assigned_at TEXT NOT NULL,
    CONSTRAINT role_assignments_user_unique UNIQUE (role_id, user_id),
    CONSTRAINT role_assignments_group_unique UNIQUE (role_id, group_id),
    CHECK ((user_id IS NULL) <> (group_id IS NULL))
) STRICT;
CREATE INDEX role_assignments_users ON role_assignments (role_id, assigned_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX role_assignments_groups ON role_assignments (role_id, assigned_at, id) WHERE group_id IS NOT NULL;
CREATE INDEX role_assignments_user ON role_assignments (user_id, assigned_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX role_assignments_group ON role_assignments (group_id, assigned_at, id) WHERE group_id IS NOT NULL;

-- +goose StatementBegin
CREATE TRIGGER roles_cache_version_insert AFTER INSERT ON roles BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER roles_cache_version_update AFTER UPDATE ON roles BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER roles_cache_version_delete AFTER DELETE ON roles BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER role_assignments_cache_version_insert AFTER INSERT ON role_assignments BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER role_assignments_cache_version_update AFTER UPDATE ON role_assignments BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER role_assignments_cache_version_delete AFTER DELETE ON role_assignments BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE role_assignments;
DROP TABLE roles;
