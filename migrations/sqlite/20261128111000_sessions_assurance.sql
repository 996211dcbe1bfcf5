-- +goose Up
-- What was proven in a session, and the level that it reaches. Sessions of before, and those that a server of before
-- makes or renews, have the default: one factor, which their amr names. The index has the level, so that counts go on
-- without a look at the rows.
ALTER TABLE sessions ADD COLUMN factors TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(factors) AND json_type(factors) = 'array');
ALTER TABLE sessions ADD COLUMN level INTEGER NOT NULL DEFAULT 1 CHECK (level >= 0);
DROP INDEX sessions_user;
CREATE INDEX sessions_user ON sessions (user_id, ended_at, expires_at, level);

-- +goose Down
DROP INDEX sessions_user;
CREATE INDEX sessions_user ON sessions (user_id, ended_at, expires_at);
ALTER TABLE sessions DROP COLUMN level;
ALTER TABLE sessions DROP COLUMN factors;
