-- +goose Up
-- A message to somebody who is not a user any more, or not yet: those of a user go with the user.
CREATE TABLE mail_messages_new (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
    to_address TEXT NOT NULL,
    locale     TEXT NOT NULL,
    sealed     BLOB,
    attempts   INTEGER NOT NULL,
    failure    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    sent_at    TEXT,
    failed_at  TEXT,
    CHECK (sent_at IS NULL OR failed_at IS NULL),
    CHECK ((sealed IS NULL) = (sent_at IS NOT NULL OR failed_at IS NOT NULL))
) STRICT;
INSERT INTO mail_messages_new (id, kind, user_id, to_address, locale, sealed, attempts, failure, created_at, sent_at, failed_at)
SELECT id, kind, user_id, to_address, locale, sealed, attempts, failure, created_at, sent_at, failed_at FROM mail_messages;
DROP TABLE mail_messages;
ALTER TABLE mail_messages_new RENAME TO mail_messages;
CREATE INDEX mail_messages_user ON mail_messages (user_id, id);

-- +goose Down
CREATE TABLE mail_messages_old (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    to_address TEXT NOT NULL,
    locale     TEXT NOT NULL,
    sealed     BLOB,
    attempts   INTEGER NOT NULL,
    failure    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    sent_at    TEXT,
    failed_at  TEXT,
    CHECK (sent_at IS NULL OR failed_at IS NULL),
    CHECK ((sealed IS NULL) = (sent_at IS NOT NULL OR failed_at IS NOT NULL))
) STRICT;
INSERT INTO mail_messages_old (id, kind, user_id, to_address, locale, sealed, attempts, failure, created_at, sent_at, failed_at)
SELECT id, kind, user_id, to_address, locale, sealed, attempts, failure, created_at, sent_at, failed_at
FROM mail_messages WHERE user_id IS NOT NULL;
DROP TABLE mail_messages;
ALTER TABLE mail_messages_old RENAME TO mail_messages;
CREATE INDEX mail_messages_user ON mail_messages (user_id, id);
