-- +goose Up
-- Nobody is called by another user's username (decision 0042). The key is the folded name as the program makes it; the
-- index of the name itself serves rows that a server of the version before has written, which knows no key.
ALTER TABLE users ADD COLUMN preferred_username_key text COLLATE "C" NOT NULL DEFAULT '';
UPDATE users SET preferred_username = '' WHERE preferred_username <> '' AND EXISTS (
    SELECT FROM users o WHERE o.id <> users.id AND o.username_key = lower(users.preferred_username COLLATE "C"));
UPDATE users SET preferred_username_key = lower(preferred_username COLLATE "C") WHERE preferred_username <> '';
CREATE INDEX users_preferred_username_key ON users (preferred_username_key) WHERE preferred_username <> '';
CREATE INDEX users_preferred_username ON users (lower(preferred_username COLLATE "C")) WHERE preferred_username <> '';

-- Two transactions that take the same name, one as a username and one as a preferred username, come one after the other:
-- the second sees what the first has left. The names share a bounded number of locks, taken in order.
-- +goose StatementBegin
CREATE FUNCTION guard_names() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    preferred text[] := ARRAY[]::text[];
BEGIN
    IF NEW.preferred_username <> '' THEN
        preferred := ARRAY[NEW.preferred_username_key, lower(NEW.preferred_username COLLATE "C")];
    END IF;
    PERFORM pg_advisory_xact_lock(1096111182, bucket)
        FROM (SELECT DISTINCT hashtext(name) & 255 AS bucket FROM unnest(preferred || NEW.username_key) AS name ORDER BY 1) AS buckets;
    IF EXISTS (SELECT FROM users WHERE id <> NEW.id AND username_key = ANY (preferred)) THEN
        RAISE EXCEPTION 'authly: preferred username is a username' USING ERRCODE = 'AU002';
    END IF;
    IF EXISTS (SELECT FROM users WHERE id <> NEW.id AND preferred_username <> '' AND preferred_username_key = NEW.username_key)
        OR EXISTS (SELECT FROM users WHERE id <> NEW.id AND preferred_username <> ''
            AND lower(preferred_username COLLATE "C") = NEW.username_key) THEN
        RAISE EXCEPTION 'authly: username is a preferred username' USING ERRCODE = 'AU003';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER users_names_insert AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION guard_names();
CREATE TRIGGER users_names_update AFTER UPDATE OF username_key, preferred_username, preferred_username_key ON users FOR EACH ROW
    WHEN ((NEW.username_key, NEW.preferred_username, NEW.preferred_username_key)
        IS DISTINCT FROM (OLD.username_key, OLD.preferred_username, OLD.preferred_username_key))
    EXECUTE FUNCTION guard_names();

-- +goose Down
DROP TRIGGER users_names_update ON users;
DROP TRIGGER users_names_insert ON users;
DROP FUNCTION guard_names();
DROP INDEX users_preferred_username;
DROP INDEX users_preferred_username_key;
ALTER TABLE users DROP COLUMN preferred_username_key;
