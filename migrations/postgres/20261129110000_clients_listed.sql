-- +goose Up
-- Administrators list clients by name, by when they were made and by when they were last used, and select them by what they
-- are registered for. The columns are made of the metadata, so that they are true also of what a server of the version before
-- writes; sort_name folds ASCII letters alone, as lower does in both databases.
ALTER TABLE clients
    ADD COLUMN sort_name text COLLATE "C" GENERATED ALWAYS AS (
        lower(coalesce(nullif(metadata->>'client_name', ''), client_id) COLLATE "C")) STORED,
    ADD COLUMN auth_method text COLLATE "C" GENERATED ALWAYS AS (metadata->>'token_endpoint_auth_method') STORED,
    ADD COLUMN service_admin boolean GENERATED ALWAYS AS (coalesce(metadata->'service_admin' = 'true'::jsonb, FALSE)) STORED;
CREATE INDEX clients_sort_name ON clients (sort_name, id);
CREATE INDEX clients_created ON clients (created_at, id);
CREATE INDEX clients_auth_method ON clients (auth_method, client_id);
CREATE INDEX clients_service_admin ON clients (client_id) WHERE service_admin;
CREATE INDEX clients_inactive ON clients (client_id) WHERE NOT active;

-- The grant types of clients are found as their scopes are.
ALTER TABLE client_uses DROP CONSTRAINT client_uses_kind_check;
ALTER TABLE client_uses ADD CONSTRAINT client_uses_kind_check CHECK (kind IN ('scope', 'resource', 'grant_type'));
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION uses_of_client(metadata jsonb) RETURNS TABLE (kind text, name text) LANGUAGE sql IMMUTABLE AS $$
    SELECT 'scope', s.name FROM unnest(string_to_array(metadata->>'scope', ' ')) AS s(name) WHERE octet_length(s.name) BETWEEN 1 AND 255
    UNION
    SELECT 'resource', r.name FROM (
        SELECT jsonb_array_elements_text(CASE jsonb_typeof(metadata->'audiences') WHEN 'array' THEN metadata->'audiences' ELSE '[]' END)
        UNION SELECT metadata->>'default_resource'
    ) AS r(name) WHERE octet_length(r.name) BETWEEN 1 AND 2048
    UNION
    SELECT 'grant_type', g.name FROM jsonb_array_elements_text(
        CASE jsonb_typeof(metadata->'grant_types') WHEN 'array' THEN metadata->'grant_types' ELSE '[]' END
    ) AS g(name) WHERE octet_length(g.name) BETWEEN 1 AND 255
$$;
-- +goose StatementEnd
INSERT INTO client_uses (kind, name, client_id)
    SELECT u.kind, u.name, c.client_id FROM clients AS c, uses_of_client(c.metadata) AS u WHERE u.kind = 'grant_type';

-- When each client was last used; of one that never was, the year 1. A table of its own: nodes write it once a minute, and
-- what they cache of clients has not changed.
CREATE TABLE client_last_uses (
    client_id     uuid PRIMARY KEY REFERENCES clients (id) ON DELETE CASCADE,
    last_used_key timestamptz NOT NULL
);
CREATE INDEX client_last_uses_key ON client_last_uses (last_used_key, client_id);
INSERT INTO client_last_uses (client_id, last_used_key)
    SELECT c.id, coalesce((SELECT max(d.last_used_at) FROM client_days AS d WHERE d.client_id = c.id), '0001-01-01 00:00:00+00:00')
        FROM clients AS c;
-- +goose StatementBegin
CREATE FUNCTION insert_client_last_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO client_last_uses (client_id, last_used_key) VALUES (NEW.id, '0001-01-01 00:00:00+00:00');
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION write_client_last_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE client_last_uses SET last_used_key = NEW.last_used_at WHERE client_id = NEW.client_id AND last_used_key < NEW.last_used_at;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER clients_last_use AFTER INSERT ON clients FOR EACH ROW EXECUTE FUNCTION insert_client_last_use();
CREATE TRIGGER client_days_last_use AFTER INSERT OR UPDATE OF last_used_at ON client_days FOR EACH ROW
    EXECUTE FUNCTION write_client_last_use();

-- +goose Down
DROP TRIGGER client_days_last_use ON client_days;
DROP TRIGGER clients_last_use ON clients;
DROP FUNCTION write_client_last_use();
DROP FUNCTION insert_client_last_use();
DROP TABLE client_last_uses;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION uses_of_client(metadata jsonb) RETURNS TABLE (kind text, name text) LANGUAGE sql IMMUTABLE AS $$
    SELECT 'scope', s.name FROM unnest(string_to_array(metadata->>'scope', ' ')) AS s(name) WHERE octet_length(s.name) BETWEEN 1 AND 255
    UNION
    SELECT 'resource', r.name FROM (
        SELECT jsonb_array_elements_text(CASE jsonb_typeof(metadata->'audiences') WHEN 'array' THEN metadata->'audiences' ELSE '[]' END)
        UNION SELECT metadata->>'default_resource'
    ) AS r(name) WHERE octet_length(r.name) BETWEEN 1 AND 2048
$$;
-- +goose StatementEnd
DELETE FROM client_uses WHERE kind = 'grant_type';
ALTER TABLE client_uses DROP CONSTRAINT client_uses_kind_check;
ALTER TABLE client_uses ADD CONSTRAINT client_uses_kind_check CHECK (kind IN ('scope', 'resource'));
DROP INDEX clients_inactive;
ALTER TABLE clients DROP COLUMN service_admin, DROP COLUMN auth_method, DROP COLUMN sort_name;
DROP INDEX clients_created;
