-- +goose Up
-- Groups of users (decision 0057). The depth of a group is that of its parent and one more, and no group is its own parent
-- then: the foreign key holds both, also when two move at once. It is checked at the end of a statement, so that one
-- statement moves a group with all that are below it.
CREATE TABLE groups (
    id           TEXT NOT NULL PRIMARY KEY,
    parent_id    TEXT,
    parent_depth INTEGER,
    depth        INTEGER NOT NULL,
    name         TEXT NOT NULL,
    name_key     TEXT NOT NULL,
    description  TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    version      INTEGER NOT NULL,
    CONSTRAINT groups_id_depth_unique UNIQUE (id, depth),
    CONSTRAINT groups_parent FOREIGN KEY (parent_id, parent_depth) REFERENCES groups (id, depth),
    CONSTRAINT groups_depth CHECK (depth BETWEEN 1 AND 5),
    CHECK ((parent_id IS NULL) = (parent_depth IS NULL)),
    CHECK (depth = coalesce(parent_depth, 0) + 1),
    CHECK (version >= 1)
) STRICT;
CREATE UNIQUE INDEX groups_sibling_name_unique ON groups (parent_id, name_key) WHERE parent_id IS NOT NULL;
CREATE UNIQUE INDEX groups_root_name_unique ON groups (name_key) WHERE parent_id IS NULL;
CREATE INDEX groups_siblings ON groups (parent_id, name_key, id);
CREATE INDEX groups_name ON groups (name_key, id);
CREATE INDEX groups_created ON groups (created_at, id);
CREATE INDEX groups_updated ON groups (updated_at, id);
CREATE INDEX groups_parent_depth ON groups (parent_id, parent_depth);

CREATE TABLE group_members (
    id        TEXT NOT NULL PRIMARY KEY,
    group_id  TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    joined_at TEXT NOT NULL,
    CONSTRAINT group_members_unique UNIQUE (group_id, user_id)
) STRICT;
CREATE INDEX group_members_joined ON group_members (group_id, joined_at, id);
CREATE INDEX group_members_user ON group_members (user_id, joined_at, id);

-- +goose StatementBegin
CREATE TRIGGER groups_cache_version_insert AFTER INSERT ON groups BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER groups_cache_version_update AFTER UPDATE ON groups BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER groups_cache_version_delete AFTER DELETE ON groups BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER group_members_cache_version_insert AFTER INSERT ON group_members BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER group_members_cache_version_update AFTER UPDATE ON group_members BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER group_members_cache_version_delete AFTER DELETE ON group_members BEGIN
    UPDATE cache_versions SET version = version + 1 WHERE name = 'lookups';
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE group_members;
DROP TABLE groups;
