-- +goose Up
-- Roles of the server (without a client) and of clients, and who has them: users, or groups and with them whoever is in these
-- or below.
CREATE TABLE roles (
    id          uuid NOT NULL PRIMARY KEY,
    client_id   uuid REFERENCES clients (id) ON DELETE CASCADE,
    name        text NOT NULL,
    name_key    text COLLATE "C" NOT NULL,
    description text NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    version     integer NOT NULL,
    CHECK (version >= 1)
);
CREATE UNIQUE INDEX roles_client_name_unique ON roles (client_id, name_key) WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX roles_server_name_unique ON roles (name_key) WHERE client_id IS NULL;
CREATE INDEX roles_owner ON roles (client_id, name_key, id);
CREATE INDEX roles_name ON roles (name_key, id);
CREATE INDEX roles_created ON roles (created_at, id);

CREATE TABLE role_assignments (
    id          uuid NOT NULL PRIMARY KEY,
    role_id     uuid NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    user_id     uuid REFERENCES users (id) ON DELETE CASCADE,
    group_id    uuid REFERENCES groups (id) ON DELETE CASCADE,
    assigned_at timestamptz NOT NULL,
    CONSTRAINT role_assignments_user_unique UNIQUE (role_id, user_id),
    CONSTRAINT role_assignments_group_unique UNIQUE (role_id, group_id),
    CHECK ((user_id IS NULL) <> (group_id IS NULL))
);
CREATE INDEX role_assignments_users ON role_assignments (role_id, assigned_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX role_assignments_groups ON role_assignments (role_id, assigned_at, id) WHERE group_id IS NOT NULL;
CREATE INDEX role_assignments_user ON role_assignments (user_id, assigned_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX role_assignments_group ON role_assignments (group_id, assigned_at, id) WHERE group_id IS NOT NULL;

CREATE TRIGGER roles_cache_version AFTER INSERT OR UPDATE OR DELETE ON roles FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');
CREATE TRIGGER role_assignments_cache_version AFTER INSERT OR UPDATE OR DELETE ON role_assignments FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');

-- +goose Down
DROP TABLE role_assignments;
DROP TABLE roles;
