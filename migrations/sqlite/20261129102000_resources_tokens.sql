-- +goose Up
-- What else the access tokens of a resource name as their audience, what they are signed with ('': as the client says) and
-- how many seconds they live at most (0: as long as others).
ALTER TABLE resources ADD COLUMN audiences TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(audiences) AND json_type(audiences) = 'array');
ALTER TABLE resources ADD COLUMN access_token_alg TEXT NOT NULL DEFAULT '';
ALTER TABLE resources ADD COLUMN access_token_ttl INTEGER NOT NULL DEFAULT 0 CHECK (access_token_ttl >= 0);

-- The URI and the audiences of every resource: a token for one must not open another. Triggers write it, so that it is true
-- also of what a server of the version before writes.
CREATE TABLE resource_audiences (
    audience TEXT NOT NULL PRIMARY KEY,
    uri      TEXT NOT NULL REFERENCES resources (uri) ON DELETE CASCADE
) STRICT;
CREATE INDEX resource_audiences_uri ON resource_audiences (uri);
INSERT INTO resource_audiences (audience, uri) SELECT uri, uri FROM resources;

-- +goose StatementBegin
CREATE TRIGGER resources_audiences_insert AFTER INSERT ON resources BEGIN
    INSERT INTO resource_audiences (audience, uri)
        SELECT NEW.uri, NEW.uri UNION SELECT a.value, NEW.uri FROM json_each(NEW.audiences) AS a;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resources_audiences_update AFTER UPDATE OF audiences ON resources BEGIN
    DELETE FROM resource_audiences WHERE uri = NEW.uri;
    INSERT INTO resource_audiences (audience, uri)
        SELECT NEW.uri, NEW.uri UNION SELECT a.value, NEW.uri FROM json_each(NEW.audiences) AS a;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER resources_audiences_insert;
DROP TRIGGER resources_audiences_update;
DROP TABLE resource_audiences;
ALTER TABLE resources DROP COLUMN access_token_ttl;
ALTER TABLE resources DROP COLUMN access_token_alg;
ALTER TABLE resources DROP COLUMN audiences;
