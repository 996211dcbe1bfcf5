-- +goose Up
-- What a client names: the scopes that it may ask for, and the resources that it serves or has as its default. It is read
-- the other way round: who names this. Triggers write it, so that it is true also of what a server of the version before
-- writes. A scope longer than a registered one can be is left out.
CREATE TABLE client_uses (
    kind      TEXT NOT NULL CHECK (kind IN ('scope', 'resource')),
    name      TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    PRIMARY KEY (kind, name, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_uses_client ON client_uses (client_id);

-- The characters of a scope need no escape in JSON (RFC 6749 §3.3).
-- +goose StatementBegin
CREATE TRIGGER clients_uses_insert AFTER INSERT ON clients BEGIN
    INSERT INTO client_uses (kind, name, client_id)
        SELECT 'scope', s.value, NEW.client_id
            FROM json_each('[' || replace(json_quote(coalesce(json_extract(NEW.metadata, '$.scope'), '')), ' ', '","') || ']') AS s
            WHERE length(s.value) BETWEEN 1 AND 255
        UNION SELECT 'resource', a.value, NEW.client_id
            FROM json_each(coalesce(json_extract(NEW.metadata, '$.audiences'), '[]')) AS a WHERE length(a.value) BETWEEN 1 AND 2048
        UNION SELECT 'resource', json_extract(NEW.metadata, '$.default_resource'), NEW.client_id
            WHERE length(json_extract(NEW.metadata, '$.default_resource')) BETWEEN 1 AND 2048;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clients_uses_update AFTER UPDATE OF metadata ON clients WHEN NEW.metadata IS NOT OLD.metadata BEGIN
    DELETE FROM client_uses WHERE client_id = NEW.client_id;
    INSERT INTO client_uses (kind, name, client_id)
        SELECT 'scope', s.value, NEW.client_id
            FROM json_each('[' || replace(json_quote(coalesce(json_extract(NEW.metadata, '$.scope'), '')), ' ', '","') || ']') AS s
            WHERE length(s.value) BETWEEN 1 AND 255
        UNION SELECT 'resource', a.value, NEW.client_id
            FROM json_each(coalesce(json_extract(NEW.metadata, '$.audiences'), '[]')) AS a WHERE length(a.value) BETWEEN 1 AND 2048
        UNION SELECT 'resource', json_extract(NEW.metadata, '$.default_resource'), NEW.client_id
            WHERE length(json_extract(NEW.metadata, '$.default_resource')) BETWEEN 1 AND 2048;
END;
-- +goose StatementEnd
INSERT INTO client_uses (kind, name, client_id)
    SELECT 'scope', s.value, c.client_id
        FROM clients AS c, json_each('[' || replace(json_quote(coalesce(json_extract(c.metadata, '$.scope'), '')), ' ', '","') || ']') AS s
        WHERE length(s.value) BETWEEN 1 AND 255
    UNION SELECT 'resource', a.value, c.client_id
        FROM clients AS c, json_each(coalesce(json_extract(c.metadata, '$.audiences'), '[]')) AS a WHERE length(a.value) BETWEEN 1 AND 2048
    UNION SELECT 'resource', json_extract(c.metadata, '$.default_resource'), c.client_id
        FROM clients AS c WHERE length(json_extract(c.metadata, '$.default_resource')) BETWEEN 1 AND 2048;

-- The few grants that were made for a resource by its name: who deletes one sees them counted.
CREATE INDEX grants_resources ON grants (id) WHERE resources <> '[]';

-- +goose Down
DROP INDEX grants_resources;
DROP TRIGGER clients_uses_insert;
DROP TRIGGER clients_uses_update;
DROP TABLE client_uses;
