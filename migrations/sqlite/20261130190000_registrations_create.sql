-- +goose Up
-- People who register: the browser that asked and the code that was mailed, both as digests. There is no user before the
-- code was typed in that browser. A row without a code that anybody knows stands for an address that has an account.
CREATE TABLE registrations (
    id          TEXT NOT NULL PRIMARY KEY,
    digest      BLOB NOT NULL UNIQUE,
    email       TEXT NOT NULL,
    code_digest BLOB NOT NULL,
    attempts    INTEGER NOT NULL,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    proven_at   TEXT
) STRICT;
CREATE INDEX registrations_expiry ON registrations (expires_at);

-- Messages also go to people who are no users yet. The text is replaced in place, as in 20261129096200_json_null.sql.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'user_id    TEXT NOT NULL REFERENCES', 'user_id    TEXT REFERENCES')
    WHERE type = 'table' AND name = 'mail_messages';
CREATE TABLE schema_changed (id INTEGER PRIMARY KEY) STRICT;
DROP TABLE schema_changed;
PRAGMA writable_schema = RESET;

-- +goose Down
DELETE FROM mail_messages WHERE user_id IS NULL;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'user_id    TEXT REFERENCES', 'user_id    TEXT NOT NULL REFERENCES')
    WHERE type = 'table' AND name = 'mail_messages';
CREATE TABLE schema_changed (id INTEGER PRIMARY KEY) STRICT;
DROP TABLE schema_changed;
PRAGMA writable_schema = RESET;
DROP TABLE registrations;
