-- +goose Up
-- Nobody is called by another user's username (decision 0042). The key is the folded name as the program makes it; the
-- index of the name itself serves rows that a server of the version before has written, which knows no key.
ALTER TABLE users ADD COLUMN preferred_username_key TEXT NOT NULL DEFAULT '';
UPDATE users SET preferred_username = '' WHERE preferred_username <> '' AND EXISTS (
    SELECT 1 FROM users o WHERE o.id <> users.id AND o.username_key = lower(users.preferred_username));
UPDATE users SET preferred_username_key = lower(preferred_username) WHERE preferred_username <> '';
CREATE INDEX users_preferred_username_key ON users (preferred_username_key) WHERE preferred_username <> '';
CREATE INDEX users_preferred_username ON users (lower(preferred_username)) WHERE preferred_username <> '';

-- +goose StatementBegin
CREATE TRIGGER users_names_insert AFTER INSERT ON users
BEGIN
    SELECT RAISE(ABORT, 'authly: preferred username is a username') WHERE NEW.preferred_username <> '' AND EXISTS (
        SELECT 1 FROM users WHERE id <> NEW.id AND username_key IN (NEW.preferred_username_key, lower(NEW.preferred_username)));
    SELECT RAISE(ABORT, 'authly: username is a preferred username') WHERE EXISTS (
        SELECT 1 FROM users WHERE id <> NEW.id AND preferred_username <> '' AND preferred_username_key = NEW.username_key)
        OR EXISTS (SELECT 1 FROM users WHERE id <> NEW.id AND preferred_username <> '' AND lower(preferred_username) = NEW.username_key);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_names_update AFTER UPDATE OF username_key, preferred_username, preferred_username_key ON users
    WHEN NEW.username_key <> OLD.username_key OR NEW.preferred_username <> OLD.preferred_username
        OR NEW.preferred_username_key <> OLD.preferred_username_key
BEGIN
    SELECT RAISE(ABORT, 'authly: preferred username is a username') WHERE NEW.preferred_username <> '' AND EXISTS (
        SELECT 1 FROM users WHERE id <> NEW.id AND username_key IN (NEW.preferred_username_key, lower(NEW.preferred_username)));
    SELECT RAISE(ABORT, 'authly: username is a preferred username') WHERE EXISTS (
        SELECT 1 FROM users WHERE id <> NEW.id AND preferred_username <> '' AND preferred_username_key = NEW.username_key)
        OR EXISTS (SELECT 1 FROM users WHERE id <> NEW.id AND preferred_username <> '' AND lower(preferred_username) = NEW.username_key);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER users_names_update;
DROP TRIGGER users_names_insert;
DROP INDEX users_preferred_username;
DROP INDEX users_preferred_username_key;
ALTER TABLE users DROP COLUMN preferred_username_key;
