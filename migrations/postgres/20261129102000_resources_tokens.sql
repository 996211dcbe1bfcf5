-- +goose Up
-- What else the access tokens of a resource name as their audience, what they are signed with ('': as the client says) and
-- how many seconds they live at most (0: as long as others).
ALTER TABLE resources ADD COLUMN audiences jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(audiences) = 'array');
ALTER TABLE resources ADD COLUMN access_token_alg text NOT NULL DEFAULT '';
ALTER TABLE resources ADD COLUMN access_token_ttl integer NOT NULL DEFAULT 0 CHECK (access_token_ttl >= 0);

-- The URI and the audiences of every resource: a token for one must not open another. Triggers write it, so that it is true
-- also of what a server of the version before writes.
CREATE TABLE resource_audiences (
    audience text COLLATE "C" PRIMARY KEY,
    uri      text COLLATE "C" NOT NULL REFERENCES resources (uri) ON DELETE CASCADE
);
CREATE INDEX resource_audiences_uri ON resource_audiences (uri);
INSERT INTO resource_audiences (audience, uri) SELECT uri, uri FROM resources;

-- +goose StatementBegin
CREATE FUNCTION write_resource_audiences() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM resource_audiences WHERE uri = NEW.uri;
    INSERT INTO resource_audiences (audience, uri)
        SELECT NEW.uri, NEW.uri UNION SELECT a.value, NEW.uri FROM jsonb_array_elements_text(NEW.audiences) AS a(value);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER resources_audiences AFTER INSERT OR UPDATE OF audiences ON resources FOR EACH ROW
    EXECUTE FUNCTION write_resource_audiences();

-- +goose Down
DROP TRIGGER resources_audiences ON resources;
DROP FUNCTION write_resource_audiences();
DROP TABLE resource_audiences;
ALTER TABLE resources DROP COLUMN access_token_ttl;
ALTER TABLE resources DROP COLUMN access_token_alg;
ALTER TABLE resources DROP COLUMN audiences;
