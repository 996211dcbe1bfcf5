-- +goose Up
-- Key sets of clients may have had private keys, in the client and in the audit trail. What is private goes, the public rest
-- of each key still proves assertions; a set that is none, and keys that are only secret, prove nothing and go whole.
UPDATE clients SET metadata = json_remove(metadata, '$.jwks')
    WHERE json_type(metadata, '$.jwks') IS NOT NULL AND json_type(metadata, '$.jwks.keys') IS NOT 'array';
UPDATE clients SET metadata = json_set(metadata, '$.jwks', json_object('keys', json((
        SELECT json_group_array(json_remove(value, '$.d', '$.p', '$.q', '$.dp', '$.dq', '$.qi', '$.oth', '$.k', '$.priv'))
        FROM json_each(metadata, '$.jwks.keys') WHERE type = 'object' AND json_extract(value, '$.kty') IS NOT 'oct'))))
    WHERE json_type(metadata, '$.jwks') IS NOT NULL;
UPDATE audit_events SET changes = json_remove(changes, '$.metadata.before.jwks', '$.metadata.after.jwks')
    WHERE action IN ('client.created', 'client.updated') AND json_type(changes, '$.metadata') IS NOT NULL;

-- +goose Down
SELECT 1; -- what was removed must not come back
