-- +goose Up
-- The authenticator app of a user. A server of the version before does not ask for it: its sessions are of level 1, and
-- those of today ask for the second factor before they go on with them.
CREATE TABLE totps (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL CONSTRAINT totps_user_unique UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    sealed       bytea NOT NULL,
    last_step    bigint NOT NULL,
    failures     integer NOT NULL,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz
);
ALTER TABLE users ADD COLUMN second_factor boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE users DROP COLUMN second_factor;
DROP TABLE totps;
