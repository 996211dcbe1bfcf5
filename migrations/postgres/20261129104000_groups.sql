-- +goose Up
-- Groups of users (decision 0057). The depth of a group is that of its parent and one more, and no group is its own parent
-- then: the foreign key holds both, also when two move at once. It is checked at the end of a statement, so that one
-- statement moves a group with all that are below it.
CREATE TABLE groups (
    id           uuid NOT NULL PRIMARY KEY,
    parent_id    uuid,
    parent_depth integer,
    depth        integer NOT NULL,
    name         text NOT NULL,
    name_key     text COLLATE "C" NOT NULL,
    description  text NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    version      integer NOT NULL,
    CONSTRAINT groups_id_depth_unique UNIQUE (id, depth),
    CONSTRAINT groups_parent FOREIGN KEY (parent_id, parent_depth) REFERENCES groups (id, depth),
    CONSTRAINT groups_depth CHECK (depth BETWEEN 1 AND 5),
    CHECK ((parent_id IS NULL) = (parent_depth IS NULL)),
    CHECK (depth = coalesce(parent_depth, 0) + 1),
    CHECK (version >= 1)
);
CREATE UNIQUE INDEX groups_sibling_name_unique ON groups (parent_id, name_key) WHERE parent_id IS NOT NULL;
CREATE UNIQUE INDEX groups_root_name_unique ON groups (name_key) WHERE parent_id IS NULL;
CREATE INDEX groups_siblings ON groups (parent_id, name_key, id);
CREATE INDEX groups_name ON groups (name_key, id);
CREATE INDEX groups_created ON groups (created_at, id);
CREATE INDEX groups_updated ON groups (updated_at, id);
CREATE INDEX groups_parent_depth ON groups (parent_id, parent_depth);

CREATE TABLE group_members (
    id        uuid NOT NULL PRIMARY KEY,
    group_id  uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id   uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    joined_at timestamptz NOT NULL,
    CONSTRAINT group_members_unique UNIQUE (group_id, user_id)
);
CREATE INDEX group_members_joined ON group_members (group_id, joined_at, id);
CREATE INDEX group_members_user ON group_members (user_id, joined_at, id);

CREATE TRIGGER groups_cache_version AFTER INSERT OR UPDATE OR DELETE ON groups FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');
CREATE TRIGGER group_members_cache_version AFTER INSERT OR UPDATE OR DELETE ON group_members FOR EACH STATEMENT
    EXECUTE FUNCTION count_cache_version('lookups');

-- +goose Down
DROP TABLE group_members;
DROP TABLE groups;
