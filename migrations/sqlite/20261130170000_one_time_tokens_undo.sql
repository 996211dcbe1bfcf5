-- +goose Up
-- The link that takes a change of address back is the one of which a user may have several: it is worth nothing if whoever
-- has the account can replace it.
DROP INDEX one_time_tokens_newest;
CREATE UNIQUE INDEX one_time_tokens_newest ON one_time_tokens (user_id, purpose) WHERE purpose <> 'address_undo';
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id);

-- +goose Down
DELETE FROM one_time_tokens WHERE purpose = 'address_undo';
DROP INDEX one_time_tokens_user;
DROP INDEX one_time_tokens_newest;
CREATE UNIQUE INDEX one_time_tokens_newest ON one_time_tokens (user_id, purpose);
