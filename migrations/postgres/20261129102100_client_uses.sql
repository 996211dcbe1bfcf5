-- +goose Up
-- What a client names: the scopes that it may ask for, and the resources that it serves or has as its default. It is read
-- the other way round: who names this. Triggers write it, so that it is true also of what a server of the version before
-- writes. A scope longer than a registered one can be is left out.
CREATE TABLE client_uses (
    kind      text COLLATE "C" NOT NULL CHECK (kind IN ('scope', 'resource')),
    name      text COLLATE "C" NOT NULL,
    client_id text COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    PRIMARY KEY (kind, name, client_id)
);
CREATE INDEX client_uses_client ON client_uses (client_id);

-- +goose StatementBegin
CREATE FUNCTION uses_of_client(metadata jsonb) RETURNS TABLE (kind text, name text) LANGUAGE sql IMMUTABLE AS $$
    SELECT 'scope', s.name FROM unnest(string_to_array(metadata->>'scope', ' ')) AS s(name) WHERE octet_length(s.name) BETWEEN 1 AND 255
    UNION
    SELECT 'resource', r.name FROM (
        SELECT jsonb_array_elements_text(CASE jsonb_typeof(metadata->'audiences') WHEN 'array' THEN metadata->'audiences' ELSE '[]' END)
        UNION SELECT metadata->>'default_resource'
    ) AS r(name) WHERE octet_length(r.name) BETWEEN 1 AND 2048
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION write_client_uses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM client_uses WHERE client_id = NEW.client_id;
    INSERT INTO client_uses (kind, name, client_id) SELECT u.kind, u.name, NEW.client_id FROM uses_of_client(NEW.metadata) AS u;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER clients_uses_insert AFTER INSERT ON clients FOR EACH ROW EXECUTE FUNCTION write_client_uses();
CREATE TRIGGER clients_uses_update AFTER UPDATE OF metadata ON clients FOR EACH ROW
    WHEN (OLD.metadata IS DISTINCT FROM NEW.metadata) EXECUTE FUNCTION write_client_uses();
INSERT INTO client_uses (kind, name, client_id) SELECT u.kind, u.name, c.client_id FROM clients AS c, uses_of_client(c.metadata) AS u;

-- The few grants that were made for a resource by its name: who deletes one sees them counted.
CREATE INDEX grants_resources ON grants (id) WHERE resources <> '[]'::jsonb;

-- +goose Down
DROP INDEX grants_resources;
DROP TRIGGER clients_uses_insert ON clients;
DROP TRIGGER clients_uses_update ON clients;
DROP FUNCTION write_client_uses();
DROP FUNCTION uses_of_client(jsonb);
DROP TABLE client_uses;
