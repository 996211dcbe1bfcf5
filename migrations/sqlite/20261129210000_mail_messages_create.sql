-- +goose Up
-- Messages to users: written in the transaction of what they tell of, sent by the job that is written with them. What one
-- says is sealed, because it may hold a link that must be nobody else's, and goes when it is sent or given up.
CREATE TABLE mail_messages (
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
CREATE INDEX mail_messages_user ON mail_messages (user_id, id);

-- +goose Down
DROP TABLE mail_messages;
