-- +goose Up
-- A message to somebody who is not a user any more, or not yet: those of a user go with the user.
ALTER TABLE mail_messages ALTER COLUMN user_id DROP NOT NULL;

-- +goose Down
DELETE FROM mail_messages WHERE user_id IS NULL;
ALTER TABLE mail_messages ALTER COLUMN user_id SET NOT NULL;
