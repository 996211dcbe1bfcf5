-- +goose Up
-- Administrators list clients by name, by when they were made and by when they were last used, and select them by what they
-- are registered for. The columns are made of the metadata, so that they are true also of what a server of the version before
-- writes; sort_name folds ASCII letters alone, as lower does in both databases.
ALTER TABLE clients ADD COLUMN sort_name TEXT
    GENERATED ALWAYS AS (lower(coalesce(nullif(json_extract(metadata, '$.client_name'), ''), client_id))) VIRTUAL;
ALTER TABLE clients ADD COLUMN auth_method TEXT
    GENERATED ALWAYS AS (json_extract(metadata, '$.token_endpoint_auth_method')) VIRTUAL;
ALTER TABLE clients ADD COLUMN service_admin INTEGER
    GENERATED ALWAYS AS (coalesce(json_extract(metadata, '$.service_admin'), 0)) VIRTUAL;
CREATE INDEX clients_sort_name ON clients (sort_name, id);
CREATE INDEX clients_created ON clients (created_at, id);
CREATE INDEX clients_auth_method ON clients (auth_method, client_id);
CREATE INDEX clients_service_admin ON clients (client_id) WHERE service_admin;
CREATE INDEX clients_inactive ON clients (client_id) WHERE NOT active;

-- The grant types of clients are found as their scopes are. Nothing but the check changes, so its text is replaced in place
-- (20261129096200_json_null.sql).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''scope'', ''resource'')', 'kind IN (''scope'', ''resource'', ''grant_type'')')
    WHERE type = 'table' AND name = 'client_uses';
CREATE TABLE schema_changed (id INTEGER PRIMARY KEY) STRICT;
DROP TABLE schema_changed;
PRAGMA writable_schema = RESET;
DROP TRIGGER clients_uses_insert;
DROP TRIGGER clients_uses_update;
-- +goose StatementBegin
CREATE TRIGGER clients_uses_insert AFTER INSERT ON clients BEGIN
    INSERT INTO client_uses (kind, name, client_id)
        SELECT 'scope', s.value, NEW.client_id
            FROM json_each('[' || replace(json_quote(coalesce(json_extract(NEW.metadata, '$.scope'), '')), ' ', '","') || ']') AS s
            WHERE length(s.value) BETWEEN 1 AND 255
        UNION SELECT 'resource', a.value, NEW.client_id
            FROM json_each(coalesce(json_extract(NEW.metadata, '$.audiences'), '[]')) AS a WHERE length(a.value) BETWEEN 1 AND 2048
        UNION SELECT 'resource', json_extract(NEW.metadata, '$.default_resource'), NEW.client_id
            WHERE length(json_extract(NEW.metadata, '$.default_resource')) BETWEEN 1 AND 2048
        UNION SELECT 'grant_type', g.value, NEW.client_id
            FROM json_each(coalesce(json_extract(NEW.metadata, '$.grant_types'), '[]')) AS g WHERE length(g.value) BETWEEN 1 AND 255;
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
            WHERE length(json_extract(NEW.metadata, '$.default_resource')) BETWEEN 1 AND 2048
        UNION SELECT 'grant_type', g.value, NEW.client_id
            FROM json_each(coalesce(json_extract(NEW.metadata, '$.grant_types'), '[]')) AS g WHERE length(g.value) BETWEEN 1 AND 255;
END;
-- +goose StatementEnd
INSERT INTO client_uses (kind, name, client_id)
    SELECT DISTINCT 'grant_type', g.value, c.client_id
        FROM clients AS c, json_each(coalesce(json_extract(c.metadata, '$.grant_types'), '[]')) AS g WHERE length(g.value) BETWEEN 1 AND 255;

-- When each client was last used; of one that never was, the year 1. A table of its own: nodes write it once a minute, and
-- what they cache of clients has not changed.
CREATE TABLE client_last_uses (
    client_id     TEXT NOT NULL PRIMARY KEY REFERENCES clients (id) ON DELETE CASCADE,
    last_used_key TEXT NOT NULL
) STRICT;
CREATE INDEX client_last_uses_key ON client_last_uses (last_used_key, client_id);
INSERT INTO client_last_uses (client_id, last_used_key)
    SELECT c.id, coalesce((SELECT max(d.last_used_at) FROM client_days AS d WHERE d.client_id = c.id), '0001-01-01 00:00:00+00:00')
        FROM clients AS c;
-- +goose StatementBegin
CREATE TRIGGER clients_last_use AFTER INSERT ON clients BEGIN
    INSERT INTO client_last_uses (client_id, last_used_key) VALUES (NEW.id, '0001-01-01 00:00:00+00:00');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER client_days_last_use_insert AFTER INSERT ON client_days BEGIN
    UPDATE client_last_uses SET last_used_key = NEW.last_used_at WHERE client_id = NEW.client_id AND last_used_key < NEW.last_used_at;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER client_days_last_use_update AFTER UPDATE OF last_used_at ON client_days BEGIN
    UPDATE client_last_uses SET last_used_key = NEW.last_used_at WHERE client_id = NEW.client_id AND last_used_key < NEW.last_used_at;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER client_days_last_use_update;
DROP TRIGGER client_days_last_use_insert;
DROP TRIGGER clients_last_use;
DROP TABLE client_last_uses;
DROP TRIGGER clients_uses_insert;
DROP TRIGGER clients_uses_update;
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
DELETE FROM client_uses WHERE kind = 'grant_type';
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''scope'', ''resource'', ''grant_type'')', 'kind IN (''scope'', ''resource'')')
    WHERE type = 'table' AND name = 'client_uses';
CREATE TABLE schema_changed (id INTEGER PRIMARY KEY) STRICT;
DROP TABLE schema_changed;
PRAGMA writable_schema = RESET;
DROP INDEX clients_inactive;
DROP INDEX clients_service_admin;
DROP INDEX clients_auth_method;
DROP INDEX clients_created;
DROP INDEX clients_sort_name;
ALTER TABLE clients DROP COLUMN service_admin;
ALTER TABLE clients DROP COLUMN auth_method;
ALTER TABLE clients DROP COLUMN sort_name;
