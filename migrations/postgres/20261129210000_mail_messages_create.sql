-- +goose Up
-- Messages to users: written in the transaction of what they tell of, sent by the job that is written with them. What one
-- says is sealed, because it may hold a link that must be nobody else's, and goes when it is sent or given up.
CREATE TABLE mail_messages (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL,
    user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    to_address text NOT NULL,
    locale     text NOT NULL,
    sealed     bytea,
    attempts   integer NOT NULL,
    failure    text NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at    timestamptz,
    failed_at  timestamptz,
    CHECK (sent_at IS NULL OR failed_at IS NULL),
    CHECK ((sealed IS NULL) = (sent_at IS NOT NULL OR failed_at IS NOT NULL))
);
CREATE INDEX mail_messages_user ON mail_messages (user_id, id);

-- +goose Down
DROP TABLE mail_messages;
