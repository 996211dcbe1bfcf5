-- +goose Up
-- Administrators list messages by when they were written, those that wait among them.
CREATE INDEX mail_messages_created ON mail_messages (created_at, id);
CREATE INDEX mail_messages_waiting ON mail_messages (created_at, id) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX mail_messages_failed ON mail_messages (created_at, id) WHERE failed_at IS NOT NULL;

-- +goose Down
DROP INDEX mail_messages_failed;
DROP INDEX mail_messages_waiting;
DROP INDEX mail_messages_created;
