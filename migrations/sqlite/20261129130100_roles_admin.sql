-- +goose Up
-- A role of the server may carry scopes of administration, for users of some groups (ids) or for everybody (null). A group that
-- is gone stays in the list and stands for nobody: a role never becomes one for everybody by that.
ALTER TABLE roles ADD COLUMN admin_scopes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(admin_scopes) AND (client_id IS NULL OR admin_scopes = '[]'));
ALTER TABLE roles ADD COLUMN admin_groups TEXT CHECK (admin_groups IS NULL OR json_valid(admin_groups));
CREATE INDEX roles_administration ON roles (id) WHERE admin_scopes <> '[]';

-- +goose Down
DROP INDEX roles_administration;
ALTER TABLE roles DROP COLUMN admin_groups;
ALTER TABLE roles DROP COLUMN admin_scopes;
