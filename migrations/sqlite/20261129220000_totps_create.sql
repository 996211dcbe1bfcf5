-- +goose Up
-- The authenticator app of a user. A server of the version before does not ask for it: its sessions are of level 1, and
-- those of today ask for the second factor before they go on with them.
CREATE TABLE totps (
    id           TEXT NOT NULL PRIMARY KEY,
    user_id      TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    sealed       BLOB NOT NULL,
    last_step    INTEGER NOT NULL,
    failures     INTEGER NOT NULL,
    created_at   TEXT NOT NULL,
    last_used_at TEXT
) STRICT;
ALTER TABLE users ADD COLUMN second_factor INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE users DROP COLUMN second_factor;
DROP TABLE totps;
